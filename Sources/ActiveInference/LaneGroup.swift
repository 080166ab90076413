import Inference
import Kernels
import PolicySelection

/// Agents of one blueprint that take their steps side by side, one in each lane of a few blocks.
///
/// Each has the bits that it would have alone. Agents that have come to the same belief plan once. What is
/// out of the ordinary in one lane (an outcome that is missing, uncertain or impossible) is refused, and
/// the episodes are then lived one by one.
final class LaneGroup<Arithmetic: StepArithmetic> where Arithmetic.Number == Lanes {
  /// Something that agents in lanes cannot take in.
  struct Unsuited: Error {}

  let blueprint: CompiledAgent
  let blocks: [AgentStep<Arithmetic>]
  /// Plans for one belief, where agents share the model.
  private let single: AgentStep<SingleArithmetic>?
  private let learn: ((Evidence, _ isFirst: Bool) -> Void)?
  /// Returns every lane to the counts of the model.
  var forget: (() -> Void)?
  private let answers: JointActions
  /// By block, modality and lane.
  private let outcomes: FixedBuffer<Int>
  private let choices: FixedBuffer<Int>
  /// The first agent with the belief that an agent has come to.
  private let leaders: FixedBuffer<Int>
  /// Whether plans were made once for each belief in the last step.
  private var hasSharedPlans = false
  private let controls: Int
  private let modalities: Int
  private var count = 0
  private var episodes: Range<UInt64> = 0..<0
  private var seed: UInt64 = 0
  private var stepNumber = 0

  /// - Parameters:
  ///   - single: plans for one belief; nil where agents have parameters of their own.
  ///   - learn: what learners do after a step of the only block.
  init(
    _ blueprint: CompiledAgent, _ blocks: [AgentStep<Arithmetic>], _ answers: JointActions,
    single: AgentStep<SingleArithmetic>?, learn: ((Evidence, _ isFirst: Bool) -> Void)?
  ) {
    self.blueprint = blueprint
    self.blocks = blocks
    self.single = single
    self.answers = answers
    self.learn = learn
    controls = blueprint.model.controls.count
    modalities = blueprint.model.modalities.count
    let lanes = blocks.count * Lanes.laneCount
    outcomes = FixedBuffer(repeating: 0, count: modalities * lanes)
    choices = FixedBuffer(repeating: 0, count: controls * lanes)
    leaders = FixedBuffer(repeating: 0, count: lanes)
  }

  /// Begins an episode in each lane.
  func begin(seed: UInt64, episodes: Range<UInt64>) {
    self.seed = seed
    self.episodes = episodes
    count = episodes.count
    stepNumber = 0
  }

  /// Takes one step in every lane.
  ///
  /// - Throws: ``Unsuited``, or what inference and planning throw.
  func act(on observations: [[Observation]], actions: inout [[Int]]) throws {
    try read(observations)
    let isFirst = stepNumber == 0
    let used = (count + Lanes.laneCount - 1) / Lanes.laneCount
    for block in 0..<used {
      blocks[block].predict(isFirst: isFirst)
      try blocks[block].infer(evidence(block))
    }
    hasSharedPlans = findLeaders()
    if hasSharedPlans { try planOnce() } else { try planSideBySide(used) }
    learn?(evidence(0), isFirst)
    for member in 0..<used * Lanes.laneCount {
      // Lanes without an agent do as the first one does.
      let source = member < count ? member : 0
      blocks[member / Lanes.laneCount].note(
        choices.base + source * controls, lane: member % Lanes.laneCount)
      if member < count {
        actions[member] = answers.answer(choices.base + member * controls)
      }
    }
    stepNumber += 1
  }

  private func evidence(_ block: Int) -> Evidence {
    .outcomes(UnsafePointer(outcomes.base + block * modalities * Lanes.laneCount))
  }

  private func read(_ observations: [[Observation]]) throws {
    for member in 0..<blocks.count * Lanes.laneCount {
      let observation = observations[member < count ? member : 0]
      guard observation.count == modalities else { throw Unsuited() }
      let lanes = outcomes.base + member / Lanes.laneCount * modalities * Lanes.laneCount
      for modality in 0..<modalities {
        guard case .outcome(let outcome) = observation[modality], outcome >= 0,
          outcome < blueprint.compiled.modalities.base[modality].outcomes
        else { throw Unsuited() }
        lanes[modality * Lanes.laneCount + member % Lanes.laneCount] = outcome
      }
    }
  }

  // MARK: - Planning

  /// Finds agents whose beliefs have the same bits; true where so many do that planning once for each
  /// belief is less work than planning in lanes, which costs about four plans a block.
  private func findLeaders() -> Bool {
    guard single != nil else { return false }
    let most = max(1, 3 * count / Lanes.laneCount)
    var distinct = 0
    for member in 0..<count {
      var leader = 0
      while leader < member && !(leaders.base[leader] == leader && hasSameBelief(leader, member)) {
        leader += 1
      }
      leaders.base[member] = leader
      if leader == member {
        distinct += 1
        if distinct > most { return false }
      }
    }
    return true
  }

  private func hasSameBelief(_ one: Int, _ other: Int) -> Bool {
    let a = belief(one)
    let b = belief(other)
    for state in 0..<blueprint.space.size
    where a[state * Lanes.laneCount].bitPattern != b[state * Lanes.laneCount].bitPattern {
      return false
    }
    return true
  }

