import ActiveInference
import Foundation

/// Active inference by enumeration: every joint state, every joint outcome, every policy.
///
/// Written to be read, with sums exactly as in the formulas, and sharing no computation with the
/// library. It filters exactly, or sweeps coordinate ascent or fixed-point iteration and goes on from
/// the product of the marginals, by the conventions of any preset.
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

  let model: GenerativeModel
  let configuration: AgentConfiguration
  /// The scheme of inference, with nothing automatic about it.
  let algorithm: InferenceSettings.Algorithm
  /// Every joint state, the last factor varying fastest.
  let states: [[Int]]
  /// Every policy, `[step][control]`.
  let policies: [[[Int]]]

  var likelihood: [Table]
  var transition: [Table]
  var preference: [Table?]
  var initialState: [[Double]]
  /// `[policy][joint state of what it is given]`.
  var habit: [Double]
  var counts: GenerativeModel.Concentration

  var time = 0
  var belief: [Double] = []
  var action: [Int] = []
  /// Everything that was observed and done so far.
  var episode = BehaviourRecord(observations: [], actions: [])
  /// Every step of the episode, where windows are inferred, and D as it began.
  var past: [PastStep] = []
  var firstPrior: [[Double]] = []
  /// What is still to be done of a plan, and what was chosen last.
  var remaining: [[Int]] = []
  var chosen: [Int]?

  /// `[modality][outcome][joint state]` and by action `[joint state][next]`: the tables written out,
  /// made when they are first asked for and again when they have changed.
  private var outcomes: [[[Double]]] = []
  private var successors: [[Int]: [[Double]]] = [:]

  init(
    _ model: GenerativeModel, _ configuration: AgentConfiguration,
    _ algorithm: InferenceSettings.Algorithm
  ) {
    self.model = model
    self.configuration = configuration
    self.algorithm = algorithm
    states = BruteForce.sequences(model.factors.map(\.size))
    let joint = BruteForce.sequences(model.controls.map(\.size))
    if let list = model.policies {
      policies = list
    } else if model.controls.isEmpty {
      policies = [[]]
    } else {
      let planning = configuration.planning
      let horizon = planning.method == .enumerate ? planning.horizon ?? 1 : 1
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

  /// Whether beliefs are products of marginals.
  var isMeanField: Bool { algorithm != .exact }

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

  // MARK: - A step

  /// Says what was done.
  mutating func take(_ action: [Int]) {
    if action != chosen { remaining = [] }
    self.action = action
    if successors[action] == nil { write(action) }
  }

  /// Takes in an observation, plans, chooses and learns; goes no further than to say so where the
  /// observation is impossible and that is an error.
  ///
  /// - Parameters:
  ///   - sweeps: of a mean-field scheme; nil to find out when to end.
  ///   - seed: what the choice is drawn with, in episode 0.
  mutating func act(on entries: [Observation], sweeps: Int?, seed: UInt64) -> ReferenceStep {
    var step = ReferenceStep()
    let last = belief
    let prior = time == 0 ? product(initialState) : predict(last, action)
    var observation = entries
    step.impossible = impossible(prior, entries).map { model.modalities[$0].name }
    switch configuration.inference.impossible {
    case .error where !step.impossible.isEmpty: return step
    case .ignore:
      for modality in impossible(prior, entries) { observation[modality] = .missing }
    default: break
    }
    if algorithm.hasWindow {
      let found = approximateWindow(prior, observation)
      step.windowStart = found.start
      step.smoothedBeliefs = found.beliefs
      step.beliefs = found.beliefs[found.beliefs.count - 1]
      step.freeEnergy = found.freeEnergy
      belief = product(step.beliefs)
    } else if isMeanField {
      let found = approximate(prior, observation, sweeps: sweeps)
      step.beliefs = found.beliefs
      step.freeEnergy = found.freeEnergy
      belief = product(step.beliefs)
    } else {
      let (posterior, evidence) = filter(prior, observation)
      belief = posterior
      step.freeEnergy = -log(evidence)
      step.beliefs = marginals(belief)
      step.joint = belief
    }
    if let next = remaining.first {
      step.choice = next
      remaining.removeFirst()
    } else {
      plan(&step, seed: seed)
      step.choice = choice(step, seed: seed)
      let most = configuration.planning.replanEvery - 1
      if most > 0 {
        guard let plan = plan(step, seed: seed) else {
          step.isTied = true
          return step
        }
        remaining = Array(plan.prefix(most))
      }
    }
    chosen = step.choice
    learn(observation, from: last, step)
    time += 1
    return step
  }
}
