import Inference
import Kernels

extension SophisticatedPlanner {
  private static let isWeighed: Int32 = 1
  private static let isPruned: Int32 = 2
  private static let isBranched: Int32 = 4

  /// Counts a belief among the nodes of this search, once.
  func visit(_ place: Place) throws(SearchStop) {
    let visited = store.integers(place, 2)
    if visited[0] == Int32(bitPattern: search) { return }
    if let most = settings.budget.nodes, nodes == most { throw .budget }
    // The root is weighed in any case.
    if let end, nodes > 0, ContinuousClock.now >= end { throw .budget }
    visited[0] = Int32(bitPattern: search)
    nodes += 1
  }

  // MARK: - One step

  func needsWeighing(_ place: Place) -> Bool {
    store.flags(place)[0] & SophisticatedPlanner.isWeighed == 0
  }

  /// Finds what each action leads to from the beliefs of the batch. What that is worth is known once
  /// ``flush(_:)`` has been called.
  func weigh(_ count: Int, steps: Int) throws(SearchStop) {
    let lanes = Lanes.laneCount
    for lane in 0..<count { load(batch.base[lane], lane, into: source) }
    nodeDynamics.noteSupports(source.belief)
    let factors = space.compiled.factors.count
    for action in 0..<actionCount {
      let joint = context.policies.factorActions.base + action * factors
      nodeDynamics.predict(
        source.belief, action: joint, context.tables, into: candidate.belief)
      let predicted: UnsafeMutablePointer<Double> = numbers(candidate.base)
      Lanes.hash(candidate.base, count: space.size, into: words.base)
      for lane in 0..<count {
        let found = try store.record(
          predicted + lane, stride: lanes, hash: words.base[lane], row: row(steps),
          isPrediction: true)
        store.integers(batch.base[lane], store.edgesAt)[action] = found.place
        if found.isNew { try enqueue(found.place, steps) }
      }
      guard store.hasNovelty else { continue }
      let novelty = evaluator.transitionNovelty(
        source.belief, action: joint, next: candidate.belief)
      for lane in 0..<count {
        store.doubles(batch.base[lane], store.noveltyAt)[action] = novelty[lane]
      }
    }
    for lane in 0..<count { store.flags(batch.base[lane])[0] |= SophisticatedPlanner.isWeighed }
  }

  /// Has a prediction valued with the next block.
  private func enqueue(_ place: Place, _ steps: Int) throws(SearchStop) {
    pending.base[pendingCount] = place
    pendingCount += 1
    if pendingCount == Lanes.laneCount { try flush(steps) }
  }

  /// Values the predictions that wait for it.
  func flush(_ steps: Int) throws(SearchStop) {
    if pendingCount == 0 { return }
    let count = pendingCount
    pendingCount = 0
    for lane in 0..<count { load(pending.base[lane], lane, into: block) }
    nodeDynamics.noteSupports(block.belief)
    do throws(PlanningFailure) {
      try evaluator.evaluate(
        block.belief, nodes: count, planningStep: depth - steps,
        UnsafePointer(context.tables.likelihoodColumns.base), inductive: inductive,
        into: blockTerms, at: 0)
    } catch {
      throw .failure(error)
    }
    for lane in 0..<count {
      let value = store.doubles(pending.base[lane], store.valueAt)
      value[0] = blockTerms.total.base[0][lane]
      value[1] = blockTerms.utility.base[0][lane]
      value[2] = blockTerms.stateInformationGain.base[0][lane]
      value[3] = blockTerms.parameterInformationGain.base[0][lane]
      value[4] = blockTerms.inductive.base[0][lane]
    }
  }

  private func load(_ place: Place, _ lane: Int, into block: BeliefBuffer<Lanes>) {
    let belief = store.belief(place)
    let target: UnsafeMutablePointer<Double> = numbers(block.base) + lane
    for state in 0..<space.size { target[state * Lanes.laneCount] = belief[state] }
  }

  /// The prediction that an action leads to; negative where it is not followed for being improbable.
  @inline(__always)
  func edge(_ place: Place, _ action: Int) -> Place {
    store.integers(place, store.edgesAt)[action]
  }

