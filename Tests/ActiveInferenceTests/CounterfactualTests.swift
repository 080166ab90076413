import ActiveInference
import EngineTestSupport
import Foundation
import TMaze
import Testing

/// What else might have been observed, and what may be next: held against agents that really observe it.
@Suite("What would change a choice") struct CounterfactualTests {
  private let centre = 0
  private let cue = 3

  @Test("is another observation that really changes it, and no other that was left out does")
  func reallyChanges() throws {
    var changes = 0
    for manner in [ChoiceExplanationTests.Manner.joint, .coordinateAscent, .pymdp1, .pymdp007] {
      try ChoiceExplanationTests.forEachCase(manner, count: 150) { place, agent, record in
        _ = try agent.act(on: record.observations[0])
        try agent.took(record.actions[0])
        let before = agent.state
        let why = try agent.explain(record.observations[1])
        guard let search = why.counterfactuals else { return }
        #expect(search.untried == 0)
        let other = try ActiveInferenceAgent(agent.blueprint)
        func choice(_ observation: [Observation]) throws -> [Int] {
          try other.resume(before)
          return try other.act(on: observation)
        }
        for change in search.changes {
          changes += 1
          #expect(try choice(change.observation) == change.choice, "\(place)")
          #expect(change.choice != why.choice, "\(place)")
          #expect(other.beliefs == change.beliefs, "\(place)")
        }
        // Whoever tries every other outcome of each modality finds the same.
        guard !search.triesPairs else { return }
        for (modality, variable) in agent.blueprint.model.modalities.enumerated() {
          for outcome in 0..<variable.size {
            var observation = record.observations[1]
            observation[modality] = .outcome(outcome)
            if search.changes.contains(where: { $0.observation == observation }) { continue }
            if try probability(agent.blueprint, before, observation) == 0 { continue }
            #expect(try choice(observation) == why.choice, "\(place), \(observation)")
          }
        }
      }
    }
    #expect(changes > 8)
  }

  @Test("comes with its probability before the step, which sum to one over all observations")
  func probabilities() throws {
    for manner in [ChoiceExplanationTests.Manner.joint, .coordinateAscent] {
      try ChoiceExplanationTests.forEachCase(manner, count: 12) { place, agent, record in
        _ = try agent.act(on: record.observations[0])
        try agent.took(record.actions[0])
        let before = agent.state
        let why = try agent.explain(record.observations[1])
        let expected = try probability(agent.blueprint, before, record.observations[1])
        let found = try #require(why.observationProbability)
        #expect(abs(found - expected) < 1e-13, "\(place)")
        for change in why.counterfactuals?.changes ?? [] {
          let expected = try probability(agent.blueprint, before, change.observation)
          #expect(abs(try #require(change.probability) - expected) < 1e-13, "\(place)")
        }
        for look in why.prospects.flatMap(\.looks) where look.modality == nil {
          #expect(abs(look.outcomes.reduce(0) { $0 + $1.probability } - 1) < 1e-12, "\(place)")
        }
      }
    }
  }

  /// P(o) by going through the joint states one by one.
  private func probability(
    _ blueprint: CompiledAgent, _ state: ActiveInferenceAgent.State, _ observation: [Observation]
  ) throws -> Double {
    let model = blueprint.model
    let probe = try ActiveInferenceAgent(blueprint)
    try probe.resume(state)
    let prior = try probe.explain(
      model.modalities.map { _ in .missing }, limits: .valuesAlone
    ).prior
    // Of a joint belief marginals say too little: then the next is that of each state by itself.
    var sum = 0.0
    let sizes = model.factors.map(\.size)
    let joint = jointPrior(blueprint, state) ?? product(prior)
    for index in joint.indices {
      var states: [Int] = []
      var rest = index
      for size in sizes.reversed() {
        states.insert(rest % size, at: 0)
        rest /= size
      }
      var p = joint[index]
      for (modality, entry) in observation.enumerated() {
        guard case .outcome(let outcome) = entry else { continue }
        let likelihood = model.likelihoods[modality]
        p *= cell(likelihood.probability, [outcome] + likelihood.given.map { states[$0] })
      }
      sum += p
    }
    return sum
  }

