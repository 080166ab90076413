import GenerativeModel
import Inference

/// ``SequenceSearch`` that cuts what is proven to be no better: the values of enumeration, proven.
///
/// A first sweep of the best few prefixes gives each joint action a sequence to be beaten. Then prefixes are
/// cut whose value and whose ``RemainingValueBound`` together do not reach it. A layer of more beliefs than
/// fit into the memory goes on in parts, those first that promise most, so that memory is bounded and what
/// is found early cuts what comes later. Where the budget ends first, what has not been followed bounds by
/// how much another action may be better.
final class BranchAndBound: SequenceSearch {
  private let bound: RemainingValueBound
  private let budget: SearchBudget
  /// The beliefs that go on together at most.
  private let capacity: Int
  /// By joint action, the most that a sequence may be worth that was not followed.
  private var left: [Double] = []
  private var deadline: ContinuousClock.Instant?

  override init(_ context: PlannerContext) throws(InvalidInput) {
    budget = context.settings.budget
    let actions = max(context.policies.actions.count, 1)
    let perBelief = Double(actions) * (8 * Double(context.space.size) + 44 * Double(actions) + 64)
    let levels = Double(max(context.settings.horizon ?? 1, 1))
    let bytes = Double(budget.mebibytes) * 1_048_576
    capacity = max(1, Int(min(1024, bytes / (perBelief * levels))))
    bound = RemainingValueBound(context, horizon: context.settings.horizon ?? 1)
    try super.init(context)
    if horizon > 0 { try bound.update() }
  }

  /// Within a time what is found depends on the machine too.
  override var isFunctionOfBelief: Bool { budget.microseconds == nil }

  override func refresh() {
    super.refresh()
    bound.refresh()
  }

  override func search(from belief: Belief<Double>) throws(PlanningFailure) -> Double? {
    // The same model's transitions have been laid out before.
    try? bound.update()
    left = [Double](repeating: -.infinity, count: blocks.actionCount)
    deadline = budget.microseconds.map { ContinuousClock.now + .microseconds($0) }
    let least = blocks.actionCount * horizon
    let isShort = deadline != nil || budget.nodes.map { $0 < 16 * least } ?? false
    if try sweep(from: belief, width: isShort ? 1 : 4, dominates: true) { return 0 }
    let (layer, prefixes) = root(belief)
    mark = 0
    let (next, children) = try extend(layer, prefixes, step: 0, dominates: true)
    try descend(next, children, step: 1)
    return gap
  }

  /// By how much another action than the best may be better.
  private var gap: Double {
    var best = 0
    for action in plans.indices where plans[action].value > plans[best].value { best = action }
    var gap = 0.0
    for action in plans.indices where action != best {
      gap = max(gap, left[action] - plans[best].value)
    }
    return gap
  }

  /// A prefix with the most that it may come to.
  private struct Candidate {
    let prefix: Prefix
    let most: Double
  }

  private func isOpen(_ candidate: Candidate) -> Bool {
    candidate.most >= plans[candidate.prefix.first].value
  }

  private func descend(
    _ layer: BeliefLayer, _ prefixes: [Prefix], step: Int
  ) throws(PlanningFailure) {
    if step == horizon {
      harvest(prefixes)
      return
    }
    var remaining = [Double](repeating: .nan, count: layer.count)
    var open: [Candidate] = []
    for prefix in prefixes {
      if remaining[prefix.node].isNaN {
        remaining[prefix.node] = bound.remaining(
          layer.buffers[prefix.node / BeliefBlocks.nodesPerBlock],
          lane: prefix.node % BeliefBlocks.nodesPerBlock, step: step)
      }
      open.append(Candidate(prefix: prefix, most: prefix.value + remaining[prefix.node]))
    }
    open = open.filter(isOpen)
    var ranked = promising(open, layer.count)[...]
    while !ranked.isEmpty {
      let size = partSize(step)
      if size == 0 {
        leave(open, Set(ranked))
        return
      }
      let part = Set(ranked.prefix(size))
      ranked = ranked.dropFirst(size)
      let members = open.filter { part.contains($0.prefix.node) && isOpen($0) }.map(\.prefix)
      if members.isEmpty { continue }
      let before = mark
      let (next, children) = try extend(layer, members, step: step, dominates: true)
      try descend(next, children, step: step + 1)
      mark = before
    }
  }

  /// The beliefs from which something may still be found, the most promising first.
  private func promising(_ open: [Candidate], _ count: Int) -> [Int] {
    var most = [Double](repeating: -.infinity, count: count)
    for candidate in open {
      most[candidate.prefix.node] = max(
        most[candidate.prefix.node], candidate.most - plans[candidate.prefix.first].value)
    }
    return (0..<count).filter { most[$0] > -.infinity }.sorted {
      (most[$1], $0) < (most[$0], $1)
    }
  }

  /// How many beliefs go on together from a step; 0 where the budget has been used up.
  private func partSize(_ step: Int) -> Int {
    var size = capacity
    if let deadline {
      if ContinuousClock.now >= deadline { return 0 }
      size = min(size, 8)
    }
    if let most = budget.nodes {
      if nodes >= most { return 0 }
      // So that what is begun can be brought to an end.
      size = min(size, max(1, (most - nodes) / (horizon - step)))
    }
    return size
  }

  private func leave(_ open: [Candidate], _ nodes: Set<Int>) {
    for candidate in open where nodes.contains(candidate.prefix.node) && isOpen(candidate) {
      left[candidate.prefix.first] = max(left[candidate.prefix.first], candidate.most)
    }
  }
}
