import ActiveInference
import Foundation

/// Active inference by enumeration: every joint state, every joint outcome, every policy.
///
/// Written to be read, with sums exactly as in the formulas, and sharing no computation with the
/// library. It does what `preset: default` does: filters exactly, or sweeps coordinate ascent for as
/// long as it is told to and goes on from the product of the marginals.
struct BruteForce {
  /// A table by coordinates.
  struct Table {
    let shape: [Int]
    var values: [Double]

    init(_ tensor: Tensor) {
      shape = tensor.shape
      values = tensor.values
    }

    subscript(coordinates: [Int]) -> Double {
      get { values[offset(coordinates)] }
      set { values[offset(coordinates)] = newValue }
    }

    private func offset(_ coordinates: [Int]) -> Int {
      zip(shape, coordinates).reduce(0) { $0 * $1.0 + $1.1 }
    }
  }

  /// What is held at one step; the names are those of a trace.
  struct Step {
    /// `[joint state]`.
    var joint: [Double] = []
    var beliefs: [[Double]] = []
    var freeEnergy = 0.0
    /// `[policy]`, as are the next four.
    var negativeExpectedFreeEnergy: [Double] = []
    var utility: [Double] = []
    var stateInformationGain: [Double] = []
    var parameterInformationGain: [Double] = []
    var inductive: [Double] = []
    var policyPosterior: [Double] = []
    var actionMarginals: [[Double]] = []
  }

  let model: GenerativeModel
  let configuration: AgentConfiguration
  /// Whether beliefs are products of marginals.
  let isMeanField: Bool
  /// Every joint state, the last factor varying fastest.
  let states: [[Int]]
  /// Every policy, `[step][control]`.
  let policies: [[[Int]]]

  var likelihood: [Table]
  var transition: [Table]
  var preference: [Table?]
  var initialState: [[Double]]
  var habit: [Double]
  var counts: GenerativeModel.Concentration

  var time = 0
  var belief: [Double] = []
  var action: [Int] = []

  /// `[modality][outcome][joint state]` and by action `[joint state][next]`: the tables written out,
  /// made when they are first asked for and again when they have changed.
  private var outcomes: [[[Double]]] = []
  private var successors: [[Int]: [[Double]]] = [:]

  init(_ model: GenerativeModel, _ configuration: AgentConfiguration, isMeanField: Bool) {
    self.model = model
    self.configuration = configuration
    self.isMeanField = isMeanField
    states = BruteForce.sequences(model.factors.map(\.size))
    let joint = BruteForce.sequences(model.controls.map(\.size))
    if let list = model.policies {
      policies = list
    } else if model.controls.isEmpty {
      policies = [[]]
    } else {
      let horizon = configuration.planning.horizon ?? 1
      policies = BruteForce.sequences([Int](repeating: joint.count, count: horizon))
        .map { $0.map { joint[$0] } }
    }
    likelihood = model.likelihoods.map { Table($0.probability) }
    transition = model.transitions.map { Table($0.probability) }
    preference = model.preferences.map { $0.map(Table.init) }
    initialState = zip(model.factors, model.initialStates).map { factor, first in
      first ?? [Double](repeating: 1 / Double(factor.size), count: factor.size)
    }
    let count = policies.count
    habit = model.habit ?? [Double](repeating: 1 / Double(count), count: count)
    counts = model.concentration
    writeOut()
  }

  /// Writes P(o | s) and P(s' | s, u) out.
  mutating func writeOut() {
    let (states, model) = (states, model)
    outcomes = model.modalities.indices.map { modality in
      (0..<model.modalities[modality].size).map { outcome in
        states.map { probability(of: outcome, modality, in: $0) }
      }
    }
    successors = [:]
    for action in Set(policies.joined()).union([[Int](repeating: 0, count: model.controls.count)]) {
      write(action)
    }
  }

  private mutating func write(_ action: [Int]) {
    successors[action] = states.map { state in
      states.map { next in
        next.indices.reduce(1) { $0 * probability(of: next[$1], $1, after: state, action) }
      }
    }
  }

  /// The product of 0..<size over all sizes, the last varying fastest.
  static func sequences(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { lists, size in lists.flatMap { list in (0..<size).map { list + [$0] } } }
  }

  // MARK: - The model

  /// P(o_m | s).
  func probability(of outcome: Int, _ modality: Int, in state: [Int]) -> Double {
    likelihood[modality][[outcome] + model.likelihoods[modality].given.map { state[$0] }]
  }

  /// P(next_f | s, u) of one factor.
  func probability(of next: Int, _ factor: Int, after state: [Int], _ action: [Int]) -> Double {
    let table = model.transitions[factor]
    return transition[factor][
      [next] + table.given.map { state[$0] } + table.controls.map { action[$0] }]
  }

  /// P(o_m | s) for every joint state.
  func likelihoods(of outcome: Int, _ modality: Int) -> [Double] { outcomes[modality][outcome] }

  /// P(s' | s, u) for every joint state and every next one.
  func transitions(_ action: [Int]) -> [[Double]] { successors[action] ?? [] }

