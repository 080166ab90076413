import GenerativeModel
import Inference
import Kernels

/// Monte Carlo tree search over beliefs, without bias: the mean of what it finds is the exact recursion of
/// ``PlanningSettings/Method/sophisticated`` with nothing left out and values backed up by softmax.
///
///     G_1(u | b) = r(b, u)
///     G_d(u | b) = r(b, u) + E_o[V_{d-1}(b after u and o)]
///     V_d(b)     = f(G_d(. | b)), the mean under softmax(gamma G + ln E)
///
/// A simulation draws an outcome for every action of a belief, in proportion to its probability, and goes
/// on from what is believed then. Whatever is drawn counts alike: its probability is in the drawing and is
/// not multiplied in again, and the next simulation draws afresh. All actions are tried as often as one
/// another, so that no estimate decides which others are made.
///
/// f is not linear, so f of a mean of draws is biased. Below the root what is missing is therefore drawn
/// as well (Rhee & Glynn 2015, https://doi.org/10.1287/opre.2015.1404; Blanchet & Glynn 2015,
/// https://doi.org/10.1109/WSC.2015.7408524): with X(n) the mean of n draws,
///
///     V = f(X(2)) + D_N / P(N),   D_n = f(X(2^(n+2))) - (f(first half) + f(second half)) / 2
///
/// for a random level N that is left out half of the time and else geometric. In the mean the differences
/// sum to f(X(infinity)) - f(X(2)). D_n falls like 2^-n, so that with P(N) in proportion to 0.4^N variance,
/// kurtosis and time are finite.
///
/// Beliefs that simulations come to again are looked up, which changes no value.
final class TreeSearch: ActionPlanner {
  /// A belief, what each action is worth for a step, and where it leads.
  private final class Node {
    let belief: BeliefBuffer<Double>
    var steps: [ExpectedFreeEnergyTerms] = []
    var predictions: [BeliefBuffer<Double>] = []
    /// By action and outcomes; nil where the scheme of inference calls them impossible.
    var children: [[Int]: Node?] = [:]
    /// What the belief is worth, where nothing comes after its step.
    var worth: ExpectedFreeEnergyTerms?

    init(_ belief: BeliefBuffer<Double>) { self.belief = belief }
  }

  /// Draws of each action on the lowest level, how probable it is that a level is drawn, and that another
  /// follows it.
  private static let fewest = 2
  private static let anyLevel = 0.5
  private static let nextLevel = 0.4
  /// Beyond it, at a probability of 5e-13, is nothing.
  private static let highestLevel = 30

  private let context: PlannerContext
  private let blocks: BeliefBlocks
  private let inference: StateInference<SingleArithmetic>
  private let outcomes: OutcomeDraw
  private let horizon: Int
  private let largest: Int
  private var root: Node?
  private var bytes = 0
  private var nodes = 0
  private var deadline: ContinuousClock.Instant?
  /// Whether a simulation may be given up, and whether one has been.
  private var mayEnd = false
  private var hasEnded = false
  private(set) var terms: [ExpectedFreeEnergyTerms] = []
  private(set) var report: SearchReport?

  init(_ context: PlannerContext) throws(InvalidInput) {
    self.context = context
    blocks = try BeliefBlocks(context)
    inference = StateInference(
      context.space, context.inference, BeliefDynamics(context.space))
    outcomes = OutcomeDraw(context.space, context.tables)
    horizon = context.settings.horizon ?? 1
    largest = context.settings.budget.mebibytes << 20
  }

  /// What is found depends on what is drawn.
  var isFunctionOfBelief: Bool { false }

  func begin() {}

