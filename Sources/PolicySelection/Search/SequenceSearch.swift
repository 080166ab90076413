import GenerativeModel
import Inference

/// Finds the best sequence of joint actions that begins with each joint action, without going through all.
///
///     value(u) = max over u_2 ... u_H of -G(u, u_2, ..., u_H)
///
/// with -G as ``ExpectedFreeEnergy`` sums it, in the same order and to the same bits. Sequences grow a step
/// at a time, all of one length together: beliefs that are equal bit for bit are evaluated once, and of
/// sequences that begin alike and arrive at equal beliefs only the best goes on, which is exact. Branch and
/// bound (``BranchAndBound``) and the beam (``BeamSearch``) differ in what else goes on.
class SequenceSearch: ActionPlanner {
  /// A sequence so far.
  struct Prefix: BitwiseCopyable {
    /// The belief in its layer that it arrives at.
    let node: Int
    /// The joint action that it begins with, and the steps so far, as the last of a chain.
    let first: Int
    let link: Int
    /// What its steps are worth, in nats.
    let value: Double
  }

  /// The last step of a sequence, and the sequence before it; -1 for none.
  private struct Link: BitwiseCopyable {
    let parent: Int
    let action: Int
  }

  /// A whole sequence and its value.
  struct Plan {
    var value = -Double.infinity
    var actions: [Int] = []

    /// Takes over what is worth more, or as much and stands before it in the order of all sequences.
    mutating func improve(_ value: Double, _ actions: @autoclosure () -> [Int]) {
      if value < self.value { return }
      let actions = actions()
      if value > self.value || actions.lexicographicallyPrecedes(self.actions) {
        (self.value, self.actions) = (value, actions)
      }
    }
  }

  let blocks: BeliefBlocks
  let horizon: Int
  /// By joint action, the best sequence that begins with it.
  var plans: [Plan] = []
  /// Beliefs from which actions have been weighed.
  var nodes = 0
  private(set) var terms: [ExpectedFreeEnergyTerms] = []
  private(set) var report: SearchReport?
  private var links: [Link] = []

  init(_ context: PlannerContext) throws(InvalidInput) {
    blocks = try BeliefBlocks(context)
    horizon = context.policies.actions.isEmpty ? 0 : context.settings.horizon ?? 1
  }

  /// Fills ``plans`` from a belief and says by how much another action may be better.
  func search(from root: Belief<Double>) throws(PlanningFailure) -> Double? { nil }

