import ActiveInference
import EngineTestSupport
import Foundation
import TMaze
import Testing

@Suite("A team") struct TeamTests {
  private func sentinels(
    sharing: Bool, _ configuration: AgentConfiguration = AgentConfiguration()
  ) throws -> Team {
    let members = try [3, 5, 7].map { centre in
      (
        name: "sentinel \(centre)",
        agent: try CompiledAgent(Sentinels.model(before: centre - 1), configuration)
      )
    }
    return try Team(members, sharing: sharing ? [Sentinels.shared] : [])
  }

  private func exact() -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .exact
    return configuration
  }

  /// The world of three sentinels, whether or not they share what they believe.
  private func world() throws -> ModelEnvironment {
    try ModelEnvironment(sentinels(sharing: true).world())
  }

  /// A member's belief about the shared states, read from its marginals given what is true.
  private func logProbabilities(_ episodes: [Episode], _ states: [[Int]]) -> [Double] {
    episodes.flatMap { episode in
      episode.steps.enumerated().map { t, step in
        (0..<3).reduce(0) { $0 + log(max(step.beliefs?[$1][states[t][$1]] ?? 0, 1e-300)) }
      }
    }
  }

  @Test("believes together what one would believe who sees everything")
  func centralised() throws {
    let configuration = exact()
    let team = try sentinels(sharing: true, configuration)
    let world = try team.world()
    #expect(world.factors.count == 6 && world.modalities.count == 15 && world.controls.count == 3)
    // Nine places, near or far, friend or foe, and where each of the three looks: 972 joint states.
    // Their 108^3 joint outcomes are too many to plan with jointly, and are not what is compared.
    var planning = configuration
    planning.planning.informationGain = .perModality
    let central = try ActiveInferenceAgent(world, planning)
    var differences = Differences(tolerance: 1e-12)
    for episode in 0..<10 as Range<UInt64> {
      let episodes = try team.run(
        in: ModelEnvironment(world), steps: 8, seed: 2, episode: episode, level: .beliefs)
      central.begin(seed: 2, episode: episode)
      for t in 0..<8 {
        _ = try central.act(on: episodes.flatMap { $0.steps[t].observation })
        try central.took(episodes.flatMap { $0.steps[t].action ?? [] })
        for member in episodes {
          for factor in 0..<3 {
            differences.compare(
              member.steps[t].beliefs?[factor] ?? [], central.beliefs[factor],
              "episode \(episode), step \(t)")
          }
        }
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("of sentinels knows more of the truth where they share what they believe")
  func sharing() throws {
    // What is true does not depend on where they look, so that both teams live in the same world.
    let world = RecordingWorld(try world())
    var means: [Bool: Double] = [:]
    for isShared in [true, false] {
      let team = try sentinels(sharing: isShared)
      var sum = 0.0
      var count = 0
      for seed in 0..<100 as Range<UInt64> {
        world.truth.states = []
        let episodes = try team.run(in: world, steps: 8, seed: seed, level: .beliefs)
        let logs = logProbabilities(episodes, world.truth.states)
        sum += logs.reduce(0, +)
        count += logs.count
      }
      means[isShared] = sum / Double(count)
    }
    let (shared, alone) = (try #require(means[true]), try #require(means[false]))
    #expect(shared > alone + 0.5, "mean ln q(true state): shared \(shared), alone \(alone)")
  }

  @Test("whose channels are cut is its members, each alone, bit for bit")
  func solo() throws {
    var configuration = exact()
    configuration.action.selection = .stochastic
    configuration.planning.gamma = 1
    let team = try sentinels(sharing: false, configuration)
    let world = try world()
    for seed in 0..<10 as Range<UInt64> {
      let episodes = try team.run(in: world, steps: 8, seed: seed, episode: 3)
      for (member, episode) in episodes.enumerated() {
        let alone = try ActiveInferenceAgent(team.members[member].agent)
        alone.begin(seed: Team.seed(of: member, in: seed), episode: 3)
        for step in episode.steps {
          #expect(try alone.act(on: step.observation) == step.action)
          var record = StepRecord(t: step.t, observation: step.observation, action: step.action)
          alone.describe(&record, level: .full)
          #expect(record == step, "seed \(seed), member \(member), step \(step.t)")
        }
      }
    }
  }

  @Test("is the same on every run and does not depend on the episodes before")
  func repeatable() throws {
    let world = try world()
    let team = try sentinels(sharing: true)
    let first = try team.run(in: world, steps: 5, seed: 1, episode: 4)
    _ = try team.run(in: world, steps: 5, seed: 1, episode: 5)
    #expect(try team.run(in: world, steps: 5, seed: 1, episode: 4) == first)
    #expect(try sentinels(sharing: true).run(in: world, steps: 5, seed: 1, episode: 4) == first)
  }

  // MARK: - T-mazes

  /// A maze whose agent begins somewhere.
  private func maze(at place: String) throws -> GenerativeModel {
    var model = ModelDescription(try LegacyTMaze(parameters: ["nullCue": .boolean(true)]).model)
    let places = ["centre", "left", "right", "cue"]
    model.initialStates =
      model.initialStates.filter { $0.name != "location" } + [
        .init("location", Tensor(shape: [4], places.map { $0 == place ? 1 : 0 }))
      ]
    return try GenerativeModel(model)
  }

  private func mazeTeam(sharing: Bool) throws -> Team {
    let watcher = try CompiledAgent(maze(at: "cue"))
    let runner = try CompiledAgent(maze(at: "centre"))
    return try Team(
      [("watcher", watcher), ("runner", runner)], sharing: sharing ? [["context"]] : [])
  }

  @Test(
    "in which one stands at the cue sends the other straight to the right arm",
    arguments: [(0, "left"), (1, "right")])
  func cue(context: Int, arm: String) throws {
    var process = ModelDescription(try mazeTeam(sharing: true).world())
    process.initialStates =
      process.initialStates.filter { $0.name != "context" } + [
        .init("context", Tensor(shape: [2], context == 0 ? [1, 0] : [0, 1]))
      ]
    let world = try ModelEnvironment(GenerativeModel(process))
    let places = ["centre", "left", "right", "cue"]
    func firstMove(sharing: Bool) throws -> String {
      let episodes = try mazeTeam(sharing: sharing).run(in: world, steps: 2, level: .full)
      return places[episodes[1].steps[0].action?[0] ?? -1]
    }
    // The world of agents that share nothing is the same but for who knows what.
    #expect(try firstMove(sharing: true) == arm)
    #expect(try firstMove(sharing: false) == "cue")
  }

  // MARK: - Hearing

  @Test("in which one hears what another believes infers as from an uncertain outcome")
  func hearing() throws {
    func model(hears: Bool, accuracy: Double) throws -> GenerativeModel {
      try GenerativeModel("listener") {
        Factor("state", size: 3, initially: [0.5, 0.3, 0.2])
        Modality("seen", size: 3, given: "state") { state in
          Column((0..<3).map { $0 == state.index(of: "state") ? accuracy : (1 - accuracy) / 2 })
        }
        if hears {
          Modality("heard", size: 3, given: "state") { state in
            Column((0..<3).map { $0 == state.index(of: "state") ? 0.9 : 0.05 })
          }
        }
        Transition(of: "state")
      }
    }
    let speaker = try CompiledAgent(model(hears: false, accuracy: 0.8))
    let listener = try CompiledAgent(model(hears: true, accuracy: 0.4))
    for message in Team.Hearing.Message.allCases {
      let team = try Team(
        [("speaker", speaker), ("listener", listener)],
        hearing: [.init("listener", in: "heard", from: "speaker", about: "state", as: message)])
      let world = try GenerativeModel(
        joining: [("speaker", speaker.model), ("listener", listener.model)], sharing: ["state"],
        without: ["listener": ["heard"]])
      #expect(world.modalities.map(\.name) == ["speaker.seen", "listener.seen"])
      let episodes = try team.run(in: ModelEnvironment(world), steps: 2, seed: 9)
      let said = try #require(episodes[0].steps[0].beliefs?[0])
      let best = said.indices.reduce(0) { said[$1] > said[$0] ? $1 : $0 }
      #expect(episodes[1].steps[0].observation[1] == .missing)
      #expect(
        episodes[1].steps[1].observation[1]
          == (message == .belief ? .distribution(said) : .outcome(best)))
      // Bayes' rule with P(heard | state) averaged over what was said.
      let weights = message == .belief ? said : (0..<3).map { $0 == best ? 1 : 0 }
      guard case .outcome(let seen) = episodes[1].steps[1].observation[0] else {
        Issue.record("an outcome is seen")
        return
      }
      let before = try #require(episodes[1].steps[0].beliefs?[0])
      var expected = (0..<3).map { state in
        before[state] * (seen == state ? 0.4 : 0.3)
          * (0..<3).reduce(0) { $0 + weights[$1] * ($1 == state ? 0.9 : 0.05) }
      }
      let total = expected.reduce(0, +)
      expected = expected.map { $0 / total }
      var differences = Differences(tolerance: 1e-12)
      differences.compare(episodes[1].steps[1].beliefs?[0] ?? [], expected, "\(message)")
      #expect(differences.isEmpty, "\(differences)")
    }
  }

  // MARK: - Faults

  @Test("that does not fit together is refused with every fault")
  func refused() throws {
    let maze = try CompiledAgent(maze(at: "cue"))
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .coordinateAscent
    let apart = try CompiledAgent(maze.model, configuration)
    func message(_ body: () throws -> Team) -> String {
      (#expect(throws: InvalidInput.self) { _ = try body() })?.description ?? ""
    }
    #expect(message { try Team([]) }.contains("members: are none"))
    #expect(message { try Team([("a", maze), ("a", maze)]) }.contains("two have one name"))
    #expect(
      message { try Team([("a", maze), ("b", maze)], sharing: [["weather"]]) }
        .contains("sharing weather: has fewer than two members"))
    #expect(
      message { try Team([("a", apart), ("b", maze)], sharing: [["context", "location"]]) }
        .contains("use inference.algorithm exact"))
    #expect(
      message {
        try Team(
          [("a", maze), ("b", maze)],
          hearing: [.init("a", in: "where", from: "b", about: "context")])
      }.contains("has 4 outcomes for 2 states"))
    let team = try mazeTeam(sharing: true)
    let refusal = #expect(throws: InvalidInput.self) {
      try team.run(in: ModelEnvironment(maze.model), steps: 1)
    }
    #expect(refusal?.description.contains("the members have [4, 4]") == true)
    let differing = #expect(throws: InvalidInput.self) {
      try GenerativeModel(joining: [("a", maze.model), ("b", maze.model)], sharing: ["location"])
    }
    #expect(differing?.description.contains("depends on what is not shared") == true)
  }

  @Test("whose members began with different priors is told so")
  func priors() throws {
    func model(_ first: [Double]) throws -> CompiledAgent {
      var model = ModelDescription(try SampleModels.sensors(1))
      model.initialStates = [
        .init(model.factors[0].name, Tensor(shape: [2], first))
      ]
      return try CompiledAgent(GenerativeModel(model))
    }
    let one = try model([0.5, 0.5])
    let team = try Team(
      [("a", one), ("b", try model([0.4, 0.6]))], sharing: [[one.model.factors[0].name]])
    team.begin(seed: 0, episode: 0)
    #expect(throws: BeliefFusion.Failure.differentPriors(agent: 1, state: 0)) {
      try team.step([[.outcome(0)], [.outcome(0)]])
    }
  }
}

/// A world that notes its hidden states.
private struct RecordingWorld: Environment {
  final class Truth: @unchecked Sendable {
    // Unchecked: one test at a time on one thread writes to it.
    var states: [[Int]] = []
  }

  let world: ModelEnvironment
  let truth = Truth()

  init(_ world: ModelEnvironment) { self.world = world }

  func reset(using random: inout RandomStream) -> (state: [Int], observation: [Observation]) {
    let (state, observation) = world.reset(using: &random)
    truth.states.append(state)
    return (state, observation)
  }

  func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    let observation = world.step(&state, action: action, using: &random)
    truth.states.append(state)
    return observation
  }

  var actionCounts: [Int]? { world.actionCounts }
}
