// Only an optimised build keeps the promise: in a debug build the language itself allocates.
#if !DEBUG
  import ActiveInference
  import AllocationCounter
  import EngineTestSupport
  import Testing

  /// After warming up, a step allocates nothing.
  @Suite("Allocation", .enabled(if: aif_can_count_allocations() != 0))
  struct AllocationTests {
    /// The allocations of a thousand steps on what is seen in the T-maze under random moves.
    private func allocations(
      _ model: GenerativeModel, _ change: (inout AgentConfiguration) -> Void
    ) throws -> Int {
      var configuration = AgentConfiguration()
      change(&configuration)
      // What is remembered for the first time needs memory.
      let agent = try ActiveInferenceAgent(
        CompiledAgent(model, configuration, savings: .all.subtracting(.rememberedSteps)))
      let world = try ModelEnvironment(SampleModels.tMaze())
      var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .user)
      var (state, observation) = world.reset(using: &random)
      agent.begin(seed: 0, episode: 0)
      for step in 0..<1050 {
        if step == 50 { _ = aif_take_count() }
        aif_begin_counting()
        let choice = try agent.act(on: observation)
        aif_end_counting()
        let action = [random.integer(0..<5)]
        #expect(choice.count == 1)
        aif_begin_counting()
        try agent.took(action)
        aif_end_counting()
        observation = world.step(&state, action: action, using: &random)
      }
      return Int(aif_take_count())
    }

    @Test("is seen where there is one")
    func control() {
      aif_begin_counting()
      let array = [Int](repeating: 1, count: Int.random(in: 100...200))
      aif_end_counting()
      #expect(aif_take_count() >= 1)
      #expect(array.count >= 100)
    }

    @Test("does not occur in a step of the default agent", arguments: 1...3)
    func defaults(horizon: Int) throws {
      #expect(try allocations(SampleModels.tMaze()) { $0.planning.horizon = horizon } == 0)
    }

    @Test("does not occur where beliefs are certain of what actions steer", arguments: 1...3)
    func steered(horizon: Int) throws {
      #expect(
        try allocations(SampleModels.tMaze()) {
          $0.planning.horizon = horizon
          $0.planning.informationGain = .perModality
        } == 0)
    }

    @Test(
      "does not occur in sophisticated inference, whole or best first, once its memory has grown",
      arguments: [nil, 3])
    func sophisticated(nodes: Int?) throws {
      #expect(
        try allocations(SampleModels.tMaze()) {
          $0.planning.method = .sophisticated
          $0.planning.horizon = 2
          $0.planning.budget.nodes = nodes
        } == 0)
    }

    @Test(
      "does not occur where the last ten steps are inferred together",
      arguments: [InferenceSettings.Algorithm.variationalMessagePassing, .marginalMessagePassing])
    func windows(scheme: InferenceSettings.Algorithm) throws {
      let found = try allocations(SampleModels.tMaze()) {
        $0.inference.algorithm = scheme
        $0.inference.horizon = 10
      }
      #expect(found == 0)
    }

    @Test("does not occur where the last ten steps are inferred under each policy")
    func windowsByPolicy() throws {
      let found = try allocations(SampleModels.tMaze()) {
        $0.inference.algorithm = .windowedPolicyMessages
        $0.inference.horizon = 10
      }
      #expect(found == 0)
    }

    @Test("does not occur where all steps of an episode are inferred under each policy")
    func episodesByPolicy() throws {
      let model = try SampleModels.tMaze()
      var configuration = AgentConfiguration(preset: .spm)
      configuration.planning.horizon = 2
      let agent = try ActiveInferenceAgent(model, configuration)
      let world = try ModelEnvironment(model)
      var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .user)
      for episode in 0..<20 as Range<UInt64> {
        var (state, observation) = world.reset(using: &random)
        agent.begin(seed: 0, episode: episode)
        if episode == 2 { _ = aif_take_count() }
        for _ in 0..<3 {
          aif_begin_counting()
          let action = try agent.act(on: observation)
          aif_end_counting()
          observation = world.step(&state, action: action, using: &random)
        }
      }
      #expect(aif_take_count() == 0)
    }

    @Test("does not occur where a step is remembered")
    func remembered() throws {
      let model = try SampleModels.tMaze()
      let world = try ModelEnvironment(model)
      let agent = try ActiveInferenceAgent(model)
      var allocations: [Int] = []
      for _ in 0..<2 {
        // The same walk each time.
        var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .user)
        var (state, observation) = world.reset(using: &random)
        agent.begin(seed: 0, episode: 0)
        _ = aif_take_count()
        for _ in 0..<100 {
          let action = [random.integer(0..<5)]
          aif_begin_counting()
          _ = try agent.act(on: observation)
          try agent.took(action)
          aif_end_counting()
          observation = world.step(&state, action: action, using: &random)
        }
        allocations.append(Int(aif_take_count()))
      }
      #expect(allocations[0] > 0)
      #expect(allocations[1] == 0)
    }

    /// The allocations of an episode of an agent that makes none.
    private func allocations(steps: Int, level: RecordLevel) throws -> Int {
      struct Ready: Agent {
        let answers: [[Int]] = [[3], [0], [4], [2], [1]]
        var step = 0
        mutating func begin(seed: UInt64, episode: UInt64) { step = 0 }
        mutating func act(on observation: [Observation]) -> [Int] {
          step += 1
          return answers[step % answers.count]
        }
      }
      let world = try ModelEnvironment(SampleModels.tMaze())
      let simulation = Simulation(world, steps: steps, seed: 1, level: level)
      var agent = Ready()
      _ = try simulation.run(&agent, episode: 0)
      _ = aif_take_count()
      aif_begin_counting()
      let episode = try simulation.run(&agent, episode: 1)
      aif_end_counting()
      #expect(episode.lastAction.count == 1)
      return Int(aif_take_count())
    }

    @Test("does not occur in a step of the world and the loop")
    func loop() throws {
      #expect(
        try allocations(steps: 500, level: .none) == allocations(steps: 10, level: .none))
    }

    @Test("does not occur in a step of which it is kept what was seen and where the world was")
    func recording() throws {
      #expect(
        try allocations(steps: 500, level: .choices) == allocations(steps: 10, level: .choices))
    }

    @Test("does not occur in a step of pymdp's agent with 25 and 125 policies", arguments: 2...3)
    func pymdp(horizon: Int) throws {
      #expect(
        try allocations(SampleModels.tMaze()) {
          $0 = AgentConfiguration(preset: .pymdp1)
          $0.planning.horizon = horizon
        } == 0)
    }

    @Test("does not occur in a step of pymdp 0.0.7's agent")
    func pymdp007() throws {
      #expect(
        try allocations(SampleModels.tMaze()) { $0 = AgentConfiguration(preset: .pymdp007) } == 0)
    }

    @Test("does not occur in coordinate ascent", arguments: 1...2)
    func coordinateAscent(horizon: Int) throws {
      #expect(
        try allocations(SampleModels.tMaze()) {
          $0.inference.algorithm = .coordinateAscent
          $0.planning.horizon = horizon
        } == 0)
    }

    @Test("does not occur where A and B are learned", arguments: ["exact", "cavi", "fpi"])
    func learning(scheme: String) throws {
      #expect(
        try allocations(SampleModels.tMaze(counts: true)) {
          $0.inference.algorithm = .init(rawValue: scheme) ?? .automatic
          $0.planning.horizon = 2
          $0.planning.parameterInformationGain = true
          $0.learning.likelihood = .init()
          $0.learning.transition = .init()
        } == 0)
    }

    @Test("does not occur in a choice by chance", arguments: ActionSettings.Mode.allCases)
    func stochastic(mode: ActionSettings.Mode) throws {
      #expect(
        try allocations(SampleModels.tMaze()) {
          $0.action.selection = .stochastic
          $0.action.mode = mode
        } == 0)
    }
  }
#endif
