import ActiveInference
import Kernels

extension DecisionProcess {
  /// A generative model with its preferences as rewards: an action gains
  /// r(s, u) = temperature * E[sum of C(o) over modalities | s, u], o the outcomes of the state arrived at.
  ///
  /// States are the joint states of all factors, the last varying fastest, and actions the joint actions,
  /// the last control varying fastest. A state that no action leaves and that is worth nothing is
  /// terminal. C stands for itself, not for its softmax.
  ///
  /// - Parameters:
  ///   - discount: what a reward is worth an action later, 0 to 1.
  ///   - temperature: the reward of one nat of preference, above 0.
  /// - Throws: ``InvalidInput`` where the preferences change from planning step to planning step, the
  ///   discount or the temperature is out of range, or there are too many joint states or outcomes.
  public init(
    _ model: GenerativeModel, discount: Double, temperature: Double = 1
  ) throws(InvalidInput) {
    try DecisionProcess.check(model, discount, temperature)
    let compiled = try CompiledModel(model)
    let tables = ModelTables<Double>(compiled)
    let joint = try JointTransition(compiled, tables)
    let preferences = FixedBuffer(
      zip(model.modalities, model.preferences).flatMap { modality, preference in
        (preference?.values ?? [Double](repeating: 0, count: modality.size)).map {
          $0 * temperature
        }
      })
    let worth = JointUtility(compiled, tables, preferences: preferences.base).values
    let states = joint.stateCount
    if let state = worth.firstIndex(where: { !$0.isFinite }) {
      var check = ProcessCheck(discount: discount)
      check.add(
        Fault("C", "makes joint state \(state) worth \(worth[state])", remedy: "make it finite"))
      try check.finish()
    }
    let isTerminal = (0..<states).map { state in
      worth[state] == 0
        && joint.actions.indices.allSatisfy { action in
          joint.cells(action: action, state: state).allSatisfy {
            joint.nextStates[$0] == state || joint.probabilities[$0] == 0
          }
        }
    }
    var parts = Parts(states: states, actions: joint.actions.count)
    for action in joint.actions.indices {
      for state in 0..<states {
        let cells = isTerminal[state] ? 0..<0 : joint.cells(action: action, state: state)
        parts.append(
          cells.filter { joint.probabilities[$0] > 0 }.map {
            let next = Int(joint.nextStates[$0])
            return Transition(
              to: next, probability: joint.probabilities[$0], reward: worth[next])
          })
      }
    }
    let initial = DecisionProcess.initialBelief(compiled, tables)
    self.init(
      parts, discount, isTerminal: isTerminal, initialBelief: initial,
      firstReward: zip(initial, worth).reduce(0) { $0 + $1.0 * $1.1 },
      outcomes: try DecisionProcess.outcomes(compiled, tables))
  }

  /// Refuses preferences that are no rewards, and numbers out of range.
  static func check(
    _ model: GenerativeModel, _ discount: Double, _ temperature: Double
  ) throws(InvalidInput) {
    var check = ProcessCheck(discount: discount)
    if !(temperature > 0 && temperature.isFinite) {
      check.add(
        Fault("temperature", "is \(temperature)", remedy: "give a finite number above 0"))
    }
    for (modality, preference) in zip(model.modalities, model.preferences)
    where preference?.shape.count == 2 && preference?.shape[0] != 1 {
      check.add(
        Fault(
          "C[\(modality.name)]", "changes from planning step to planning step, a reward does not",
          remedy: "give one row"))
    }
    try check.finish()
  }

  /// D over joint states.
  private static func initialBelief(
    _ compiled: CompiledModel, _ tables: ModelTables<Double>
  ) -> [Double] {
    compiled.model.factors.indices.reduce([1]) { joint, factor in
      let plan = compiled.factors.base[factor]
      return joint.flatMap { weight in
        (0..<plan.states).map { weight * tables.initialStates.base[plan.stateOffset + $0] }
      }
    }
  }

  /// By joint state the joint outcomes of all modalities that it may show.
  private static func outcomes(
    _ compiled: CompiledModel, _ tables: ModelTables<Double>
  ) throws(InvalidInput) -> [[Outcome]] {
    let sizes = compiled.model.factors.map(\.size)
    guard product(compiled.model.modalities.map(\.size)) != nil else {
      throw tooManyOutcomes(compiled.model)
    }
    var result = [[Outcome]](
      repeating: [Outcome(0, probability: 1)], count: compiled.jointStateCount)
    for modality in 0..<compiled.modalities.count {
      let plan = compiled.modalities.base[modality]
      let table = tables.likelihoodColumns.base[modality]
      var count = 0
      JointUtility.forEachColumn(of: compiled.scopes[plan.scope].factors, sizes) { state, column in
        guard count <= largestCount else { return }
        result[state] = result[state].flatMap { outcome in
          table.cells(of: column).compactMap { cell in
            guard table.cells[cell] > 0 else { return nil }
            return Outcome(
              outcome.index * plan.outcomes + table.place(cell, in: column),
              probability: outcome.probability * table.cells[cell])
          }
        }
        count += result[state].count
      }
      if count > largestCount { throw tooManyOutcomes(compiled.model) }
    }
    return result
  }

  private static func tooManyOutcomes(_ model: GenerativeModel) -> InvalidInput {
    InvalidInput(
      source: model.name,
      [
        Fault(
          "modalities", "have more joint outcomes than can be gone through",
          remedy: "at most \(largestCount) over all joint states; leave some modalities out")
      ])
  }
}