  func refresh() {
    blocks.refresh()
    root = nil
  }

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    nodes = 0
    guard blocks.actionCount > 0 else {
      // Without controls there is one empty policy, worth nothing.
      values[0] = 0
      terms = [ExpectedFreeEnergyTerms()]
      report = SearchReport(nodes: 0, gap: 0, prunedMass: 0)
      return
    }
    let root = takeRoot(belief)
    try weigh(root, 0)
    terms = horizon == 1 ? root.steps : try mean(root, moment)
    for (action, parts) in terms.enumerated() { values[action] = parts.total }
    report = SearchReport(nodes: nodes, gap: horizon == 1 ? 0 : nil, prunedMass: 0)
  }

  /// The tree of a belief: that of the last step where it began with the same bits.
  private func takeRoot(_ belief: Belief<Double>) -> Node {
    let size = context.space.size
    if let root,
      (0..<size).allSatisfy({ root.belief.base[$0].bitPattern == belief.base[$0].bitPattern })
    {
      return root
    }
    let copy = BeliefBuffer<Double>(context.space)
    copy.base.update(from: belief.base, count: size)
    BeliefDynamics<SingleArithmetic>(context.space).noteSupports(copy.belief)
    blocks.begin(copy.belief)
    let node = Node(copy)
    root = node
    bytes = 0
    return node
  }

  // MARK: - Simulations

  /// The mean over simulations.
  ///
  /// Where a budget ends first, the simulation in progress is given up, unless it is the first. As those
  /// that come to an end are chosen by what they take together and not by what they find, the mean of
  /// those and of the first is still without bias (Glynn & Heidelberger 1990).
  private func mean(
    _ root: Node, _ moment: PlanningMoment
  ) throws(PlanningFailure) -> [ExpectedFreeEnergyTerms] {
    let budget = context.settings.budget
    deadline = budget.microseconds.map { ContinuousClock.now + .microseconds($0) }
    hasEnded = false
    var sums = [ExpectedFreeEnergyTerms](
      repeating: ExpectedFreeEnergyTerms(), count: blocks.actionCount)
    var count = 0
    while count < context.settings.treeSearch.simulations {
      var random = RandomStream(
        seed: moment.seed, episode: moment.episode, step: moment.step, purpose: .planning,
        index: UInt32(count))
      mayEnd = count > 0
      let found = try draw(root, 0, &random)
      if hasEnded { break }
      for action in sums.indices { sums[action] += found[action] }
      count += 1
    }
    return sums.map { $0.scaled(by: 1 / Double(count)) }
  }

  /// One draw of what each action of a belief is worth, that of its step included.
  private func draw(
    _ node: Node, _ step: Int, _ random: inout RandomStream
  ) throws(PlanningFailure) -> [ExpectedFreeEnergyTerms] {
    try weigh(node, step)
    nodes += 1
    var result = node.steps
    for action in result.indices where !isOver {
      guard let child = child(node, action, step, &random) else { continue }
      result[action] += try worth(child, step + 1, &random)
    }
    return result
  }

  /// Whether the simulation is given up.
  private var isOver: Bool {
    guard mayEnd, !hasEnded else { return hasEnded }
    if let most = context.settings.budget.nodes, nodes >= most { hasEnded = true }
    if let deadline, ContinuousClock.now >= deadline { hasEnded = true }
    return hasEnded
  }

  /// One draw of what a belief is worth.
  private func worth(
    _ node: Node, _ step: Int, _ random: inout RandomStream
  ) throws(PlanningFailure) -> ExpectedFreeEnergyTerms {
    if step == horizon - 1 {
      nodes += 1
      if let known = node.worth { return known }
      try weigh(node, step)
      let worth = context.average(node.steps)
      node.worth = worth
      (node.steps, node.predictions) = ([], [])
      return worth
    }
    var count = TreeSearch.fewest
    var probability = 0.0
    if random.nextUnit() < TreeSearch.anyLevel {
      var level = 0
      probability = TreeSearch.anyLevel
      while level < TreeSearch.highestLevel && random.nextUnit() < TreeSearch.nextLevel {
        level += 1
        probability *= TreeSearch.nextLevel
      }
      if level < TreeSearch.highestLevel { probability *= 1 - TreeSearch.nextLevel }
      count <<= level + 1
    }
    var draws = Draws(blocks.actionCount, count, fewest: TreeSearch.fewest)
    for number in 0..<count {
      draws.add(try draw(node, step, &random), number)
      if hasEnded { return ExpectedFreeEnergyTerms() }
    }
    var worth = context.average(draws.first)
    if probability > 0 {
      var difference = context.average(draws.all)
      difference += context.average(draws.halves(0)).scaled(by: -0.5)
      difference += context.average(draws.halves(1)).scaled(by: -0.5)
      worth += difference.scaled(by: 1 / probability)
    }
    return worth
  }

  // MARK: - The tree

  private func weigh(_ node: Node, _ step: Int) throws(PlanningFailure) {
    guard node.steps.isEmpty else { return }
    let found = try blocks.weigh(node.belief.belief, planningStep: step)
    (node.predictions, node.steps) = found
  }

  /// Where an action and an outcome that is drawn lead.
  private func child(
    _ node: Node, _ action: Int, _ step: Int, _ random: inout RandomStream
  ) -> Node? {
    let prior = node.predictions[action]
    let outcome = outcomes.draw(prior.belief, &random)
    let key = [action] + outcome
    if let known = node.children[key] { return known }
    let child = infer(prior, outcome)
    // A belief that nothing comes after keeps no predictions.
    let actions = step + 2 == horizon ? 0 : blocks.actionCount
    let needed = 8 * context.space.size * (1 + actions) + 32 * actions + 8 * key.count + 256
    if bytes + needed <= largest {
      bytes += needed
      node.children[key] = .some(child)
    }
    return child
  }

  private func infer(_ prior: BeliefBuffer<Double>, _ outcome: [Int]) -> Node? {
    let posterior = BeliefBuffer<Double>(context.space)
    do throws(ImpossibleObservation) {
      try inference.infer(
        prior: prior.belief, .observations(outcome.map { .outcome($0) }), context.tables,
        context.logs, into: posterior.belief)
    } catch {
      return nil
    }
    return Node(posterior)
  }
}

