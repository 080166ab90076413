import GenerativeModel
import Inference

extension ActiveInferenceAgent {
  /// Everything that the next step depends on: an agent between two steps.
  ///
  /// Written to a file and read back, it goes on with the same bits.
  public struct State: Hashable, Sendable {
    /// Steps taken in the episode.
    public var step: Int
    /// The seed of all chance.
    public var seed: UInt64
    /// The number of the episode.
    public var episode: UInt64
    /// The belief, in the form the agent's scheme holds it.
    public var belief: [Double]
    /// The action that was taken last, one entry a control.
    public var action: [Int]
    /// What has been learned.
    public var concentration: GenerativeModel.Concentration
    /// The actions of the plan in progress that are still to be taken, one entry a control each; empty where
    /// the next step plans.
    public var plan: [[Int]] = []
    /// What is known of the steps that are inferred together; nil where each step is alone, or before the
    /// first.
    public var window: Window?
    /// What has been observed in the episode, where states are inferred over all of it (`mmp-spm`); else empty.
    public var history: [[Observation]] = []
    /// What has happened in the episode, where it is learned from as a whole; nil elsewhere, or before the first
    /// step.
    public var record: Record?
  }

  /// The agent as it is between two steps.
  public var state: State {
    settle()
    let belief = engine.belief
    return State(
      step: step, seed: seed, episode: episode,
      belief: Array(UnsafeBufferPointer(start: belief.base, count: belief.count)),
      action: taken.array(0..<taken.count), concentration: concentration,
      plan: remainingPlan, window: windowState, history: byPolicy?.episode?.history ?? [],
      record: recordState)
  }

  /// Goes on from where an agent of the same model and configuration was.
  ///
  /// - Throws: ``InvalidInput`` where the state is not of such an agent.
  public func resume(_ state: State) throws(InvalidInput) {
    var faults: [Fault] = []
    if state.step < 0 { faults.append(Fault("step", "\(state.step) is negative")) }
    if state.step > 1 << 53 {
      faults.append(Fault("step", "is \(state.step)", remedy: "give at most 2^53"))
    }
    if state.belief.count != engine.belief.count
      || !state.belief.allSatisfy({ $0 >= 0 && $0.isFinite })
    {
      faults.append(
        Fault(
          "belief", "is not a belief of this agent", remedy: "it has \(engine.belief.count) entries"
        ))
    }
    if !answers.contains(state.action) {
      faults.append(Fault("action", "\(state.action) is not an action of this model"))
    }
    let most = blueprint.configuration.planning.replanEvery - 1
    if state.plan.count > most {
      faults.append(
        Fault(
          "plan", "has \(state.plan.count) actions",
          remedy: "planning.replanEvery leaves \(most) at most"))
    }
    for (index, action) in state.plan.enumerated() where !answers.contains(action) {
      faults.append(Fault("plan[\(index)]", "\(action) is not an action of this model"))
    }
    faults += windowFaults(state)
    faults += historyFaults(state)
    faults += recordFaults(state)
    if !faults.isEmpty { throw InvalidInput(source: "state", faults) }
    if let learning {
      let learned = try blueprint.model.replacing(concentration: state.concentration).laidOut()
      engine.tables.restore(from: learned.tables) { $0 }
      learning.refreshEverything()
      search?.refresh()
    }
    try resumeWindow(state)
    try resumeRecord(state)
    perceived = nil
    leaveMemory()
    leavePlan()
    search?.begin()
    step = state.step
    seed = state.seed
    episode = state.episode
    for (index, value) in state.belief.enumerated() { engine.belief.base[index] = value }
    engine.dynamics.noteSupports(engine.belief.belief)
    try took(state.action)
    remainingPlan = state.plan
    guard let byPolicy, byPolicy.episode != nil else { return }
    do {
      try relive(state.history, byPolicy)
    } catch {
      throw InvalidInput(source: "state", [Fault("history", "\(error)")])
    }
  }

  private func historyFaults(_ state: State) -> [Fault] {
    let expected = byPolicy?.episode == nil ? 0 : state.step
    if state.history.count != expected {
      return [Fault("history", "has \(state.history.count) observations, expected \(expected)")]
    }
    return state.history.enumerated().flatMap {
      blueprint.model.faults(of: $1, at: "history[\($0)]")
    }
  }
}