  /// What an action is worth in its own step.
  @inline(__always)
  func stepValue(_ place: Place, _ action: Int) -> Double {
    let edge = edge(place, action)
    let value = store.doubles(edge < 0 ? ~edge : edge, store.valueAt)[0]
    return store.hasNovelty ? value + store.doubles(place, store.noveltyAt)[action] : value
  }

  /// Whether an action is followed from a belief: not where it is improbable, nor where nobody would take
  /// it and nobody asks.
  @inline(__always)
  func isFollowed(_ place: Place, _ action: Int) -> Bool {
    edge(place, action) > 0
      && (!planning.hasImpossiblePolicies || place == root
        || planning.logHabit.base[action] > -.infinity)
  }

  /// Finds which actions are too improbable to be followed.
  func prune(_ place: Place) {
    let threshold = settings.sophisticated.policyThreshold
    guard threshold > 0, store.flags(place)[0] & SophisticatedPlanner.isPruned == 0 else { return }
    store.flags(place)[0] |= SophisticatedPlanner.isPruned
    for action in 0..<actionCount {
      weights.base[action] = settings.gamma * stepValue(place, action)
    }
    softmax(inPlace: weights.base, count: actionCount)
    let edges = store.integers(place, store.edgesAt)
    for action in 0..<actionCount where weights.base[action] < threshold {
      edges[action] = ~edges[action]
    }
  }

  // MARK: - Outcomes

  func isBranched(_ prediction: Place) -> Bool {
    store.flags(prediction)[0] & SophisticatedPlanner.isBranched != 0
  }

  /// Finds the beliefs that the outcomes of a prediction lead to.
  func branch(_ prediction: Place, steps: Int) throws(SearchStop) {
    if isBranched(prediction) { return }
    try branching.follow(store.belief(prediction), row: row(steps - 1))
    let count = branching.count
    let place = try store.take(max(2 * count, 1))
    for index in 0..<count {
      store.doubles(place, 2 * index)[0] = branching.probabilities.base[index]
      store.integers(place, 2 * index + 1)[0] = branching.beliefs.base[index]
    }
    store.integers(prediction, 2)[0] = place
    store.integers(prediction, 2)[1] = Int32(count)
    store.doubles(prediction, 3)[0] = branching.leftOut
    store.flags(prediction)[0] |= SophisticatedPlanner.isBranched
  }

  /// The number of outcomes that are followed, the first of them, and the belief after each.
  @inline(__always)
  func branchCount(_ prediction: Place) -> Int { Int(store.integers(prediction, 2)[1]) }

  @inline(__always)
  func probability(_ prediction: Place, _ index: Int) -> Double {
    store.doubles(store.integers(prediction, 2)[0], 2 * index)[0]
  }

  @inline(__always)
  func child(_ prediction: Place, _ index: Int) -> Place {
    store.integers(store.integers(prediction, 2)[0], 2 * index + 1)[0]
  }

  // MARK: - Values

  /// What a belief is worth, where each action is worth what `values` says; `weights` has p.
  func average() -> Double {
    let count = actionCount
    guard settings.sophisticated.backup == .softmax else {
      var best = -1
      for action in 0..<count {
        weights.base[action] = 0
        guard planning.logHabit.base[action] > -.infinity else { continue }
        if best < 0 || values.base[action] > values.base[best] { best = action }
      }
      weights.base[best] = 1
      return values.base[best]
    }
    fillPolicyPosterior(
      values.base, count: count, logHabit: { planning.logHabit.base[$0] },
      hasImpossiblePolicies: planning.hasImpossiblePolicies, gamma: settings.gamma,
      into: weights.base)
    return Double.dot(weights.base, values.base, count: count)
  }

  /// Fills `values` with what the actions are worth from a belief.
  @inline(__always)
  func fillValues(_ place: Place, _ steps: Int) {
    for action in 0..<actionCount {
      var value = stepValue(place, action)
      if steps > 1 && isFollowed(place, action) {
        value += store.predictionSlot(edge(place, action), steps).estimate
      }
      values.base[action] = value
    }
  }

  /// Values the actions of the root, as they are reported.
  func weighRoot() { fillValues(root, depth) }
}