  /// The joint prior of an exact agent: its belief through the transitions, state by state.
  private func jointPrior(
    _ blueprint: CompiledAgent, _ state: ActiveInferenceAgent.State
  ) -> [Double]? {
    guard blueprint.algorithm == .exact else { return nil }
    let model = blueprint.model
    let sizes = model.factors.map(\.size)
    func states(_ index: Int) -> [Int] {
      var rest = index
      return sizes.reversed().map { size in
        defer { rest /= size }
        return rest % size
      }.reversed()
    }
    var next = [Double](repeating: 0, count: state.belief.count)
    for (before, weight) in state.belief.enumerated() where weight > 0 {
      let from = states(before)
      for after in next.indices {
        let to = states(after)
        next[after] += model.transitions.enumerated().reduce(weight) { p, entry in
          let (factor, transition) = entry
          return p
            * cell(
              transition.probability,
              [to[factor]] + transition.given.map { from[$0] }
                + transition.controls.map { state.action[$0] })
        }
      }
    }
    return next
  }

  private func cell(_ table: Tensor, _ place: [Int]) -> Double {
    let index = zip(table.shape, place).reduce(0) { $0 * $1.0 + $1.1 }
    return table.values[index]
  }

  private func product(_ marginals: [[Double]]) -> [Double] {
    marginals.reduce([1]) { joint, marginal in joint.flatMap { p in marginal.map { p * $0 } } }
  }

  // MARK: - The T-maze

