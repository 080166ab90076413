import GenerativeModel
import Inference
import Kernels

extension NodeEvaluation {
  /// Whether beliefs that are certain of what is steered are valued without being written down: not where
  /// something is asked of them that reads them whole, nor where OpenBLAS adds up in an order of its own.
  var canValueSteered: Bool {
    joint == nil && legacy == nil && settings.inductive == nil && !tables.hasTransitionNovelty
      && (settings.convention == .standard || !tables.hasLikelihoodNovelty) && !tables.usesBLAS
  }

  /// Values a block of such beliefs, to the bits that ``evaluate(_:nodes:planningStep:_:inductive:into:at:)``
  /// has for them: what it adds more is zero.
  ///
  /// - Parameters:
  ///   - first: the first node of the block.
  ///   - nodes: the lanes that hold a node.
  func evaluate(
    _ steered: SteeredBeliefs<Arithmetic>, first: Int, nodes: Int, planningStep: Int,
    _ likelihoods: UnsafePointer<RunTable<Parameter>>, into terms: NodeTerms, at index: Int
  ) {
    for place in 0..<results.count { results.base[place] = .zero }
    for lane in 0..<nodes {
      let place = SteeredPlace(steered, first: first, lane: lane)
      for plan in 0..<planCount { contract(plan, place, steered, lane) }
    }
    let linear = linearTerms(row: min(planningStep, tables.preferenceRows - 1))
    var gain = Lanes.zero
    if addsEntropies {
      gain = outcomeEntropy() - linear.ambiguity
      for index in 0..<tables.sparseModalities.count {
        let modality = tables.sparseModalities.base[index]
        for lane in 0..<nodes {
          predictSparsely(
            modality, SteeredPlace(steered, first: first, lane: lane), steered, likelihoods, lane)
        }
        gain += sparseEntropy(of: drainOutcomes())
      }
    }
    store(linear.utility, gain, linear.novelty, nearer: .zero, terms, index)
  }

  /// Takes everything that is linear in a belief and belongs to one scope.
  @inline(__always)
  private func contract(
    _ index: Int, _ place: SteeredPlace<Arithmetic>, _ steered: SteeredBeliefs<Arithmetic>,
    _ lane: Int
  ) {
    let plan = plans[index]
    let scope = steered.factors.scopes.base[index]
    let table = tables.folded.base + plan.table
    let sums = self.sums.base
    for number in 0..<plan.width { sums[number] = 0 }
    for column in 0..<scope.count {
      let weight = place.weights[scope.weights + column][lane: place.lane]
      if weight == 0 { continue }
      let row =
        table + (Int(scope.columns[place.state]) + Int(scope.offsets[column])) * plan.width
      for number in 0..<plan.width {
        sums[number] += weight * Arithmetic.parameter(row[number], lane: place.lane)
      }
    }
    let run = numbers(results.base + plan.result) + lane
    for number in 0..<plan.width { run[number * Lanes.laneCount] = sums[number] }
  }

  /// Adds what a lane's belief leads to, to the outcomes of a modality with a sparse likelihood.
  private func predictSparsely(
    _ modality: Int, _ place: SteeredPlace<Arithmetic>, _ steered: SteeredBeliefs<Arithmetic>,
    _ likelihoods: UnsafePointer<RunTable<Parameter>>, _ lane: Int
  ) {
    let table = likelihoods[modality]
    let plan = tables.planOfScope.base[space.compiled.modalities.base[modality].scope]
    let scope = steered.factors.scopes.base[plan]
    let outcomes = numbers(self.outcomes.base) + lane
    for index in 0..<scope.count {
      let weight = place.weights[scope.weights + index][lane: place.lane]
      if weight == 0 { continue }
      let column = Int(scope.columns[place.state]) + Int(scope.offsets[index])
      for cell in table.cells(of: column) {
        let outcome = table.place(cell, in: column)
        outcomes[outcome * Lanes.laneCount] +=
          weight * Arithmetic.parameter(table.cells[cell], lane: place.lane)
        reached.insert(outcome)
      }
    }
  }
}

/// Where a node's lane is: the state of the steered factors, and what it says of the rest.
private struct SteeredPlace<Arithmetic: StepArithmetic> {
  let state: Int
  let weights: UnsafePointer<Arithmetic.Number>
  /// The agent's lane among those that are planned for together.
  let lane: Int

  /// - Parameter lane: among those of a block of nodes.
  @inline(__always)
  init(_ steered: SteeredBeliefs<Arithmetic>, first: Int, lane: Int) {
    let isAlone = Arithmetic.Number.laneCount == 1
    let node = isAlone ? first + lane : first
    self.lane = isAlone ? 0 : lane
    state = Int(steered.states.base[node * Arithmetic.Number.laneCount + self.lane])
    weights = UnsafePointer(
      steered.weights.base + Int(steered.versions.base[node]) * steered.factors.weightCount)
  }
}
