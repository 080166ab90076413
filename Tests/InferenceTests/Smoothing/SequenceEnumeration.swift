import ActiveInference
import Foundation

/// What a sequence says, found by going through every sequence of joint states: plain loops over the
/// model's own tensors that share nothing with what is tested.
struct SequenceEnumeration {
  let model: GenerativeModel
  let record: BehaviourRecord
  /// Whether an uncertain outcome is read as pymdp 1.x does.
  var isGeometric = false

  /// Every joint state, one value a factor.
  private let states: [[Int]]
  private(set) var total = 0.0
  /// `[step][joint state]`.
  private(set) var joint: [[Double]] = []
  /// `[step][joint state][next joint state]`.
  private(set) var pairs: [[[Double]]] = []

  init(_ model: GenerativeModel, _ record: BehaviourRecord, isGeometric: Bool = false) {
    self.model = model
    self.record = record
    self.isGeometric = isGeometric
    var states: [[Int]] = [[]]
    for factor in model.factors {
      states = states.flatMap { state in (0..<factor.size).map { state + [$0] } }
    }
    self.states = states
    run()
  }

  private mutating func run() {
    let steps = record.observations.count
    joint = Array(repeating: Array(repeating: 0, count: states.count), count: steps)
    pairs = Array(
      repeating: Array(repeating: Array(repeating: 0, count: states.count), count: states.count),
      count: steps - 1)
    let weights = record.observations.map { observation in states.map { seen(observation, $0) } }
    let moves = record.actions.prefix(steps - 1).map { action in
      states.map { state in states.map { moved(state, action, to: $0) } }
    }
    var path: [Int] = []
    func follow(_ weight: Double) {
      if path.count == steps {
        total += weight
        for step in path.indices { joint[step][path[step]] += weight }
        for step in path.indices.dropLast() { pairs[step][path[step]][path[step + 1]] += weight }
        return
      }
      for state in states.indices {
        let before = path.last.map { moves[path.count - 1][$0][state] } ?? first(states[state])
        let next = weight * before * weights[path.count][state]
        if next == 0 { continue }
        path.append(state)
        follow(next)
        path.removeLast()
      }
    }
    follow(1)
    joint = joint.map { $0.map { $0 / total } }
    pairs = pairs.map { $0.map { $0.map { $0 / total } } }
  }

  private func first(_ state: [Int]) -> Double {
    var product = 1.0
    for (factor, value) in state.enumerated() {
      product *= model.initialStates[factor]?[value] ?? 1 / Double(model.factors[factor].size)
    }
    return product
  }

  private func seen(_ observation: [Observation], _ state: [Int]) -> Double {
    var product = 1.0
    for (table, entry) in zip(model.likelihoods, observation) {
      func probability(_ outcome: Int) -> Double {
        cell(table.probability, [outcome] + table.given.map { state[$0] })
      }
      switch entry {
      case .missing: break
      case .outcome(let outcome): product *= probability(outcome)
      case .distribution(let weights):
        var sum = 0.0
        for (outcome, weight) in weights.enumerated() {
          let share = probability(outcome)
          sum += weight * (isGeometric ? log(max(share, 0x1p-52)) : share)
        }
        product *= isGeometric ? exp(sum) : sum
      }
    }
    return product
  }

  private func moved(_ state: [Int], _ action: [Int], to next: [Int]) -> Double {
    var product = 1.0
    for (table, value) in zip(model.transitions, next) {
      product *= cell(
        table.probability,
        [value] + table.given.map { state[$0] } + table.controls.map { action[$0] })
    }
    return product
  }

  private func cell(_ tensor: Tensor, _ index: [Int]) -> Double {
    var offset = 0
    for (extent, position) in zip(tensor.shape, index) { offset = offset * extent + position }
    return tensor.values[offset]
  }

  // MARK: - Sums

  /// The marginal of a factor at a step.
  func belief(factor: Int, at step: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: model.factors[factor].size)
    for (index, state) in states.enumerated() { sums[state[factor]] += joint[step][index] }
    return sums
  }

  /// The joint probabilities of some factors, the last varying fastest.
  func joint(of factors: [Int], at step: Int) -> [Double] {
    var sums = [Double](
      repeating: 0, count: factors.reduce(1) { $0 * model.factors[$1].size })
    for (index, state) in states.enumerated() {
      sums[factors.reduce(0) { $0 * model.factors[$1].size + state[$1] }] += joint[step][index]
    }
    return sums
  }

  /// `[next, given...]` of a factor.
  func pairwise(factor: Int, after step: Int) -> [Double] {
    let given = model.transitions[factor].given
    let columns = given.reduce(1) { $0 * model.factors[$1].size }
    var sums = [Double](repeating: 0, count: model.factors[factor].size * columns)
    for (index, state) in states.enumerated() {
      let column = given.reduce(0) { $0 * model.factors[$1].size + state[$1] }
      for (nextIndex, next) in states.enumerated() {
        sums[next[factor] * columns + column] += pairs[step][index][nextIndex]
      }
    }
    return sums
  }
}
