import Inference
import Kernels
import PolicySelection

/// Agents of one blueprint that take their steps side by side, one in each lane.
///
/// Each has the bits that it would have alone. What is out of the ordinary in one lane (an outcome that
/// is missing, uncertain or impossible) is refused, and the episodes are then lived one by one.
final class LaneGroup<Arithmetic: StepArithmetic> where Arithmetic.Number == Lanes {
  /// Something that agents in lanes cannot take in.
  struct Unsuited: Error {}

  let blueprint: CompiledAgent
  let step: AgentStep<Arithmetic>
  private let learn: ((Evidence, _ isFirst: Bool) -> Void)?
  /// Returns every lane to the counts of the model.
  var forget: (() -> Void)?
  private let answers: JointActions
  private let outcomes: FixedBuffer<Int>
  private let choices: FixedBuffer<Int>
  private let controls: Int
  private var episodes: Range<UInt64> = 0..<0
  private var seed: UInt64 = 0
  private var stepNumber = 0

  init(
    _ blueprint: CompiledAgent, _ step: AgentStep<Arithmetic>, _ answers: JointActions,
    learn: ((Evidence, _ isFirst: Bool) -> Void)?
  ) {
    self.blueprint = blueprint
    self.step = step
    self.answers = answers
    self.learn = learn
    controls = blueprint.model.controls.count
    outcomes = FixedBuffer(
      repeating: 0, count: blueprint.model.modalities.count * Lanes.laneCount)
    choices = FixedBuffer(repeating: 0, count: controls * Lanes.laneCount)
  }

  /// Begins an episode in each lane.
  func begin(seed: UInt64, episodes: Range<UInt64>) {
    self.seed = seed
    self.episodes = episodes
    stepNumber = 0
  }

  /// Takes one step in every lane.
  ///
  /// - Throws: ``Unsuited``, or what inference and planning throw.
  func act(on observations: [[Observation]], actions: inout [[Int]]) throws {
    try read(observations)
    let evidence = Evidence.outcomes(UnsafePointer(outcomes.base))
    let isFirst = stepNumber == 0
    step.predict(isFirst: isFirst)
    try step.infer(evidence)
    try step.plan()
    for lane in 0..<observations.count {
      step.selection.choose(
        step.posterior.base, marginals: step.selection.marginals.base, lane: lane, seed: seed,
        episode: episodes.lowerBound + UInt64(lane), step: UInt64(stepNumber),
        into: choices.base + lane * controls)
    }
    learn?(evidence, isFirst)
    for lane in 0..<Lanes.laneCount {
      // Lanes without an agent do as the first one does.
      let source = lane < observations.count ? lane : 0
      step.note(choices.base + source * controls, lane: lane)
      if lane < observations.count { actions[lane] = answers.answer(choices.base + lane * controls) }
    }
    stepNumber += 1
  }

  private func read(_ observations: [[Observation]]) throws {
    let modalities = blueprint.model.modalities.count
    for lane in 0..<Lanes.laneCount {
      let observation = observations[lane < observations.count ? lane : 0]
      guard observation.count == modalities else { throw Unsuited() }
      for modality in 0..<modalities {
        guard case .outcome(let outcome) = observation[modality], outcome >= 0,
          outcome < blueprint.compiled.modalities.base[modality].outcomes
        else { throw Unsuited() }
        outcomes.base[modality * Lanes.laneCount + lane] = outcome
      }
    }
  }

  /// Says what the agent of a lane thought in the last step.
  func describe(_ record: inout StepRecord, lane: Int, level: RecordLevel) {
    record.choice = answers.answer(choices.base + lane * controls)
    guard level >= .beliefs else { return }
    let marginals = step.marginals
    record.beliefs = (0..<blueprint.compiled.factors.count).map { factor in
      let plan = blueprint.compiled.factors.base[factor]
      return (0..<plan.states).map { marginals.base[plan.stateOffset + $0][lane] }
    }
    record.freeEnergy = step.inference.outcome(lane: lane).freeEnergy
    guard level >= .full else { return }
    record.negativeExpectedFreeEnergy = numbers(step.planner.values, lane)
    record.terms = PolicyTerms(step.planner.terms(lane: lane))
    record.policyPosterior = numbers(step.posterior, lane)
    let marginalsOfActions = numbers(step.selection.marginals, lane)
    let offsets = step.selection.marginalOffsets.base
    record.actionMarginals = (0..<controls).map {
      Array(marginalsOfActions[offsets[$0]..<offsets[$0 + 1]])
    }
  }

  private func numbers(_ buffer: FixedBuffer<Lanes>, _ lane: Int) -> [Double] {
    (0..<buffer.count).map { buffer.base[$0][lane] }
  }
}

extension CompiledAgent {
  /// Whether agents of this kind can step side by side: beliefs are small, and nothing is left to
  /// OpenBLAS, whose calls must not depend on how many agents there are.
  var suitsLanes: Bool {
    guard savings.contains(.lanes), parts.beliefs == nil, parts.scores == nil,
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

  /// Memory for agents in lanes that share the model.
  func sharedLanes(_ answers: JointActions) throws(InvalidInput) -> LaneGroup<
    SharedLaneArithmetic
  > {
    let step = try AgentStep<SharedLaneArithmetic>(self, tables, logs, planning)
    return LaneGroup(self, step, answers, learn: nil)
  }

  /// Memory for agents in lanes that learn.
  func ownLanes(_ answers: JointActions) throws(InvalidInput) -> LaneGroup<OwnLaneArithmetic> {
    let own = ModelTables<Lanes>(copying: tables) { Lanes(broadcast: $0) }
    let step = try AgentStep<OwnLaneArithmetic>(
      self, own, logs.map { _ in LogLikelihoodTables(own, inference.convention) },
      PlanningTables(compiled, own, configuration.planning, policies))
    let learning = try AgentLearning(step)
    let group = LaneGroup(self, step, answers) { evidence, isFirst in
      learning.learn(evidence, isFirst: isFirst)
    }
    group.forget = { [tables] in
      own.restore(from: tables) { Lanes(broadcast: $0) }
      learning.refreshEverything()
    }
    return group
  }
}