  /// An agent of the maze whose moves lead from anywhere to anywhere, at the centre or at its cue.
  private func agentAtCue(validity: Double) throws -> ActiveInferenceAgent {
    let maze = try TMaze(parameters: ["cueValidity": .number(validity)])
    let agent = try ActiveInferenceAgent(maze.model, maze.agent)
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(centre), .outcome(0), .outcome(0)])
    try agent.took([cue])
    return agent
  }

  @Test("in the simplified T-maze is the other cue, as probable as the one that was seen")
  func otherCue() throws {
    let maze = try SimplifiedTMaze()
    let agent = try ActiveInferenceAgent(maze.model, maze.agent)
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(0), .outcome(0)])
    try agent.took([cue])
    let labels = try #require(maze.model.modalities[0].labels)
    let cues = labels.indices.filter { labels[$0].hasPrefix("cue") }
    #expect(cues.count == 2)
    let why = try agent.explain([.outcome(cues[0]), .outcome(0)])
    let search = try #require(why.counterfactuals)
    #expect(search.changes.map(\.observation) == [[.outcome(cues[1]), .outcome(0)]])
    #expect(abs(try #require(search.changes[0].probability) - 0.5) < 1e-15)
    #expect(Set([why.choice, search.changes[0].choice]) == [[1], [2]])
    // Every other place and every other reward cannot be observed at the cue.
    #expect(search.tried == 1)
    #expect(search.impossible == labels.count - 2 + 2)
    let decisive = try #require(why.decisivePart)
    #expect(decisive.part == ValuePart(.utility, 1))
  }

  @Test("the value of the cue is what it saves: closed form in the simplified T-maze")
  func valueOfCue() throws {
    for validity in [0.5, 0.7, 0.95, 1] {
      let maze = try SimplifiedTMaze(parameters: ["cueValidity": .number(validity)])
      let agent = try ActiveInferenceAgent(maze.model, maze.agent)
      agent.begin(seed: 0, episode: 0)
      let why = try agent.explain([.outcome(0), .outcome(0)])
      let look = try #require(why.prospects.first { $0.action == [cue] }?.looks.first)
      #expect(look.modality == nil)
      // Reward 2, punishment -3, anything else 0. Informed: the arm that the cue names, if that is worth
      // more than nothing. Uninformed an arm is worth -1/2, so nothing is best.
      let expected = max(2 * validity - 3 * (1 - validity), 0)
      #expect(abs(look.valueOfInformation - expected) < 1e-12, "validity \(validity)")
      func h(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
      let gain = log(2) - h(validity) - h(1 - validity)
      #expect(abs(look.informationGain - gain) < 1e-12, "validity \(validity)")
      // The centre tells nothing, so to look there is worth nothing.
      let idle = try #require(why.prospects.first { $0.action == [centre] }?.looks.first)
      #expect(idle.valueOfInformation == 0)
      #expect(idle.informationGain == 0)
    }
  }

  @Test(
    "what comes next is what an agent then believes and chooses; information is worth at least nothing"
  )
  func prospects() throws {
    var valuable = 0
    for manner in [ChoiceExplanationTests.Manner.joint, .coordinateAscent, .pymdp1] {
      try ChoiceExplanationTests.forEachCase(manner, count: 80) { place, agent, record in
        let why = try agent.explain(record.observations[0])
        _ = try agent.act(on: record.observations[0])
        let other = try ActiveInferenceAgent(agent.blueprint)
        for prospect in why.prospects {
          try agent.took(prospect.action)
          let before = agent.state
          for look in prospect.looks {
            var informed = 0.0
            var uninformed: [Double] = []
            for next in look.outcomes {
              try other.resume(before)
              #expect(try other.act(on: next.observation) == next.choice, "\(place)")
              #expect(other.beliefs == next.beliefs, "\(place)")
              let utilities = other.terms.utility
              informed += next.probability * (utilities.max() ?? 0)
              if uninformed.isEmpty { uninformed = utilities.map { _ in 0 } }
              for policy in utilities.indices {
                uninformed[policy] += next.probability * utilities[policy]
              }
            }
            let worth = informed - (uninformed.max() ?? 0)
            #expect(worth > -1e-12, "\(place)")
            #expect(abs(look.valueOfInformation - max(worth, 0)) < 1e-12, "\(place)")
            if worth > 1e-6 { valuable += 1 }
          }
        }
      }
    }
    #expect(valuable > 20)
  }

  @Test(
    "is followed modality by modality where there are too many joint outcomes, and says what was left"
  )
  func limits() throws {
    let agent = try agentAtCue(validity: 0.95)
    let observation: [Observation] = [.outcome(cue), .outcome(0), .outcome(2)]
    func explain(_ counterfactuals: Int, _ outcomes: Int) throws -> ChoiceExplanation {
      try agent.explain(
        observation,
        limits: ExplanationLimits(counterfactuals: counterfactuals, outcomes: outcomes, actions: 5))
    }
    let all = try explain(100, 100)
    #expect(
      all.prospects.allSatisfy { $0.unfollowed == 0 && $0.looks.allSatisfy { $0.modality == nil } })
    let none = try explain(0, 0)
    #expect(none.counterfactuals == nil && none.prospects.isEmpty)
    let few = try explain(1, 1)
    #expect(few.counterfactuals?.tried == 1)
    let back = try #require(few.prospects.first { $0.action == [cue] })
    #expect(back.looks.isEmpty && back.unfollowed == 1)
    // The cue alone has two outcomes: they are followed, and are worth what they are worth with the rest.
    let two = try explain(1, 2)
    let again = try #require(two.prospects.first { $0.action == [cue] })
    #expect(again.looks.map(\.modality) == [nil])
    // Three sensors of one state have eight joint outcomes, each by itself two.
    var description = ModelDescription(try SampleModels.sensors(3))
    description.controls = [Variable("wait", size: 1)]
    let watcher = try ActiveInferenceAgent(GenerativeModel(description))
    watcher.begin(seed: 0, episode: 0)
    let nothing = [Observation](repeating: .missing, count: 3)
    let apart = try watcher.explain(nothing, limits: ExplanationLimits(outcomes: 5)).prospects[0]
    #expect(apart.looks.map(\.modality) == [0, 1])
    #expect(apart.unfollowed == 1)
    let noise = -0.9 * log(0.9) - 0.1 * log(0.1)
    #expect(apart.looks.allSatisfy { abs($0.informationGain - (log(2) - noise)) < 1e-14 })
    let together = try watcher.explain(nothing, limits: ExplanationLimits(outcomes: 8)).prospects[0]
    #expect(together.looks.map(\.modality) == [nil] && together.looks[0].outcomes.count == 8)
  }
}