  /// What an observation says of a state: sum_o q(o) P(o | s).
  func weight(of observation: Observation, _ modality: Int, in state: [Int]) -> Double {
    switch observation {
    case .missing: 1
    case .outcome(let outcome): probability(of: outcome, modality, in: state)
    case .distribution(let weights):
      weights.indices.reduce(0) { $0 + weights[$1] * probability(of: $1, modality, in: state) }
    }
  }

  // MARK: - Beliefs

  /// P(s_f) for each factor.
  func marginals(_ belief: [Double]) -> [[Double]] {
    model.factors.indices.map { factor in
      (0..<model.factors[factor].size).map { value in
        zip(states, belief).reduce(0) { $0 + ($1.0[factor] == value ? $1.1 : 0) }
      }
    }
  }

  /// The belief in which the factors are independent.
  func product(_ marginals: [[Double]]) -> [Double] {
    states.map { state in state.indices.reduce(1) { $0 * marginals[$1][state[$1]] } }
  }

  /// The belief after an action.
  func predict(_ belief: [Double], _ action: [Int]) -> [Double] {
    let rows = transitions(action)
    let next = states.indices.map { next in
      zip(belief, rows).reduce(0) { $0 + $1.0 * $1.1[next] }
    }
    return isMeanField ? product(marginals(next)) : next
  }

  /// Bayes' rule: the posterior and the evidence.
  func filter(_ prior: [Double], _ observation: [Observation]) -> ([Double], evidence: Double) {
    let weighted = zip(states, prior).map { state, p in
      observation.indices.reduce(p) { $0 * weight(of: observation[$1], $1, in: state) }
    }
    let evidence = weighted.reduce(0, +)
    return (weighted.map { $0 / evidence }, evidence)
  }

  /// ln max(p, 2^-52), as inside every mean-field expectation.
  static func logarithm(_ p: Double) -> Double { log(max(p, 0x1p-52)) }

  /// E_q[ln P(o | s)] with each factor's own state given, over all observed modalities.
  private func logLikelihood(_ observation: [Observation], _ state: [Int]) -> Double {
    observation.indices.reduce(0) {
      if case .missing = observation[$1] { return $0 }
      return $0 + BruteForce.logarithm(weight(of: observation[$1], $1, in: state))
    }
  }

  /// Whether a factor's state is ruled out by the prior, or by an outcome that depends on it alone.
  private func excludes(
    _ factor: Int, _ value: Int, _ prior: [[Double]], _ observation: [Observation]
  ) -> Bool {
    if prior[factor][value] == 0 { return true }
    var state = [Int](repeating: 0, count: prior.count)
    state[factor] = value
    return observation.indices.contains {
      model.likelihoods[$0].given == [factor] && weight(of: observation[$0], $0, in: state) == 0
    }
  }

  /// Coordinate ascent from the prior, factors in order: beliefs and free energy.
  func ascend(
    _ prior: [Double], _ observation: [Observation], sweeps: Int
  ) -> ([[Double]], freeEnergy: Double) {
    let prior = marginals(prior)
    let logs = states.map { logLikelihood(observation, $0) }
    let excluded = model.factors.indices.map { factor in
      prior[factor].indices.map { excludes(factor, $0, prior, observation) }
    }
    var q = prior
    for _ in 0..<sweeps {
      for factor in q.indices {
        let messages = q[factor].indices.map { value in
          if excluded[factor][value] { return -Double.infinity }
          return states.indices.reduce(BruteForce.logarithm(prior[factor][value])) { sum, index in
            let state = states[index]
            guard state[factor] == value else { return sum }
            let others = state.indices.reduce(1.0) { $1 == factor ? $0 : $0 * q[$1][state[$1]] }
            return sum + others * logs[index]
          }
        }
        q[factor] = BruteForce.softmax(messages)
      }
    }
    var freeEnergy = -zip(product(q), logs).reduce(0) { $0 + $1.0 * $1.1 }
    for (q, p) in zip(q.joined(), prior.joined()) {
      freeEnergy += q * (BruteForce.logarithm(q) - BruteForce.logarithm(p))
    }
    return (q, freeEnergy)
  }

  static func softmax(_ x: [Double]) -> [Double] {
    let greatest = x.max() ?? 0
    let weights = x.map { exp($0 - greatest) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  // MARK: - A step

  /// Says what was done.
  mutating func take(_ action: [Int]) {
    self.action = action
    if successors[action] == nil { write(action) }
  }

  /// Takes in an observation, plans, and learns.
  ///
  /// - Parameter sweeps: of coordinate ascent.
  mutating func act(on observation: [Observation], sweeps: Int) -> Step {
    var step = Step()
    let last = belief
    let prior = time == 0 ? product(initialState) : predict(last, action)
    if isMeanField {
      (step.beliefs, step.freeEnergy) = ascend(prior, observation, sweeps: sweeps)
      belief = product(step.beliefs)
    } else {
      let (posterior, evidence) = filter(prior, observation)
      belief = posterior
      step.freeEnergy = -log(evidence)
      step.beliefs = marginals(belief)
    }
    step.joint = belief
    plan(&step)
    learn(observation, from: last, step)
    time += 1
    return step
  }
}