/// Draws of what the actions of one belief are worth, summed as a difference between levels needs them.
private struct Draws {
  private var sums: [[ExpectedFreeEnergyTerms]]
  private var low: [ExpectedFreeEnergyTerms]
  private let count: Int
  private let fewest: Int

  init(_ actions: Int, _ count: Int, fewest: Int) {
    low = [ExpectedFreeEnergyTerms](repeating: ExpectedFreeEnergyTerms(), count: actions)
    sums = [low, low]
    self.count = count
    self.fewest = fewest
  }

  mutating func add(_ draw: [ExpectedFreeEnergyTerms], _ number: Int) {
    for action in draw.indices {
      sums[2 * number < count ? 0 : 1][action] += draw[action]
      if number < fewest { low[action] += draw[action] }
    }
  }

  /// The mean of the first few.
  var first: [ExpectedFreeEnergyTerms] { low.map { $0.scaled(by: 1 / Double(fewest)) } }

  /// The mean of one half.
  func halves(_ half: Int) -> [ExpectedFreeEnergyTerms] {
    sums[half].map { $0.scaled(by: 2 / Double(count)) }
  }

  /// The mean of all.
  var all: [ExpectedFreeEnergyTerms] {
    zip(sums[0], sums[1]).map { one, other in
      var sum = one
      sum += other
      return sum.scaled(by: 1 / Double(count))
    }
  }
}

extension PlannerContext {
  /// The mean of what the actions are worth under softmax(gamma G + ln E).
  func average(_ actions: [ExpectedFreeEnergyTerms]) -> ExpectedFreeEnergyTerms {
    let values = FixedBuffer(actions.map(\.total))
    let posterior = FixedBuffer<Double>(zeros: actions.count)
    withExtendedLifetime(values) {
      fillPolicyPosterior(
        values.base, count: actions.count, logHabit: { planning.logHabit.base[$0] },
        hasImpossiblePolicies: planning.hasImpossiblePolicies, gamma: settings.gamma,
        into: posterior.base)
    }
    var sum = ExpectedFreeEnergyTerms()
    for (action, parts) in actions.enumerated() where posterior.base[action] > 0 {
      sum += parts.scaled(by: posterior.base[action])
    }
    return sum
  }
}
