import Inference
import Kernels
import PolicySelection

/// An agent that does not learn as the finite automaton that it is, built while it steps.
///
///     (prior, outcomes) -> (belief, plan)          (belief, action) -> prior
///
/// Beliefs are known by their exact bits, so a step that is looked up has the bits of one that is taken.
/// One memory serves all episodes of an agent. It is bounded: where the bound is reached nothing new is
/// remembered, and where looking up seldom finds anything it ends.
final class RememberedSteps {
  /// What a step led to.
  struct Step: BitwiseCopyable {
    /// The belief and the plan that goes with it.
    let node: Int32
    let outcome: InferenceNumbers
  }

  /// What inference found beside the belief, as plain numbers.
  struct InferenceNumbers: BitwiseCopyable {
    let freeEnergy: Double
    let complexity: Double
    let accuracy: Double
    let sweeps: Int32
    let converged: Bool
  }

  /// Bytes that a memory takes at most.
  static let largest = 16 << 20

  private let beliefSize: Int
  private let marginalCount: Int
  private let posteriorCount: Int
  private let actionCount: Int
  /// By node: belief, action marginals and, where the choice is drawn from it, the policy posterior.
  @exclusivity(unchecked) private var nodes = GrowingBlock<Double>()
  /// By node: the joint action that is chosen where nothing is drawn, and the prior after each.
  @exclusivity(unchecked) private var choices = GrowingBlock<Int32>()
  @exclusivity(unchecked) private var nextPriors = GrowingBlock<Int32>()
  @exclusivity(unchecked) private var priors = GrowingBlock<Double>()
  @exclusivity(unchecked) private var steps = GrowingBlock<Step>()
  @exclusivity(unchecked) private var nodeIndex = BitsIndex()
  @exclusivity(unchecked) private var priorIndex = BitsIndex()
  @exclusivity(unchecked) private var stepIndex = KeyIndex()
  @exclusivity(unchecked) private(set) var nodeCount = 0
  @exclusivity(unchecked) private(set) var priorCount = 0
  @exclusivity(unchecked) private var lookups = 0
  @exclusivity(unchecked) private var hits = 0
  /// Whether looking up has been worth it.
  @exclusivity(unchecked) private(set) var isOn = true

  /// - Parameters:
  ///   - posterior: policies, where the choice is drawn from their posterior; else 0.
  ///   - actions: joint actions.
  init(beliefSize: Int, marginals: Int, posterior: Int, actions: Int) {
    self.beliefSize = beliefSize
    marginalCount = marginals
    posteriorCount = posterior
    actionCount = actions
  }

  private var nodeSize: Int { beliefSize + marginalCount + posteriorCount }

  private var isFull: Bool {
    (nodes.count + priors.count) * 8 + (choices.count + nextPriors.count) * 4 + steps.count * 72
      > RememberedSteps.largest
  }

  // MARK: - Looking up

  /// What a step led to; nil where it has not been taken yet.
  @inline(__always)
  func step(from prior: Int, _ outcomes: UInt64) -> Step? {
    lookups += 1
    guard let found = stepIndex.find(key(prior, outcomes)) else {
      if lookups & 4095 == 0 { review() }
      return nil
    }
    hits += 1
    return steps.base[found]
  }

  private func key(_ prior: Int, _ outcomes: UInt64) -> UInt64 {
    outcomes << 24 | UInt64(truncatingIfNeeded: prior)
  }

  /// Ends a memory that finds less than one step in four.
  private func review() {
    if hits * 4 < lookups { isOn = false }
    lookups = 0
    hits = 0
  }

  /// The prior after an action, where it is known.
  @inline(__always)
  func prior(after node: Int, _ action: Int) -> Int? {
    let prior = nextPriors.base[node * actionCount + action]
    return prior < 0 ? nil : Int(prior)
  }

  func belief(of node: Int) -> UnsafePointer<Double> {
    UnsafePointer(nodes.base + node * nodeSize)
  }

  func marginals(of node: Int) -> UnsafePointer<Double> {
    UnsafePointer(nodes.base + node * nodeSize + beliefSize)
  }

  func posterior(of node: Int) -> UnsafePointer<Double> {
    UnsafePointer(nodes.base + node * nodeSize + beliefSize + marginalCount)
  }

  /// The joint action that is chosen where nothing is drawn.
  @inline(__always)
  func choice(of node: Int) -> Int { Int(choices.base[node]) }

  func prior(_ index: Int) -> UnsafePointer<Double> {
    UnsafePointer(priors.base + index * beliefSize)
  }

  /// The node with a belief, where one is known.
  func node(with belief: UnsafePointer<Double>) -> Int? {
    nodeIndex.find(belief, size: beliefSize, in: nodes.base, stride: nodeSize)
  }

  // MARK: - Remembering

  /// The number of a prior; nil where there is no room for it.
  func remember(prior belief: UnsafePointer<Double>) -> Int? {
    if let known = priorIndex.find(belief, size: beliefSize, in: priors.base, stride: beliefSize) {
      return known
    }
    if isFull || priorCount >= 1 << 24 { return nil }
    priors.append(belief, count: beliefSize)
    priorIndex.insert(priorCount, belief, size: beliefSize)
    priorCount += 1
    return priorCount - 1
  }

  /// Notes which prior follows a node under an action.
  func remember(prior: Int, after node: Int, _ action: Int) {
    nextPriors.base[node * actionCount + action] = Int32(prior)
  }

  /// A new node; nil where there is no room for it.
  func remember(
    belief: UnsafePointer<Double>, marginals: UnsafePointer<Double>,
    posterior: UnsafePointer<Double>, choice: Int
  ) -> Int? {
    if isFull { return nil }
    nodes.append(belief, count: beliefSize)
    nodes.append(marginals, count: marginalCount)
    nodes.append(posterior, count: posteriorCount)
    choices.append(Int32(choice))
    for _ in 0..<actionCount { nextPriors.append(-1) }
    nodeIndex.insert(nodeCount, belief, size: beliefSize)
    nodeCount += 1
    return nodeCount - 1
  }

  /// Notes what a step led to.
  func remember(_ step: Step, from prior: Int, _ outcomes: UInt64) {
    if isFull { return }
    stepIndex.insert(key(prior, outcomes), steps.count)
    steps.append(step)
  }
}
