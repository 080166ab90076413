import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("A deep agent") struct DeepAgentTests {
  // MARK: - One state above

  /// A model of one state whose outcomes are the first states of another's factors.
  private func oneState(above model: GenerativeModel) throws -> CompiledAgent {
    try CompiledAgent(
      GenerativeModel("above") {
        Factor("only", ["it"])
        for (factor, first) in zip(model.factors, model.initialStates) {
          let uniform = [Double](repeating: 1 / Double(factor.size), count: factor.size)
          Modality(
            factor.name, (0..<factor.size).map { "\($0)" }, given: "only",
            likelihood: .column(Column(first ?? uniform)))
        }
        Transition(of: "only")
      })
  }

  private func links(to model: GenerativeModel) -> [DeepAgent.Link] {
    model.factors.map { .initialState(of: $0.name, from: $0.name) }
  }

  @Test("with one state above is its lowest level: beliefs, plans, choices and counts to the bit")
  func oneStateAbove() throws {
    for seed in 0..<24 {
      var options = RandomModel.Options()
      options.counts = seed % 3 == 2
      options.largestJoint = 12
      var random = try RandomModel(seed: UInt64(seed), options)
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = [.exact, .coordinateAscent, .fixedPoint][seed % 3]
      configuration.inference.impossible = .ignore
      configuration.action.selection = seed % 2 == 0 ? .stochastic : .deterministic
      if options.counts { configuration.learning.likelihood = .init() }
      let compiled = try CompiledAgent(random.model, configuration)
      let single = try ActiveInferenceAgent(compiled)
      let deep = try DeepAgent(
        lower: [.init(compiled, steps: .max, links: links(to: random.model))],
        highest: oneState(above: random.model))
      single.begin(seed: 3, episode: 1)
      deep.begin(seed: 3, episode: 1)
      for observation in random.record(steps: 6).observations {
        #expect(try deep.act(on: observation) == single.act(on: observation))
        var (one, other) = (StepRecord(t: 0, observation: []), StepRecord(t: 0, observation: []))
        single.describe(&one, level: .full)
        deep.describe(&other, level: .full)
        #expect(one == other, "model \(seed)")
      }
      #expect(deep.levels[0].concentration == single.concentration)
    }
  }

  // MARK: - Clocks

  /// A level that sees, four times in five, which of two things there is.
  private func thing(counts: Bool = false) throws -> GenerativeModel {
    try GenerativeModel("thing") {
      Factor("thing", ["cat", "dog"])
      if counts {
        Modality("sound", ["meow", "woof"], given: "thing", counts: .values([[8, 2], [2, 8]]))
      } else {
        Modality(
          "sound", ["meow", "woof"], given: "thing"
        ) { $0["thing"] == "cat" ? [0.8, 0.2] : [0.2, 0.8] }
      }
      Transition(of: "thing")
    }
  }

  /// A level above it: things come in turns, or stay what they are.
  private func story(counts: Bool = false) throws -> GenerativeModel {
    try GenerativeModel("story") {
      Factor("next", ["cat", "dog"])
      Control("turn", ["stay", "change"])
      if counts {
        Modality("thing", ["cat", "dog"], given: "next", counts: .values([[9, 1], [1, 9]]))
      } else {
        Modality("thing", ["cat", "dog"], given: "next") {
          $0["next"] == "cat" ? [0.9, 0.1] : [0.1, 0.9]
        }
      }
      Modality("weather", ["sun", "rain"], given: "next") {
        $0["next"] == "cat" ? [0.6, 0.4] : [0.3, 0.7]
      }
      Transition(of: "next", controls: "turn") { state in
        let stays = state["turn"] == "stay"
        return (state["next"] == "cat") == stays ? "cat" : "dog"
      }
    }
  }

  private func makeStory(
    steps: Int, chi: Double? = nil, counts: Bool = false,
    _ configuration: AgentConfiguration = AgentConfiguration()
  ) throws -> CompiledDeepAgent {
    var below = configuration
    below.inference.chi = chi
    return try CompiledDeepAgent(
      lower: [
        .init(
          CompiledAgent(thing(counts: counts), below), steps: steps,
          links: [.initialState(of: "thing", from: "thing")])
      ], highest: CompiledAgent(story(counts: counts), configuration))
  }

  @Test("has its higher level step when the episode below is over, and says so in its action")
  func clocks() throws {
    let agent = try DeepAgent(makeStory(steps: 3))
    #expect(agent.blueprint.modalities.map(\.name) == ["sound", "weather"])
    #expect(agent.blueprint.controls.map(\.labels) == [[DeepAgent.goesOn, "stay", "change"]])
    agent.begin(seed: 0, episode: 0)
    for tick in 0..<9 {
      let action = try agent.act(on: [.outcome(0), .outcome(tick % 2)])
      var record = StepRecord(t: tick, observation: [])
      agent.describe(&record, level: .full)
      let isLast = tick % 3 == 2
      #expect(agent.steppedLevels == (isLast ? 2 : 1))
      #expect((action[0] > 0) == isLast)
      #expect(record.levels?.map(\.t) == (isLast ? [tick / 3] : nil))
      #expect(record.levels?[0].observation[1] == (isLast ? .outcome(tick % 2) : nil))
      if isLast { #expect(action[0] - 1 == agent.levels[1].lastChoice[0]) }
    }
  }

  @Test("an episode ends early just when the entropy of its first states falls below the threshold")
  func earlyEnd() throws {
    func entropy(_ p: Double) -> Double { -p * log(p) - (1 - p) * log(1 - p) }
    // After n more cats than dogs P(cat) is 1 / (1 + 4^-n), from an even first belief.
    for difference in 1...4 {
      let least = entropy(1 / (1 + pow(4, -Double(difference))))
      for (threshold, ends) in [(least * (1 + 1e-9), true), (least * (1 - 1e-9), false)] {
        let agent = try DeepAgent(makeStory(steps: 20, chi: threshold))
        agent.begin(seed: 0, episode: 0)
        // One sound takes another back, so only the difference counts.
        let sounds = (difference > 1 ? [0, 1] : []) + [Int](repeating: 0, count: difference)
        for (tick, sound) in sounds.enumerated() {
          _ = try agent.act(on: [.outcome(sound), .missing])
          let isLast = tick == sounds.count - 1
          #expect(agent.steppedLevels == (isLast && ends ? 2 : 1), "\(difference), tick \(tick)")
        }
        let p = agent.firstStates(ofLevel: 0)[0]
        #expect(abs(p - 1 / (1 + pow(4, -Double(difference)))) < 1e-12)
      }
    }
  }

  // MARK: - What comes down

  @Test("habits and preferences of an episode are those that the level above expects")
  func habitsAndPreferences() throws {
    let habit = [[0.9, 0.2], [0.1, 0.8]]
    let preference = [[3.0, -1], [0, 2]]
    func room(_ extra: [any ModelPart], prefer: Preference) throws -> GenerativeModel {
      try GenerativeModel("room") {
        Factor("side", ["left", "right"], initially: "left")
        Control("go", ["left", "right"])
        Modality("seen", ["l", "r"], given: "side", prefer: prefer) { state in
          state["side"] == "left" ? ["l": 0.9, "r": 0.1] : ["l": 0.2, "r": 0.8]
        }
        Transition(of: "side", controls: "go") { Column(certain: $0["go"]) }
        extra
      }
    }
    let above = try CompiledAgent(story())
    let deep = try DeepAgent(
      lower: [
        .init(
          CompiledAgent(room([], prefer: ["l": 0.5])), steps: 2,
          links: [
            .habit(from: "thing", probability: habit),
            .preference(in: "seen", from: "weather", logPreference: preference),
          ])
      ], highest: above)
    deep.begin(seed: 0, episode: 0)
    for tick in 0..<6 {
      // Nothing is known above but what its own actions do, which is nothing to an even belief.
      _ = try deep.act(on: [.outcome(tick / 2 % 2)])
      if tick % 2 == 1 { continue }
      let expected = zip(preference, [0.5, 0]).map { row, own in own + row[0] * 0.45 + row[1] * 0.55
      }
      let plain = try ActiveInferenceAgent(
        room([Habit([0.55, 0.45])], prefer: ["l": expected[0], "r": expected[1]]))
      plain.begin(seed: 0, episode: 0)
      _ = try plain.act(on: [.outcome(tick / 2 % 2)])
      for (a, b) in zip(deep.levels[0].policyPosterior, plain.policyPosterior) {
        #expect(abs(a - b) < 1e-12)
      }
      for (a, b) in zip(
        deep.levels[0].negativeExpectedFreeEnergy, plain.negativeExpectedFreeEnergy)
      {
        #expect(abs(a - b) < 1e-12)
      }
    }
  }

  // MARK: - Learning

  @Test(
    "what a level has learned goes on from one of its episodes to the next, until it is forgotten")
  func learningGoesOn() throws {
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init()
    let deep = try DeepAgent(makeStory(steps: 2, counts: true, configuration))
    let sounds = [0, 0, 1, 0]
    deep.begin(seed: 0, episode: 0)
    var posteriors: [[Double]] = []
    for sound in sounds {
      _ = try deep.act(on: [.outcome(sound), .missing])
      posteriors.append(deep.levels[0].beliefs[0])
    }
    var counts: [Double] = [8, 2, 2, 8]
    for (sound, belief) in zip(sounds, posteriors) {
      for state in 0..<2 { counts[sound * 2 + state] += belief[state] }
    }
    let learned = deep.levels[0].concentration.likelihood[0]?.values ?? []
    #expect(zip(learned, counts).allSatisfy { abs($0 - $1) < 1e-12 } && learned.count == 4)
    deep.forget()
    #expect(deep.levels.map(\.concentration) == deep.blueprint.levels.map(\.model.concentration))
  }

  @Test("a level learns of a linked outcome what the episode and its expectation say of it")
  func learningAbove() throws {
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init()
    let deep = try DeepAgent(makeStory(steps: 2, counts: true, configuration))
    deep.begin(seed: 0, episode: 0)
    _ = try deep.act(on: [.outcome(0), .missing])
    _ = try deep.act(on: [.outcome(0), .missing])
    // Counts below are learned in between: the second meow is more probable of cats than the first.
    let first = 0.8
    let second = (8 + 0.8) / (10 + 0.8)
    let dogs = (0.2, (2 + 0.2) / (10 + 0.2))
    let likelihood = [first * second, dogs.0 * dogs.1]
    let cat = likelihood[0] / (likelihood[0] + likelihood[1])
    let states = [0.9 * cat + 0.1 * (1 - cat), 0.1 * cat + 0.9 * (1 - cat)]
    let believed = deep.levels[1].beliefs[0]
    #expect(zip(believed, states).allSatisfy { abs($0 - $1) < 1e-12 })
    let learned = deep.levels[1].concentration.likelihood[0]?.values ?? []
    let expected = [
      9 + cat * states[0], 1 + cat * states[1], 1 + (1 - cat) * states[0],
      9 + (1 - cat) * states[1],
    ]
    #expect(zip(learned, expected).allSatisfy { abs($0 - $1) < 1e-12 } && learned.count == 4)
  }

  // MARK: - Same bits

  /// All that an agent of random levels records in two episodes.
  private func digest(seed: UInt64, levels count: Int, _ agent: DeepAgent) throws -> Digest {
    var digest = Digest()
    for episode in 0..<2 as Range<UInt64> {
      var world = DeepWorld(agent.blueprint, seed: seed + episode)
      agent.begin(seed: seed, episode: episode)
      world.begin()
      for tick in 0..<8 {
        if tick > 0 {
          world.move(
            agent.steppedLevels - 1, agent.levels[agent.steppedLevels - 1].lastChoice)
        }
        let entries = (0..<count).map { world.observation(of: $0) }
        let observation = world.given(entries)
        var record = StepRecord(t: tick, observation: observation)
        record.action = try agent.act(on: observation)
        agent.describe(&record, level: .full)
        digest.add(Array(JSONWriter.text(record.document).utf8))
      }
    }
    return digest
  }

  @Test("has the same bits each time")
  func sameBits() throws {
    var configuration = AgentConfiguration()
    configuration.action.selection = .stochastic
    for (count, algorithm) in [
      (2, InferenceSettings.Algorithm.exact), (3, .exact), (2, .coordinateAscent),
    ] {
      configuration.inference.algorithm = algorithm
      let levels = try RandomLevels(seed: 7, levels: count, configuration: configuration)
      let agent = try DeepAgent(levels.agent)
      let first = try digest(seed: 7, levels: count, agent)
      #expect(try "\(digest(seed: 7, levels: count, agent))" == "\(first)")
    }
  }

  // MARK: - Faults

  @Test("links that do not fit are all refused at once, each with its place")
  func faults() throws {
    let error = #expect(throws: InvalidInput.self) {
      try CompiledDeepAgent(
        lower: [
          .init(
            CompiledAgent(thing()), steps: 0,
            links: [
              .initialState(of: "thing", from: "thng"),
              .initialState(of: "creature", from: "thing"),
              .initialState(of: "thing", from: "thing", probability: [[1, 0.5], [0, 0.4]]),
              .habit(from: "thing"),
              .preference(in: "sound", from: "weather", logPreference: [[1], [2]]),
            ])
        ], highest: CompiledAgent(story()))
    }
    #expect(
      error?.faults.map(\.place) == [
        "level 0.steps", "level 0.links[0]", "level 0.links[1]",
        "level 0.links[2]", "level 0.links[3]", "level 0.links[4]",
      ])
  }

  @Test("a level that infers or learns from several steps together is refused")
  func notFilters() throws {
    var window = AgentConfiguration()
    window.inference.algorithm = .marginalMessagePassing
    var hindsight = AgentConfiguration()
    hindsight.learning.smoothing = true
    hindsight.learning.likelihood = .init()
    for (configuration, place) in [
      (window, "inference.algorithm"), (hindsight, "learning.smoothing"),
    ] {
      let error = #expect(throws: InvalidInput.self) {
        try makeStory(steps: 2, counts: true, configuration)
      }
      #expect(error?.faults.map(\.place) == ["level 0.\(place)", "level 1.\(place)"])
    }
  }

  @Test("an observation with too few entries is refused")
  func shortObservation() throws {
    let agent = try DeepAgent(makeStory(steps: 2))
    agent.begin(seed: 0, episode: 0)
    #expect(throws: AgentFailure.self) { try agent.act(on: [.outcome(0)]) }
  }
}
