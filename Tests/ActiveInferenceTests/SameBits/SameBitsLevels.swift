import ActiveInference
import EngineTestSupport
import Testing

/// A deep agent and its world: what ``SameBitsCell`` is for an agent of one level.
struct SameBitsLevels: Sendable, CustomStringConvertible {
  let name: String
  let make: @Sendable () throws -> CompiledDeepAgent
  var description: String { name }

  private static let steps = 9
  private static let episodes = 4 as UInt64
  private static let seed = 3 as UInt64

  // MARK: - Cells

  static let all: [SameBitsLevels] =
    [
      random("two levels, exact", 2) { _ in },
      meanField("two levels, cavi", [.coordinateAscent, .coordinateAscent]),
      meanField("two levels, fpi", [.fixedPoint, .fixedPoint]),
      random("three levels", 3) { $0.inference.chi = 0.4 },
      random("three levels, looking ahead", 3) {
        $0.planning.method = .sophisticated
        $0.planning.horizon = 2
        $0.planning.sophisticated.policyThreshold = 0.1
      },
      SameBitsLevels(name: "two levels that learn, with habits and preferences") {
        try DeepStories.makeStory(chi: 0.3)
      },
    ]

  private static func random(
    _ name: String, _ count: Int, _ change: @escaping @Sendable (inout AgentConfiguration) -> Void
  ) -> SameBitsLevels {
    SameBitsLevels(name: name) {
      let levels = try drawn(count) { model in
        model.likelihoods.contains { $0.given.count > 1 }
      }
      var configuration = wandering
      change(&configuration)
      let chi = configuration.inference.chi
      configuration.inference.chi = nil
      var below = configuration
      below.inference.chi = chi
      return try levels.configured(levels.lower.map { _ in below } + [configuration])
    }
  }

  /// A scheme for each level, the lowest first.
  static func meanField(
    _ name: String, _ algorithms: [InferenceSettings.Algorithm]
  ) -> SameBitsLevels {
    SameBitsLevels(name: name) {
      // Where no outcome tells of two factors together all schemes find the same, to the bit; a factor of one
      // state is none.
      let levels = try drawn(algorithms.count) { model in
        zip(model.modalities, model.likelihoods).contains { modality, likelihood in
          modality.size > 1 && likelihood.given.count { model.factors[$0].size > 1 } > 1
        }
      }
      return try levels.configured(
        algorithms.map { algorithm in
          var configuration = wandering
          configuration.inference.algorithm = algorithm
          return configuration
        })
    }
  }

  /// An agent that tries much.
  private static let wandering = {
    var configuration = AgentConfiguration()
    configuration.inference.impossible = .ignore
    configuration.action.selection = .stochastic
    configuration.action.alpha = 1
    configuration.planning.gamma = 1
    return configuration
  }()

  /// The first random levels that all act and are as they are meant to be.
  private static func drawn(
    _ count: Int, where isMeant: (GenerativeModel) -> Bool
  ) throws -> CompiledDeepAgent {
    var levels: CompiledDeepAgent
    var seed = 0 as UInt64
    repeat {
      levels = try RandomLevels(seed: seed, levels: count, configuration: wandering).agent
      seed += 1
    } while !levels.levels.allSatisfy { !$0.model.controls.isEmpty && isMeant($0.model) }
    return levels
  }

  // MARK: - Ways

  /// The lines of a trace without what all of them begin with.
  private func lines(
    _ agent: CompiledDeepAgent,
    _ episodes: [(UInt64, [StepRecord], [GenerativeModel.Concentration])]
  ) -> [[UInt8]] {
    let writer = TraceLineWriter(Trace(of: agent, in: nil, seed: SameBitsLevels.seed))
    return episodes.map { episode, steps, final in
      var bytes: [UInt8] = []
      writer.append(
        episode: Int(episode), steps: steps, ending: writer.ending(final), to: &bytes)
      return bytes
    }
  }

  /// What all others are held to: one agent for each episode, one thread.
  func alone() throws -> (lines: [[UInt8]], episodes: [Episode]) {
    let agent = try make()
    let simulation = simulation(agent)
    var episodes: [(UInt64, [StepRecord], [GenerativeModel.Concentration])] = []
    var recorded: [Episode] = []
    for index in 0..<SameBitsLevels.episodes {
      var living = try DeepAgent(agent)
      let episode = try simulation.run(&living, episode: index)
      recorded.append(episode)
      episodes.append((index, episode.steps, living.concentrations))
    }
    return (lines(agent, episodes), recorded)
  }

  private func simulation(
    _ agent: CompiledDeepAgent, _ level: RecordLevel = .full
  ) -> Simulation<DeepEnvironment> {
    Simulation(
      DeepEnvironment(agent: agent), steps: SameBitsLevels.steps, seed: SameBitsLevels.seed,
      level: level)
  }

