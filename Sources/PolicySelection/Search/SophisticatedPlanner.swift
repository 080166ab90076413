import GenerativeModel
import Inference
import Kernels

/// Sophisticated inference: what an action is worth includes what will be believed, and done, after each
/// outcome that it may have.
///
///     G_1(u | b) = r(b, u)
///     G_d(u | b) = r(b, u) + sum_o P(o | b, u) V_{d-1}(b after u and o)
///     V_d(b)     = sum_u p_u G_d(u | b), p = softmax(gamma G_d + ln E), or the greatest of them
///
/// (Friston, Da Costa, Hafner, Hesp & Parr 2021, https://doi.org/10.1162/neco_a_01351.) r is the negative
/// expected free energy of one step, o the joint outcome of all modalities; parameters stay as they are and
/// the inductive preference that of the step that is planned. A graph of distinct beliefs is made depth by
/// depth and valued from its end. Where that takes more than the budget, the graph is made where it matters
/// most, with bounds on what it leaves open. What was made stays for the step after, which it saves work and
/// changes in no bit: a belief that is looked at counts as a node whether it was there or not.
package final class SophisticatedPlanner: ActionPlanner {
  typealias Place = SearchStore.Place

  let context: PlannerContext
  let space: BeliefSpace
  let planning: PlanningTables<Double>
  let settings: PlanningSettings
  let depth: Int
  let actionCount: Int
  let store: SearchStore
  let branching: OutcomeBranching
  let bounds: SearchBounds
  let nodeDynamics: BeliefDynamics<SharedLaneArithmetic>
  let evaluator: NodeEvaluation<SingleArithmetic>
  let inductive: InductivePreference<SingleArithmetic>?
  private let dynamics: BeliefDynamics<SingleArithmetic>
  /// The goals' rows that the store's values were found with.
  private var anchor: [Int] = []

  // Memory of the expansion.
  let source: BeliefBuffer<Lanes>
  let candidate: BeliefBuffer<Lanes>
  let block: BeliefBuffer<Lanes>
  let blockTerms = NodeTerms(blocks: 1)
  let words = FixedBuffer<UInt64>(repeating: 0, count: 8)
  let batch = FixedBuffer<Int32>(zeros: 8)
  let pending = FixedBuffer<Int32>(zeros: 8)
  @exclusivity(unchecked) var pendingCount = 0
  /// By action, while a belief is valued.
  let values: FixedBuffer<Double>
  let weights: FixedBuffer<Double>
  let lowers: FixedBuffer<Double>
  let uppers: FixedBuffer<Double>

  // The search.
  /// By steps to come, the first of the beliefs, and of the predictions, that were expanded.
  let beliefs: FixedBuffer<Int32>
  let predictions: FixedBuffer<Int32>
  /// The beliefs and predictions on the way to the one that is expanded.
  let path: FixedBuffer<Int32>
  let pathPredictions: FixedBuffer<Int32>
  @exclusivity(unchecked) var search: UInt32 = 0
  /// When this part of the search ends; nil where time does not matter.
  @exclusivity(unchecked) var end: ContinuousClock.Instant?
  @exclusivity(unchecked) var root: Place = 0
  @exclusivity(unchecked) var nodes = 0
  @exclusivity(unchecked) var gap = 0.0
  /// Whether memory ended the last search, so that some of what it made has not been valued.
  @exclusivity(unchecked) var isCut = false
  @exclusivity(unchecked) private var details: (terms: [ExpectedFreeEnergyTerms], mass: Double)?

  package var isFunctionOfBelief: Bool { settings.budget.microseconds == nil }

  package init(_ context: PlannerContext) throws(InvalidInput) {
    self.context = context
    space = context.space
    planning = context.planning
    settings = context.settings
    depth = settings.horizon ?? 1
    actionCount = context.policies.actions.count
    store = SearchStore(
      size: space.size, actions: actionCount, depth: depth,
      hasNovelty: context.planning.hasTransitionNovelty, mebibytes: settings.budget.mebibytes)
    dynamics = BeliefDynamics(space)
    nodeDynamics = BeliefDynamics(space)
    branching = OutcomeBranching(context, dynamics, store)
    bounds = SearchBounds(context, depth: depth)
    evaluator = try NodeEvaluation(space, settings, planning, nodeDynamics)
    inductive = settings.inductive.map { InductivePreference(context.space, $0, context.tables) }
    source = BeliefBuffer(space)
    candidate = BeliefBuffer(space)
    block = BeliefBuffer(space)
    values = FixedBuffer(zeros: actionCount)
    weights = FixedBuffer(zeros: actionCount)
    lowers = FixedBuffer(zeros: actionCount)
    uppers = FixedBuffer(zeros: actionCount)
    beliefs = FixedBuffer(zeros: depth + 1)
    predictions = FixedBuffer(zeros: depth + 1)
    path = FixedBuffer(zeros: depth + 1)
    pathPredictions = FixedBuffer(zeros: depth + 1)
  }

  package func begin() { store.reset() }

  package func refresh() {
    store.reset()
    bounds.refresh()
    inductive?.refresh(context.tables)
  }

  /// Bytes that the beliefs of the search take, never more than the budget says.
  package var bytes: Int { store.bytes }

  // MARK: - A step

  package func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into result: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    details = nil
    gap = 0
    nodes = 0
    guard actionCount > 0 else {
      // Without controls there is one empty policy, worth nothing.
      result[0] = 0
      return
    }
    anchorGoals(belief)
    // What is kept is of use where it foresaw this belief, and else in the way.
    if isCut || !store.hasRecord(belief.base, hash: store.hash(of: belief.base), row: 0) {
      store.reset()
      isCut = false
    }
    try search(belief.base)
    weighRoot()
    result.update(from: values.base, count: actionCount)
  }

  /// Searches everything, or as much as the budget allows.
  private func search(_ belief: UnsafePointer<Double>) throws(PlanningFailure) {
    var isFresh = store.isEmpty
    var isWhole = true
    let begin = settings.budget.microseconds.map { _ in ContinuousClock.now }
    while true {
      // Half of the time to find everything, the rest to find what matters.
      end = begin.map {
        $0.advanced(by: .microseconds((settings.budget.microseconds ?? 0) / (isWhole ? 2 : 1)))
      }
      do throws(SearchStop) {
        try beginSearch(belief)
        if isWhole { try searchWhole() } else { try searchBestFirst(isFresh: isFresh) }
        return
      } catch {
        switch error {
        case .failure(let failure):
          // Some of what was made has not been valued.
          store.reset()
          throw failure
        case .budget:
          isWhole = false
          isFresh = false
        case .memory:
          // What was kept makes room first.
          store.reset()
          if isFresh && !isWhole { throw .memory }
          if isFresh { isWhole = false }
          isFresh = true
        }
      }
    }
  }

  private func beginSearch(_ belief: UnsafePointer<Double>) throws(SearchStop) {
    // Stamps of four kinds a search.
    if search >= UInt32.max / 4 - 1 {
      store.reset()
      search = 0
    }
    search += 1
    nodes = 0
    pendingCount = 0
    for steps in 0...depth {
      beliefs.base[steps] = 0
      predictions.base[steps] = 0
    }
    root =
      try store.record(
        belief, stride: 1, hash: store.hash(of: belief), row: 0, isPrediction: false
      ).place
  }

  /// Goals are seen from the belief of the step; what was valued from another is forgotten.
  private func anchorGoals(_ belief: Belief<Double>) {
    guard let inductive else { return }
    inductive.begin(dynamics.marginals(of: belief))
    let now = inductive.anchor
    if now == anchor { return }
    anchor = now
    store.reset()
  }

  // MARK: - Telling

  package var report: SearchReport? {
    if actionCount == 0 { return SearchReport(nodes: 0, gap: 0, prunedMass: 0) }
    let prunes =
      settings.sophisticated.policyThreshold > 0 || settings.sophisticated.outcomeThreshold > 0
    return SearchReport(nodes: nodes, gap: gap, prunedMass: prunes ? detail().mass : 0)
  }

  package var terms: [ExpectedFreeEnergyTerms] {
    actionCount == 0 ? [ExpectedFreeEnergyTerms()] : detail().terms
  }

  /// Goes through the graph once more for what nobody may ask for.
  private func detail() -> (terms: [ExpectedFreeEnergyTerms], mass: Double) {
    if let details { return details }
    var search = SearchDetails(self)
    let found = search.ofRoot()
    details = found
    return found
  }

  // MARK: - Stamps

  static let isBounded: UInt32 = 1
  static let isExpanded: UInt32 = 2

  /// How far the current search has come with a slot.
  @inline(__always)
  func state(_ slot: SearchSlot) -> UInt32 { slot.stamp >> 2 == search ? slot.stamp & 3 : 0 }

  @inline(__always)
  func setState(_ slot: SearchSlot, _ state: UInt32) { slot.stamp = search << 2 | state }

  /// The preferences that hold for the step from a belief with so many steps to come.
  func row(_ steps: Int) -> Int { min(depth - steps, planning.preferenceRows - 1) }
}
