import GenerativeModel
import Inference
import Kernels

extension Team {
  /// Runs one episode in a shared world; what was learned stays with the members.
  ///
  /// The world's chance is that of ``Simulation``, and a member's that of an agent alone with
  /// ``seed(of:in:)``.
  ///
  /// - Parameters:
  ///   - steps: observations an episode, at least 1.
  ///   - level: what is kept of each step; beliefs are those after fusion.
  /// - Returns: an episode a member, with what that member observed and did.
  /// - Throws: what a member throws; `BeliefFusion.Failure` where beliefs cannot be fused; ``InvalidInput``
  ///   where the world does not have the members' modalities or controls.
  public func run(
    in world: some Environment, steps: Int, seed: UInt64 = 0, episode: UInt64 = 0,
    level: RecordLevel = .full
  ) throws -> [Episode] {
    if steps < 1 {
      throw InvalidInput(source: "team", [Fault("steps", "is \(steps)", remedy: "1 or more")])
    }
    try check(world.actionCounts)
    begin(seed: seed, episode: episode)
    var episodes = members.map { _ in Episode(index: episode) }
    func stream(_ step: Int) -> RandomStream {
      RandomStream(seed: seed, episode: episode, step: UInt64(step), purpose: .environment)
    }
    var random = stream(0)
    var (state, observation) = world.reset(using: &random)
    for t in 0..<steps {
      if t > 0 {
        random = stream(t)
        observation = world.step(
          &state, action: episodes.flatMap(\.lastAction), using: &random)
      }
      let seen = try observations(observation, t)
      let actions = try step(seen)
      for member in members.indices {
        episodes[member].lastAction = actions[member]
        if level == .none { continue }
        var record = StepRecord(
          t: t, observation: seen[member], action: actions[member])
        agents[member].describe(&record, level: level)
        episodes[member].steps.append(record)
      }
    }
    return episodes
  }

  /// Begins an episode; what was learned stays.
  public func begin(seed: UInt64, episode: UInt64) {
    for (member, agent) in agents.enumerated() {
      agent.begin(seed: Team.seed(of: member, in: seed), episode: episode)
    }
    for planner in planners { planner.agent.begin(seed: seed, episode: episode) }
  }

  /// Takes a step: everyone perceives, beliefs are fused, everyone decides.
  ///
  /// Where it throws, an episode has to be begun again.
  ///
  /// - Parameter observations: by member, one entry a modality, what is heard among them.
  /// - Returns: by member, one action a control.
  public func step(_ observations: [[Observation]]) throws -> [[Int]] {
    do {
      for (agent, observation) in zip(agents, observations) { try agent.perceive(observation) }
      for sharers in sharers { try fuse(sharers) }
      let choices = try agents.map { try $0.decide() }
      if planners.isEmpty { return choices }
      let actions = try planTogether(observations)
      for (agent, action) in zip(agents, actions) { try agent.took(action) }
      return actions
    } catch {
      for agent in agents { agent.withdraw() }
      throw error
    }
  }

  /// The belief of a member, `[factor][state]`.
  public func beliefs(of member: Int) -> [[Double]] { agents[member].beliefs }

  private func fuse(_ sharers: [(member: Int, factors: [Int])]) throws {
    let reports = try sharers.map { sharer in
      (
        prior: try agents[sharer.member].prior(over: sharer.factors),
        belief: agents[sharer.member].belief(over: sharer.factors)
      )
    }
    let fused = try BeliefFusion.fuse(reports)
    for sharer in sharers { try agents[sharer.member].adopt(fused, over: sharer.factors) }
  }

  /// What each member observes: its part of what the world shows, and what it hears.
  private func observations(_ observation: [Observation], _ t: Int) throws -> [[Observation]] {
    let expected = sources.reduce(0) { sum, modalities in sum + modalities.count { $0 == nil } }
    guard observation.count == expected else {
      throw InvalidInput(
        source: "team, step \(t)",
        [
          Fault(
            "observation",
            "has \(observation.count) entries but the members have \(expected) modalities")
        ])
    }
    var rest = observation[...]
    return sources.map { modalities in
      modalities.map { source in
        guard let source else { return rest.removeFirst() }
        if t == 0 { return .missing }
        let belief = agents[source.speaker].belief(over: [source.factor])
        switch source.message {
        case .belief: return .distribution(belief)
        case .likeliestState:
          return .outcome(belief.indices.reduce(0) { belief[$1] > belief[$0] ? $1 : $0 })
        }
      }
    }
  }

  private func check(_ counts: [Int]?) throws(InvalidInput) {
    let own = members.flatMap { $0.agent.model.controls.map(\.size) }
    guard let counts, counts != own else { return }
    throw InvalidInput(
      source: "team",
      [
        Fault(
          "world", "has controls of \(counts) actions but the members have \(own)",
          remedy: "give the world the members' controls, member by member")
      ])
  }
}