  /// An agent's belief, its numbers a block's lanes apart.
  private func belief(_ member: Int) -> UnsafeMutablePointer<Double> {
    numbers(blocks[member / Lanes.laneCount].belief.base) + member % Lanes.laneCount
  }

  private func planOnce() throws {
    guard let single else { return }
    for leader in 0..<count where leaders.base[leader] == leader {
      try plan(single, leader)
      for member in leader..<count where leaders.base[member] == leader {
        choose(single.selection, single.posterior.base, member, lane: 0)
      }
    }
  }

  private func plan(_ single: AgentStep<SingleArithmetic>, _ member: Int) throws {
    let source = belief(member)
    for state in 0..<blueprint.space.size {
      single.belief.base[state] = source[state * Lanes.laneCount]
    }
    try single.plan()
  }

  private func planSideBySide(_ used: Int) throws {
    for block in 0..<used {
      let step = blocks[block]
      try step.plan()
      let first = block * Lanes.laneCount
      for member in first..<min(first + Lanes.laneCount, count) {
        choose(step.selection, step.posterior.base, member, lane: member - first)
      }
    }
  }

  private func choose<A: StepArithmetic>(
    _ selection: ActionSelection<A>, _ posterior: UnsafePointer<A.Number>, _ member: Int, lane: Int
  ) {
    selection.choose(
      posterior, marginals: selection.marginals.base, lane: lane, seed: seed,
      episode: episodes.lowerBound + UInt64(member), step: UInt64(stepNumber),
      into: choices.base + member * controls)
  }

  // MARK: - Telling

  /// Says what an agent thought in the last step.
  func describe(_ record: inout StepRecord, member: Int, level: RecordLevel) {
    record.choice = answers.answer(choices.base + member * controls)
    guard level >= .beliefs else { return }
    let step = blocks[member / Lanes.laneCount]
    let lane = member % Lanes.laneCount
    let marginals = step.marginals
    record.beliefs = (0..<blueprint.compiled.factors.count).map { factor in
      let plan = blueprint.compiled.factors.base[factor]
      return (0..<plan.states).map { marginals.base[plan.stateOffset + $0][lane] }
    }
    record.freeEnergy = step.inference.outcome(lane: lane).freeEnergy
    guard level >= .full else { return }
    if hasSharedPlans, let single {
      // The same belief has been planned from before, so this cannot fail.
      try? plan(single, leaders.base[member])
      describePlan(&record, single, lane: 0)
    } else {
      describePlan(&record, step, lane: lane)
    }
  }

  private func describePlan<A: StepArithmetic>(
    _ record: inout StepRecord, _ step: AgentStep<A>, lane: Int
  ) {
    func numbers(_ buffer: FixedBuffer<A.Number>) -> [Double] {
      (0..<buffer.count).map { buffer.base[$0][lane: lane] }
    }
    record.negativeExpectedFreeEnergy = numbers(step.planner.values)
    record.terms = PolicyTerms(step.planner.terms(lane: lane))
    record.policyPosterior = numbers(step.posterior)
    let actions = numbers(step.selection.marginals)
    let offsets = step.selection.marginalOffsets.base
    record.actionMarginals = (0..<controls).map { Array(actions[offsets[$0]..<offsets[$0 + 1]]) }
  }
}

extension CompiledAgent {
  /// Whether agents of this kind can step side by side: beliefs are small, and nothing is left to
  /// OpenBLAS, whose calls must not depend on how many agents there are.
  var suitsLanes: Bool {
    guard savings.contains(.lanes), !infersByPolicy, !hasWindow, smoother == nil,
      configuration.planning.method == .enumerate, configuration.planning.replanEvery == 1,
      model.habitGiven.isEmpty,
      parts.beliefs == nil, parts.scores == nil,
      parts.actions == nil, !space.hasWideFactors, space.size <= 1024
    else { return false }
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      if !plan.isSparse && Contraction.usesBLAS(rows: plan.columns, columns: plan.states) {
        return false
      }
    }
    return !planning.usesBLAS
  }

  /// Blocks of agents that share the model.
  static var sharedBlocks: Int { 4 }

  /// Memory for agents in lanes that share the model.
  ///
  /// - Parameter single: plans for one belief.
  func sharedLanes(
    _ answers: JointActions, _ single: AgentStep<SingleArithmetic>
  ) throws(InvalidInput) -> LaneGroup<SharedLaneArithmetic> {
    var blocks: [AgentStep<SharedLaneArithmetic>] = []
    for _ in 0..<CompiledAgent.sharedBlocks {
      blocks.append(try AgentStep(self, tables, logs, planning))
    }
    return LaneGroup(self, blocks, answers, single: single, learn: nil)
  }

  /// Memory for agents in lanes that learn.
  func ownLanes(_ answers: JointActions) throws(InvalidInput) -> LaneGroup<OwnLaneArithmetic> {
    let own = ModelTables<Lanes>(copying: tables) { Lanes(broadcast: $0) }
    let step = try AgentStep<OwnLaneArithmetic>(
      self, own, logs.map { _ in LogLikelihoodTables(own, inference.convention) },
      PlanningTables(compiled, own, configuration.planning, policies))
    let learning = try AgentLearning(step)
    let group = LaneGroup(self, [step], answers, single: nil) { evidence, isFirst in
      learning.learn(evidence, isFirst: isFirst)
    }
    group.forget = { [tables] in
      own.restore(from: tables) { Lanes(broadcast: $0) }
      learning.refreshEverything()
    }
    return group
  }
}