  var isFunctionOfBelief: Bool { true }
  func begin() {}
  func refresh() { blocks.refresh() }
  func sequence(after action: Int) -> [Int] { plans[action].actions }

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    nodes = 0
    links.removeAll(keepingCapacity: true)
    plans = [Plan](repeating: Plan(), count: blocks.actionCount)
    guard horizon > 0 else {
      // Without controls there is one empty policy, worth nothing.
      values[0] = 0
      terms = [ExpectedFreeEnergyTerms()]
      report = SearchReport(nodes: 0, gap: 0, prunedMass: 0)
      return
    }
    blocks.begin(belief)
    let gap = try search(from: belief)
    terms = []
    for (action, plan) in plans.enumerated() {
      values[action] = plan.value
      terms.append(try blocks.terms(of: plan.actions, from: belief))
    }
    report = SearchReport(nodes: nodes, gap: gap, prunedMass: 0)
  }

  // MARK: - Growing sequences

  /// The layer of the belief that all sequences begin with.
  func root(_ belief: Belief<Double>) -> (layer: BeliefLayer, prefixes: [Prefix]) {
    (BeliefLayer(blocks, root: belief), [Prefix(node: 0, first: -1, link: -1, value: 0)])
  }

  /// Has sequences go on with every joint action.
  ///
  /// - Parameters:
  ///   - prefixes: in the order of all sequences, as are those that are returned.
  ///   - dominates: whether of those that begin alike and arrive at equal beliefs only the best goes on.
  func extend(
    _ layer: BeliefLayer, _ prefixes: [Prefix], step: Int, dominates: Bool
  ) throws(PlanningFailure) -> (layer: BeliefLayer, prefixes: [Prefix]) {
    let actions = blocks.actionCount
    var next = BeliefLayer(blocks)
    var edges = [Int32](repeating: -1, count: layer.count * actions)
    var novelty = [Double](
      repeating: 0, count: blocks.hasTransitionNovelty ? layer.count * actions : 0)
    follow(layer, prefixes, into: &next, &edges, &novelty)
    try next.evaluate(planningStep: step)
    var children: [Prefix] = []
    var best = [Int32](repeating: -1, count: dominates ? next.count * actions : 0)
    var isDominated: [Bool] = []
    for prefix in prefixes {
      for action in 0..<actions {
        let edge = prefix.node * actions + action
        let node = Int(edges[edge])
        var worth = next.values[node]
        if blocks.hasTransitionNovelty { worth += novelty[edge] }
        let first = prefix.first < 0 ? action : prefix.first
        let value = prefix.value + worth
        if dominates {
          let known = Int(best[node * actions + first])
          if known >= 0 {
            if children[known].value >= value { continue }
            isDominated[known] = true
          }
          best[node * actions + first] = Int32(children.count)
          isDominated.append(false)
        }
        links.append(Link(parent: prefix.link, action: action))
        children.append(Prefix(node: node, first: first, link: links.count - 1, value: value))
      }
    }
    if dominates {
      children = zip(children, isDominated).filter { !$0.1 }.map { $0.0 }
    }
    return (next, children)
  }

  /// Carries every belief that some sequence is at forward by every joint action.
  private func follow(
    _ layer: BeliefLayer, _ prefixes: [Prefix], into next: inout BeliefLayer,
    _ edges: inout [Int32], _ novelty: inout [Double]
  ) {
    var isNeeded = [Bool](repeating: false, count: layer.count)
    for prefix in prefixes where !isNeeded[prefix.node] {
      isNeeded[prefix.node] = true
      nodes += 1
    }
    let candidate = blocks.makeBlock()
    let perBlock = BeliefBlocks.nodesPerBlock
    for (number, block) in layer.buffers.enumerated() {
      let first = number * perBlock
      let members = (first..<min(first + perBlock, layer.count)).filter { isNeeded[$0] }
      if members.isEmpty { continue }
      for action in 0..<blocks.actionCount {
        let taught = blocks.advance(block, action: action, into: candidate)
        for node in members {
          let edge = node * blocks.actionCount + action
          edges[edge] = Int32(next.insert(candidate, lane: node - first))
          if blocks.hasTransitionNovelty { novelty[edge] = taught[node - first] }
        }
      }
    }
  }

  /// Takes whole sequences over where they are better than what is known.
  func harvest(_ prefixes: [Prefix]) {
    for prefix in prefixes { plans[prefix.first].improve(prefix.value, actions(of: prefix)) }
  }

  private func actions(of prefix: Prefix) -> [Int] {
    var result: [Int] = []
    var link = prefix.link
    while link >= 0 {
      result.append(links[link].action)
      link = links[link].parent
    }
    return result.reversed()
  }

  /// The number of steps that are remembered, to be forgotten down to later.
  var mark: Int {
    get { links.count }
    set { links.removeSubrange(newValue...) }
  }

  // MARK: - The beam

  /// Follows, of the sequences that begin with each joint action, the `width` best of each length.
  ///
  /// - Returns: whether every sequence was followed.
  func sweep(
    from belief: Belief<Double>, width: Int, dominates: Bool
  ) throws(PlanningFailure) -> Bool {
    var isComplete = true
    var (layer, prefixes) = root(belief)
    for step in 0..<horizon {
      (layer, prefixes) = try extend(layer, prefixes, step: step, dominates: dominates)
      if step == horizon - 1 { break }
      let kept = best(prefixes, width)
      isComplete = isComplete && kept.count == prefixes.count
      prefixes = kept
    }
    harvest(prefixes)
    return isComplete
  }

  /// Of those that begin with each joint action the most valuable, the first of equals, in their order.
  private func best(_ prefixes: [Prefix], _ width: Int) -> [Prefix] {
    if prefixes.count <= width { return prefixes }
    var byAction = [[Int]](repeating: [], count: blocks.actionCount)
    for (index, prefix) in prefixes.enumerated() { byAction[prefix.first].append(index) }
    var isKept = [Bool](repeating: false, count: prefixes.count)
    for indices in byAction {
      let ranked =
        indices.count <= width
        ? indices
        : indices.sorted {
          (prefixes[$1].value, $0) < (prefixes[$0].value, $1)
        }
      for index in ranked.prefix(width) { isKept[index] = true }
    }
    return zip(prefixes, isKept).filter { $0.1 }.map { $0.0 }
  }
}

/// ``SequenceSearch`` of the best prefixes alone: no proof, but time in proportion to the width.
final class BeamSearch: SequenceSearch {
  private let width: Int

  override init(_ context: PlannerContext) throws(InvalidInput) {
    width = context.settings.beam.width
    try super.init(context)
  }

  override func search(from root: Belief<Double>) throws(PlanningFailure) -> Double? {
    try sweep(from: root, width: width, dominates: false) ? 0 : nil
  }
}