  /// Dealt out to threads.
  func batch(threads: Int, chunk: Int?) throws -> [[UInt8]] {
    let agent = try make()
    var simulation = simulation(agent)
    simulation.chunkSize = chunk
    var episodes: [(UInt64, [StepRecord], [GenerativeModel.Concentration])] = []
    try simulation.run(
      episodes: 0..<SameBitsLevels.episodes, threads: threads,
      makeAgent: { try DeepAgent(agent) },
      finish: { ($0.index, $0.steps, $1.concentrations) },
      deliver: {
        episodes.append($0)
        return true
      })
    return lines(agent, episodes)
  }

  /// By one agent that has lived all later episodes before, recorded with every sweep.
  func backwards() throws -> [[UInt8]] {
    let agent = try make()
    var living = try DeepAgent(agent)
    living.recordsIterates = true
    let simulation = simulation(agent, .iterates)
    let episodes = try (0..<SameBitsLevels.episodes).reversed().map { index in
      living.forget()
      let steps = try simulation.run(&living, episode: index).steps
      return (index, steps.map { $0.reduced(to: .full) }, living.concentrations)
    }
    return lines(agent, episodes.reversed())
  }

  /// Lived again from the record of what was seen and done.
  func replayed(_ episodes: [Episode]) throws -> [[UInt8]] {
    let agent = try make()
    let living = try DeepAgent(agent)
    return lines(
      agent,
      try episodes.map { episode in
        living.forget()
        let record = BehaviourRecord(
          observations: episode.steps.map(\.observation),
          actions: episode.steps.compactMap(\.action))
        let steps = try living.replay(
          record, seed: SameBitsLevels.seed, episode: episode.index)
        return (episode.index, steps, living.concentrations)
      })
  }

  /// The same, by an agent that is saved as text before each tick, and by another that goes on from there.
  func resumed(_ episodes: [Episode]) throws -> [[UInt8]] {
    let agent = try make()
    var pair = [try DeepAgent(agent), try DeepAgent(agent)]
    return lines(
      agent,
      try episodes.map { episode in
        pair[0].forget()
        pair[0].begin(seed: SameBitsLevels.seed, episode: episode.index)
        let steps = try episode.steps.map { known in
          try pair[1].resume(from: Array(pair[0].stateText.utf8), source: "state")
          pair.swapAt(0, 1)
          var step = StepRecord(
            t: known.t, observation: known.observation,
            action: try pair[0].act(on: known.observation))
          pair[0].describe(&step, level: .full)
          return step
        }
        return (episode.index, steps, pair[0].concentrations)
      })
  }

  /// Written to a file and read again.
  func reread() throws -> [[UInt8]] {
    let agent = try make()
    let traces = try Trace.recorded(
      of: agent, in: DeepEnvironment(agent: agent), steps: SameBitsLevels.steps,
      seed: SameBitsLevels.seed, episodes: Int(SameBitsLevels.episodes))
    var bytes: [UInt8] = []
    for trace in traces { trace.appendLine(to: &bytes) }
    let read = try Trace.read(contentsOf: bytes, source: name)
    let again = try read[0].deepAgent() ?? agent
    return lines(again, read.map { (UInt64($0.episode), $0.steps, [$0.final] + $0.finalAbove) })
  }
}

@Suite("Same bits of deep agents") struct SameBitsLevelsTests {
  @Test(
    "whatever the threads and chunks, in a batch or alone, replayed, saved and resumed, written and read again",
    arguments: SameBitsLevels.all)
  func ways(cell: SameBitsLevels) throws {
    let (alone, episodes) = try cell.alone()
    let runs: [(String, () throws -> [[UInt8]])] = [
      ("one thread", { try cell.batch(threads: 1, chunk: nil) }),
      ("two threads", { try cell.batch(threads: 2, chunk: 1) }),
      ("three threads", { try cell.batch(threads: 3, chunk: 3) }),
      ("backwards, with every sweep recorded", cell.backwards),
      ("replayed", { try cell.replayed(episodes) }),
      ("saved and resumed", { try cell.resumed(episodes) }),
      ("written and read again", cell.reread),
    ]
    for (name, lines) in runs {
      do {
        let difference = firstDifference(try lines(), alone)
        #expect(difference == nil, "\(cell.name); \(name); \(difference ?? "")")
      } catch {
        Issue.record("\(cell.name); \(name); \(error)")
      }
    }
    // The higher level steps, and not at every tick.
    let stepped = episodes.flatMap(\.steps).count { $0.levels != nil }
    #expect(stepped > 0 && stepped < episodes.reduce(0) { $0 + $1.steps.count })
  }

  @Test("another scheme at any level leaves another trace")
  func schemes() throws {
    let schemes: [InferenceSettings.Algorithm] = [.coordinateAscent, .fixedPoint]
    let traces = try schemes.flatMap { below in
      try schemes.map { above in
        try SameBitsLevels.meanField("\(below) below \(above)", [below, above]).alone().lines
      }
    }
    #expect(Set(traces).count == traces.count)
  }
}
