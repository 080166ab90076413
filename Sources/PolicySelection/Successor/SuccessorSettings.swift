import GenerativeModel

/// How an agent plans by successor representation: the `planning.successor` keys of `aif.agent/1`.
public struct SuccessorSettings: Hashable, Sendable {
  /// Whose steps the values are of, from the next step on.
  public enum BasePolicy: String, Hashable, Sendable, CaseIterable {
    /// Any joint action that E allows, each as likely (the paper's). The map depends on the dynamics alone,
    /// but what a random walk stumbles into counts against a way.
    case uniform
    /// Joint actions as likely as E makes them.
    case habit
    /// The best there is for the reward, found by policy iteration: the values are the optimal ones.
    case improved
  }
  /// What being in a joint state is worth, in nats.
  public enum Reward: String, Hashable, Sendable, CaseIterable {
    /// What is expected of preferred outcomes.
    case utility
    /// The same less the ambiguity of the outcomes, the part of the negative expected free energy that is
    /// linear in a belief.
    case utilityMinusAmbiguity
    /// The same plus that ambiguity, as in the paper's code: it *seeks* ambiguous states.
    case utilityPlusEntropy
    /// The whole negative expected free energy of being there under the present belief about the other
    /// factors, found again at every step.
    case contextual
  }

  /// The weight of the next step beside this one, 0 to ``SuccessorMap/largestDiscount``.
  public var discount = 0.95
  /// Whose steps the values are of.
  public var basePolicy: BasePolicy = .improved
  /// What being in a state is worth.
  public var reward: Reward = .contextual
  /// The factors whose joint states are planned over; nil for those that a control drives and, unless the
  /// reward is contextual, those that outcomes depend on, with all that either depend on.
  public var factors: [String]?

  /// The settings of `preset: default`: optimal values of the whole expected free energy at a discount of 0.95.
  public init() {}
}

extension SuccessorSettings {
  /// The factors whose joint states are planned over, ascending.
  ///
  /// - Throws: ``InvalidInput`` where a name is not that of a factor, a factor that another depends on or
  ///   that decides about outcomes is left out.
  func factors(of model: GenerativeModel) throws(InvalidInput) -> [Int] {
    var faults: [Fault] = []
    var chosen: Set<Int> = []
    if let factors {
      let known = model.factors.map(\.name)
      for name in factors {
        if let factor = known.firstIndex(of: name) {
          chosen.insert(factor)
        } else {
          faults.append(
            Fault(
              "planning.successor.factors", "the model has no factor '\(name)'",
              remedy: suggestion(for: name, among: known, kind: "factor")))
        }
      }
    } else {
      for (factor, transition) in model.transitions.enumerated()
      where !transition.controls.isEmpty { chosen.insert(factor) }
      if reward != .contextual { chosen.formUnion(model.likelihoods.flatMap(\.given)) }
      var open = Array(chosen)
      while let factor = open.popLast() {
        for parent in model.transitions[factor].given where chosen.insert(parent).inserted {
          open.append(parent)
        }
      }
    }
    for factor in chosen.sorted() {
      for parent in model.transitions[factor].given where !chosen.contains(parent) {
        faults.append(
          Fault(
            "planning.successor.factors",
            "\(model.factors[factor].name) depends on \(model.factors[parent].name), which is"
              + " not among them",
            remedy: "name both"))
      }
    }
    if reward != .contextual {
      for (modality, likelihood) in zip(model.modalities, model.likelihoods) {
        for parent in likelihood.given where !chosen.contains(parent) {
          faults.append(
            Fault(
              "planning.successor.factors",
              "\(modality.name) depends on \(model.factors[parent].name), which is not among them",
              remedy: "name it, or use planning.successor.reward contextual"))
        }
      }
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
    return chosen.sorted()
  }

  /// Refuses what cannot be planned in this way.
  ///
  /// - Throws: ``InvalidInput`` where the factors do not fit the model or have too many joint states, or
  ///   preferences differ by planning step.
  func check(_ model: GenerativeModel) throws(InvalidInput) {
    var faults: [Fault] = []
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let preference, preference.shape.count == 2, preference.shape[0] > 1 else { continue }
      faults.append(
        Fault(
          "C[\(modality.name)]",
          "has \(preference.shape[0]) planning steps, but successor values have no last step",
          remedy: "give one row for all, or use another planning.method"))
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
    let factors = try factors(of: model)
    let states = product(factors.map { model.factors[$0].size })
    let actions = product(model.controls.map(\.size))
    guard let states, let actions, states <= CompiledModel.largestTable,
      let runs = product([states, actions]), runs <= JointTransition.largestCount
    else {
      throw InvalidInput(
        source: model.name,
        [
          Fault(
            "planning.successor.factors",
            "have more joint states and actions than can be planned over",
            remedy: "at most \(JointTransition.largestCount); plan over fewer factors")
        ])
    }
  }

  /// Steps that values sum over, in effect.
  var steps: Int { Int((1 / (1 - discount)).rounded(.up)) }
}

extension PlanningSettings {
  /// Bytes that an agent's successor map takes, and the multiplications of a step, found without taking
  /// memory for them; nil under another method.
  ///
  /// - Throws: ``InvalidInput`` where the settings do not fit the model.
  package func successorCost(
    _ compiled: CompiledModel
  ) throws(InvalidInput) -> (bytes: Double, operations: Double)? {
    guard method == .successor else { return nil }
    try successor.check(compiled.model)
    let factors = try successor.factors(of: compiled.model)
    let sizes = factors.map { Double(compiled.model.factors[$0].size) }
    let states = sizes.reduce(1, *)
    let actions = compiled.model.controls.reduce(1) { $0 * Double($1.size) }
    // Next states of a state, on average.
    let next = factors.reduce(1) {
      let plan = compiled.factors.base[$1]
      return $0 * Double(compiled.transitionCells[$1])
        / (Double(plan.actions) * Double(plan.columns))
    }
    let cells = states * actions * next
    let isFactorized = states <= Double(SuccessorSolver.automaticOrder)
    // Dynamics, while they are made up to twice, the chain, the triangles, rewards and values.
    let bytes =
      8 * states * actions + 24 * cells + 12 * min(cells, states * states)
      + (isFactorized ? 8 * states * states : 0) + 100 * states
    // A step looks one action ahead; under a context it finds rewards and values anew.
    var operations = cells
    if successor.reward == .contextual {
      let solution =
        isFactorized ? states * states : cells * Double(SuccessorSolver.terms(successor.discount))
      let evaluations = states * foldedNumbers(compiled)
      let factorization = isFactorized ? 3 * states * states * states : 3 * solution
      operations +=
        evaluations + 2 * solution
        + (successor.basePolicy == .improved ? factorization : 0)
    }
    return (bytes, operations)
  }
}
