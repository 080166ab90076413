import GenerativeModel
import Inference
import Kernels

/// The joint outcomes that a belief about states leads to, one by one.
package struct OutcomeEnumeration {
  /// A combination of outcomes, one a modality.
  package struct JointOutcome {
    package var outcomes: [Int]
    package var probability: Double
  }

  /// The most joint states in play times modalities.
  package static let largestSize = 1 << 22

  private let likelihoods: FixedBuffer<RunTable<Double>>
  private let sizes: [Int]
  /// The probability of each joint state in play.
  private var weights: [Double]
  /// `[modality][state in play]`: its column in the modality's likelihood.
  private var columns: [[Int32]]

  /// Lists the joint states of the factors that some modality depends on.
  ///
  /// - Returns: nil where there are too many.
  package init?(_ belief: Belief<Double>, _ space: BeliefSpace, _ tables: ModelTables<Double>) {
    let compiled = space.compiled
    likelihoods = tables.likelihoodColumns
    sizes = compiled.model.modalities.map(\.size)
    weights = []
    columns = []
    let isWhole =
      space.isJoint ? listJoint(belief, space) : listMarginals(belief, compiled)
    if !isWhole { return nil }
  }

  private mutating func listJoint(_ belief: Belief<Double>, _ space: BeliefSpace) -> Bool {
    let states = (0..<space.size).filter { belief.base[$0] > 0 }
    guard states.count <= OutcomeEnumeration.largestSize / max(sizes.count, 1) else {
      return false
    }
    weights = states.map { belief.base[$0] }
    columns = sizes.indices.map { modality in
      let map = space.columns(ofScope: space.compiled.modalities.base[modality].scope)
      return states.map { map?[$0] ?? Int32($0) }
    }
    return true
  }

  private mutating func listMarginals(
    _ belief: Belief<Double>, _ compiled: CompiledModel
  ) -> Bool {
    weights = [1]
    columns = Array(repeating: [0], count: sizes.count)
    let scopes = sizes.indices.map { compiled.scopes[compiled.modalities.base[$0].scope] }
    for factor in Set(scopes.flatMap(\.factors)).sorted() {
      let plan = compiled.factors.base[factor]
      let states = (0..<plan.states).filter { belief.base[plan.stateOffset + $0] > 0 }
      guard
        states.count * weights.count <= OutcomeEnumeration.largestSize / max(sizes.count, 1)
      else { return false }
      for modality in sizes.indices {
        let scope = scopes[modality]
        let stride = scope.factors.firstIndex(of: factor).map {
          scope.sizes[($0 + 1)...].reduce(1, *)
        }
        columns[modality] = columns[modality].flatMap { column in
          states.map { column + Int32($0 * (stride ?? 0)) }
        }
      }
      weights = weights.flatMap { weight in
        states.map { weight * belief.base[plan.stateOffset + $0] }
      }
    }
    return true
  }

  // MARK: - Probabilities

  /// P(o) of an observation; of an uncertain one the expectation over its outcomes.
  package func probability(of observation: [Observation]) -> Double {
    var weights = weights
    for modality in sizes.indices { multiply(&weights, modality, observation[modality]) }
    return weights.reduce(0, +)
  }

  /// By modality and outcome: the probability of the observation with that outcome in place of what was
  /// observed there.
  ///
  /// - Complexity: O(joint states x (modalities + outcomes)).
  package func probabilities(around observation: [Observation]) -> [[Double]] {
    // For each modality what those after it leave of each state.
    var after: [[Double]] = [Array(repeating: 1, count: weights.count)]
    for modality in sizes.indices.dropFirst().reversed() {
      var next = after[after.count - 1]
      multiply(&next, modality, observation[modality])
      after.append(next)
    }
    var before = weights
    return sizes.indices.map { modality in
      let rest = after.removeLast()
      var probabilities = Array(repeating: 0.0, count: sizes[modality])
      for state in before.indices where before[state] * rest[state] > 0 {
        let column = Int(columns[modality][state])
        for cell in likelihoods.base[modality].cells(of: column) {
          probabilities[likelihoods.base[modality].place(cell, in: column)] +=
            before[state] * rest[state] * likelihoods.base[modality].cells[cell]
        }
      }
      multiply(&before, modality, observation[modality])
      return probabilities
    }
  }

  /// Multiplies the weight of each state by how likely it makes what was observed of a modality.
  private func multiply(_ weights: inout [Double], _ modality: Int, _ entry: Observation) {
    let table = likelihoods.base[modality]
    for state in weights.indices where weights[state] > 0 {
      let column = Int(columns[modality][state])
      switch entry {
      case .missing: break
      case .outcome(let outcome):
        weights[state] *= table.cell(of: column, at: outcome).map { table.cells[$0] } ?? 0
      case .distribution(let shares):
        weights[state] *= table.cells(of: column).reduce(0) {
          $0 + shares[table.place($1, in: column)] * table.cells[$1]
        }
      }
    }
  }

  // MARK: - Outcomes

  /// Every combination of outcomes that is possible, in the order of the model; nil where there are more
  /// than `limit`.
  package func outcomes(limit: Int) -> [JointOutcome]? {
    var found: [JointOutcome] = []
    var outcomes: [Int] = []
    let all = weights.indices.map { (state: $0, weight: weights[$0]) }
    return extend(&outcomes, all, limit, &found) ? found : nil
  }

  /// Goes through the outcomes of the next modality, given what is left after those before.
  private func extend(
    _ outcomes: inout [Int], _ left: [(state: Int, weight: Double)], _ limit: Int,
    _ found: inout [JointOutcome]
  ) -> Bool {
    let modality = outcomes.count
    guard modality < sizes.count else {
      found.append(
        JointOutcome(outcomes: outcomes, probability: left.reduce(0) { $0 + $1.weight }))
      return found.count <= limit
    }
    let table = likelihoods.base[modality]
    var next: [Int: [(state: Int, weight: Double)]] = [:]
    for (state, weight) in left {
      let column = Int(columns[modality][state])
      for cell in table.cells(of: column) where weight * table.cells[cell] > 0 {
        next[table.place(cell, in: column), default: []].append(
          (state, weight * table.cells[cell]))
      }
    }
    for outcome in next.keys.sorted() {
      outcomes.append(outcome)
      defer { outcomes.removeLast() }
      guard extend(&outcomes, next[outcome] ?? [], limit, &found) else { return false }
    }
    return true
  }

  /// I(o; s) of all modalities together, in nats.
  ///
  /// - Parameter outcomes: every one that is possible.
  package func informationGain(_ outcomes: [JointOutcome]) -> Double {
    var ambiguity = 0.0
    for modality in sizes.indices {
      let table = likelihoods.base[modality]
      for state in weights.indices {
        let cells = table.cells(of: Int(columns[modality][state])).map { table.cells[$0] }
        ambiguity += weights[state] * entropy(cells)
      }
    }
    return entropy(outcomes.map(\.probability)) - ambiguity
  }
}
