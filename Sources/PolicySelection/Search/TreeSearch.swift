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
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let outcomes: OutcomeDraw
  private let horizon: Int
  private let tree: SimulationTree
  private let draws: SimulationDraws
  private let mean: ActionMean
  /// A belief that is being taken in, one that it is predicted from, and what was observed.
  private let posterior: BeliefBuffer<Double>
  private let prior: BeliefBuffer<Double>
  private let outcome: FixedBuffer<Int>
  @exclusivity(unchecked) private var root: SimulationTree.Place = 0
  @exclusivity(unchecked) private var nodes = 0
  @exclusivity(unchecked) private var deadline: ContinuousClock.Instant?
  /// Whether a simulation may be given up, and whether one has been.
  @exclusivity(unchecked) private var mayEnd = false
  @exclusivity(unchecked) private var hasEnded = false
  /// What each action is worth.
  private let found: FixedBuffer<ExpectedFreeEnergyTerms>
  @exclusivity(unchecked) private(set) var report: SearchReport?

  var terms: [ExpectedFreeEnergyTerms] { found.array(0..<found.count) }

  init(_ context: PlannerContext) throws(InvalidInput) {
    self.context = context
    let space = context.space
    blocks = try BeliefBlocks(context)
    dynamics = BeliefDynamics(space)
    inference = StateInference(space, context.inference, dynamics)
    outcomes = OutcomeDraw(space, context.tables)
    horizon = context.settings.horizon ?? 1
    let actions = blocks.actionCount
    tree = SimulationTree(
      size: space.size, actions: actions, modalities: space.compiled.modalities.count,
      levels: horizon, bytes: context.settings.budget.mebibytes << 20)
    draws = SimulationDraws(levels: horizon, actions: actions)
    mean = ActionMean(context)
    posterior = BeliefBuffer(space)
    prior = BeliefBuffer(space)
    outcome = FixedBuffer(repeating: 0, count: space.compiled.modalities.count)
    found = FixedBuffer(repeating: ExpectedFreeEnergyTerms(), count: max(actions, 1))
  }

  /// What is found depends on what is drawn.
  var isFunctionOfBelief: Bool { false }

  func begin() {}

  func refresh() {
    blocks.refresh()
    root = 0
  }

  func evaluate(
    _ belief: Belief<Double>, at moment: PlanningMoment, into values: UnsafeMutablePointer<Double>
  ) throws(PlanningFailure) {
    nodes = 0
    guard blocks.actionCount > 0 else {
      // Without controls there is one empty policy, worth nothing.
      values[0] = 0
      report = SearchReport(nodes: 0, gap: 0, prunedMass: 0)
      return
    }
    try takeRoot(belief)
    if horizon == 1 {
      found.base.update(from: tree.steps(root), count: blocks.actionCount)
    } else {
      try simulate(moment)
    }
    for action in 0..<blocks.actionCount { values[action] = found.base[action].total }
    report = SearchReport(nodes: nodes, gap: horizon == 1 ? 0 : nil, prunedMass: 0)
  }

  /// Begins at a belief: with the tree of the last step where that began with the same bits.
  private func takeRoot(_ belief: Belief<Double>) throws(PlanningFailure) {
    let size = context.space.size
    if root > 0 {
      let known = tree.belief(root)
      if (0..<size).allSatisfy({ known[$0].bitPattern == belief.base[$0].bitPattern }) { return }
    }
    root = 0
    tree.reset()
    blocks.begin(belief)
    root = try add(belief, 0)
  }

  // MARK: - Simulations

  /// The mean over simulations.
  ///
  /// Where a budget ends first, the simulation in progress is given up, unless it is the first. As those
  /// that come to an end are chosen by what they take together and not by what they find, the mean of
  /// those and of the first is still without bias (Glynn & Heidelberger 1990).
  private func simulate(_ moment: PlanningMoment) throws(PlanningFailure) {
    deadline = context.settings.budget.microseconds.map { ContinuousClock.now + .microseconds($0) }
    hasEnded = false
    let actions = blocks.actionCount
    for action in 0..<actions { found.base[action] = ExpectedFreeEnergyTerms() }
    var count = 0
    while count < context.settings.treeSearch.simulations {
      var random = RandomStream(
        seed: moment.seed, episode: moment.episode, step: moment.step, purpose: .planning,
        index: UInt32(count))
      mayEnd = count > 0
      try draw(root, 0, &random)
      if hasEnded { break }
      let drawn = draws.last(0)
      for action in 0..<actions { found.base[action] += drawn[action] }
      count += 1
    }
    for action in 0..<actions {
      found.base[action] = found.base[action].scaled(by: 1 / Double(count))
    }
  }

  /// One draw of what each action of a belief is worth, that of its step included.
  private func draw(
    _ place: SimulationTree.Place, _ step: Int, _ random: inout RandomStream
  ) throws(PlanningFailure) {
    nodes += 1
    let result = draws.last(step)
    result.update(from: tree.steps(place), count: blocks.actionCount)
    for action in 0..<blocks.actionCount where !isOver {
      result[action] += try worth(after: place, action, step, &random)
    }
  }

  /// Whether the simulation is given up.
  private var isOver: Bool {
    guard mayEnd, !hasEnded else { return hasEnded }
    if let most = context.settings.budget.nodes, nodes >= most { hasEnded = true }
    if let deadline, ContinuousClock.now >= deadline { hasEnded = true }
    return hasEnded
  }

  /// One draw of what comes after an action; nothing after an outcome that the scheme of inference calls
  /// impossible.
  private func worth(
    after place: SimulationTree.Place, _ action: Int, _ step: Int, _ random: inout RandomStream
  ) throws(PlanningFailure) -> ExpectedFreeEnergyTerms {
    let prediction = tree.predictions(place) + action * context.space.size
    outcomes.draw(prediction, &random, into: outcome.base)
    var child = tree.isKept(place) ? tree.child(place, action, outcome.base) : 0
    let isLast = step + 2 == horizon
    if child == 0 {
      guard infer(prediction) else {
        if tree.isKept(place) {
          tree.keep(SimulationTree.impossible, place, action, outcome.base)
        }
        return ExpectedFreeEnergyTerms()
      }
      if isLast {
        nodes += 1
        return try addWorth(place, action, step + 1)
      }
      child = try add(posterior.belief, step + 1)
      if tree.isKept(place) && tree.isKept(child) {
        tree.keep(child, place, action, outcome.base)
      }
    }
    if child == SimulationTree.impossible { return ExpectedFreeEnergyTerms() }
    if isLast {
      nodes += 1
      return tree.worth(child)[0]
    }
    return try worth(child, step + 1, &random)
  }

  /// One draw of what a belief is worth that more than a step comes after.
  private func worth(
    _ place: SimulationTree.Place, _ step: Int, _ random: inout RandomStream
  ) throws(PlanningFailure) -> ExpectedFreeEnergyTerms {
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
    draws.begin(step)
    for number in 0..<count {
      try draw(place, step, &random)
      if hasEnded { return ExpectedFreeEnergyTerms() }
      draws.add(step, toHalf: 2 * number < count ? 0 : 1, isFirst: number < TreeSearch.fewest)
    }
    var worth = mean(draws.first(step), scaledBy: 1 / Double(TreeSearch.fewest))
    if probability > 0 {
      var difference = mean(draws.sum(step), scaledBy: 1 / Double(count))
      for half in 0..<2 {
        difference += mean(draws.half(step, half), scaledBy: 2 / Double(count)).scaled(by: -0.5)
      }
      worth += difference.scaled(by: 1 / probability)
    }
    return worth
  }

  // MARK: - The tree

  /// Takes in a belief and weighs its actions.
  private func add(
    _ belief: Belief<Double>, _ step: Int
  ) throws(PlanningFailure) -> SimulationTree.Place {
    let place = tree.take(isLast: false) ?? tree.passing(level: step)
    tree.belief(place).update(from: belief.base, count: context.space.size)
    try blocks.weigh(
      belief, planningStep: step, into: tree.predictions(place), tree.steps(place))
    return place
  }

  /// What the belief just inferred is worth, where nothing comes after its step.
  private func addWorth(
    _ parent: SimulationTree.Place, _ action: Int, _ step: Int
  ) throws(PlanningFailure) -> ExpectedFreeEnergyTerms {
    let passing = tree.passing(level: step)
    try blocks.weigh(
      posterior.belief, planningStep: step, into: tree.predictions(passing), tree.steps(passing))
    let worth = mean(tree.steps(passing), scaledBy: 1)
    if tree.isKept(parent), let place = tree.take(isLast: true) {
      tree.worth(place)[0] = worth
      tree.keep(place, parent, action, outcome.base)
    }
    return worth
  }

  /// What is believed after an outcome that has been drawn; whether there is such a thing.
  private func infer(_ prediction: UnsafeMutablePointer<Double>) -> Bool {
    prior.base.update(from: prediction, count: context.space.size)
    dynamics.noteSupports(prior.belief)
    do throws(ImpossibleObservation) {
      try inference.infer(
        prior: prior.belief, .outcomes(outcome.base), context.tables, context.logs,
        into: posterior.belief)
      return true
    } catch {
      return false
    }
  }
}
