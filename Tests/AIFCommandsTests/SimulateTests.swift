import ActiveInference
import Foundation
import GridWorld
import TMaze
import Testing

@Suite("aif simulate")
struct SimulateTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// The traces that a simulation writes.
  private func traces(_ arguments: String...) throws -> String {
    let outcome = try run(["simulate"] + arguments + ["--output", folder.file("traces")])
    #expect(outcome.code == 0, "\(outcome.err)")
    return try folder.read("traces")
  }

  @Test("shows an episode in words: what is seen, believed and done, and why")
  func table() throws {
    let outcome = try run("simulate", "tmaze", "--set", "rewardCondition=left", "--seed", "4")
    #expect(outcome.code == 0)
    #expect(
      outcome.lines.prefix(6) == [
        "step  observed        believes                   does    because (nats)",
        "0     where: centre   location: centre 1.00      cue     cue, left, left",
        "      reward: none    context: undecided                 utility 0.000",
        "      cue: none                                          information 1.484",
        "                                                         one of 16, each 0.062",
        "1     where: cue      location: cue 1.00         centre  centre, middle, left",
      ])
    #expect(outcome.lines.last?.hasPrefix("reached the reward in 1 of 1 episode, ") == true)
    #expect(outcome.lines.last?.hasSuffix(" steps a second") == true)
    #expect(outcome.lines.allSatisfy { $0.count <= 80 })
    #expect(outcome.lines.allSatisfy { !$0.hasSuffix(" ") })
  }

  @Test("prints the same whenever it is run, but for the time it took")
  func reproducible() throws {
    for format in ["table", "json", "csv"] {
      let arguments = ["simulate", "tmaze", "--seed", "3", "--format", format]
      let lines = try (run(arguments).lines, run(arguments).lines)
      let timed = format == "table" ? 1 : 0
      #expect(lines.0.count > 1 && lines.0.dropLast(timed) == lines.1.dropLast(timed))
    }
  }

  @Test("writes the same bytes for a seed, and others for another")
  func seed() throws {
    let first = try traces("tmaze", "--episodes", "5", "--seed", "1")
    #expect(try traces("tmaze", "--episodes", "5", "--seed", "1") == first)
    let states = { (text: String) in
      try Trace.read(contentsOf: Array(text.utf8), source: "").map { $0.steps.map(\.states) }
    }
    #expect(try states(traces("tmaze", "--episodes", "5", "--seed", "2")) != states(first))
  }

  @Test("writes the same bytes whatever the number of threads, in the order of episodes")
  func threads() throws {
    let one = try traces("tmaze", "--episodes", "200", "--threads", "1", "--record", "choices")
    for threads in ["2", "7"] {
      #expect(
        try traces("tmaze", "--episodes", "200", "--threads", threads, "--record", "choices") == one
      )
    }
    #expect(try folder.traces("traces").map(\.episode) == Array(0..<200))
  }

  @Test(
    "writes what a simulation in Swift collects, byte for byte, on any number of threads",
    arguments: [
      ["tmaze", "--set", "agent.action.selection=stochastic"],
      ["gridworld", "--set", "observationNoise=0.3", "--set", "successProbability=0.7"],
      [
        "bandit.yaml", "--set", "agent.learning.A.rate=1", "--set",
        "agent.learning.A.forgetting=0.1",
      ],
    ])
  func collected(words: [String]) throws {
    try folder.write(Sample.bandit, "bandit.yaml")
    let words = words.map { $0.hasSuffix(".yaml") ? folder.file($0) : $0 }
    let arguments = ["simulate"] + words + ["--episodes", "40", "--seed", "5"]
    let one = try run(arguments + ["--threads", "1", "--output", "-"]).out
    for threads in ["2", "3"] {
      _ = try run(arguments + ["--threads", threads, "--output", folder.file("traces")])
      #expect(try folder.read("traces") == one, "\(threads) threads")
    }

    let traces = try Trace.read(contentsOf: Array(one.utf8), source: "")
    let first = try #require(traces.first)
    let reference = try #require(first.environment)
    let world: any Environment =
      switch reference.id {
      case "tmaze": try TMaze(parameters: reference.parameters)
      case "gridworld": try GridWorld(parameters: reference.parameters)
      default: try ModelEnvironment(first.model)
      }
    #expect(try collect(world, first) == one)
  }

  /// The lines of forty episodes like the first.
  private func collect(_ world: some Environment, _ first: Trace) throws -> String {
    let blueprint = try CompiledAgent(first.model, first.agent)
    let simulation = Simulation(world, steps: first.steps.count, seed: first.seed)
    var collected: [(Episode, GenerativeModel.Concentration)] = []
    try simulation.run(
      episodes: 0..<40, threads: 2, makeAgent: { try ActiveInferenceAgent(blueprint) },
      finish: { ($0, $1.concentration) },
      deliver: {
        collected.append($0)
        return true
      })
    let writer = TraceLineWriter(
      build: first.build, model: first.model, agent: first.agent, environment: first.environment,
      seed: first.seed)
    var lines: [UInt8] = []
    for (episode, final) in collected {
      writer.append(episode: Int(episode.index), steps: episode.steps, final: final, to: &lines)
    }
    return String(decoding: lines, as: UTF8.self)
  }

  @Test("writes an episode the same whether it runs alone or among others")
  func prefix() throws {
    let three = try traces("tmaze", "--episodes", "3").split(separator: "\n")
    #expect(try traces("tmaze").split(separator: "\n") == Array(three.prefix(1)))
  }

  @Test(
    "keeps of each step what the record level says and no more",
    arguments: [
      ("choices", ["action", "choice", "observation", "states", "t"]),
      (
        "beliefs",
        ["action", "beliefs", "choice", "freeEnergy", "observation", "states", "t"]
      ),
      ("full", fullKeys), ("iterates", (fullKeys + ["iterates"]).sorted()),
    ])
  func record(level: String, keys: [String]) throws {
    let text = try traces(
      "tmaze", "--record", level, "--set", "agent.inference.algorithm=cavi")
    let trace = try object(text)
    #expect(
      trace.keys.sorted() == [
        "agent", "build", "environment", "episode", "final", "format", "model", "seed", "steps",
      ])
    let steps = try #require(trace["steps"] as? [[String: Any]])
    #expect(steps.count == 7)
    for step in steps { #expect(step.keys.sorted() == keys) }
  }

  private static let fullKeys = [
    "action", "actionMarginals", "beliefs", "choice", "freeEnergy", "negativeExpectedFreeEnergy",
    "observation", "policyPosterior", "states", "t", "terms",
  ]

  @Test("keeps no step at record level none, but the counts at the end")
  func recordNone() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    _ = try traces(
      model, "--record", "none", "--set", "agent.learning.A.rate=1", "--set",
      "agent.learning.A.forgetting=0.5")
    let trace = try #require(folder.traces("traces").first)
    #expect(trace.steps.isEmpty)
    #expect(trace.final.likelihood[0] != trace.model.concentration.likelihood[0])
  }

  @Test("names every parameter of the environment in the trace, those not set too")
  func environment() throws {
    let trace = try object(traces("tmaze", "--set", "cueValidity=0.75"))
    let environment = try #require(trace["environment"] as? [String: Any])
    #expect(environment["id"] as? String == "tmaze")
    let parameters = try #require(environment["parameters"] as? [String: Any])
    #expect(parameters["cueValidity"] as? Double == 0.75)
    #expect(parameters["rewardProbability"] as? Double == 1)
    #expect(parameters.keys.contains("rewardCondition"))
  }

  @Test("writes traces to standard output and nothing else there")
  func standardOutput() throws {
    for place in ["-", "/dev/stdout"] {
      let outcome = try run(
        "simulate", "tmaze", "--episodes", "2", "--record", "choices", "--output", "-")
      #expect(outcome.code == 0)
      #expect(outcome.lines.count == 2, "\(place)")
      for line in outcome.lines { _ = try object(line) }
    }
  }

  @Test("writes through a link to a file, and leaves the link")
  func link() throws {
    let real = try folder.write("old", "real")
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: real)
    #expect(try run("simulate", "tmaze", "--output", folder.file("link")).code == 0)
    #expect(try folder.read("real").hasPrefix("{\"format\":\"aif.trace/1\""))
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link")) == real)
  }

  @Test("runs a model file as world and as model, ten steps unless told otherwise")
  func file() throws {
    let model = try folder.write(Sample.door, "door.yaml")
    _ = try traces(model)
    let trace = try #require(folder.traces("traces").first)
    #expect(trace.environment?.id == "model")
    #expect(trace.environment?.process == nil)
    #expect(trace.steps.count == 10)
    _ = try traces(model, "--steps", "3")
    #expect(try folder.traces("traces").first?.steps.count == 3)
  }

  @Test("reads a model from standard input")
  func standardInput() throws {
    let outcome = try run("simulate", "-", input: Sample.door)
    #expect(outcome.code == 0)
    #expect(outcome.out.contains("sight: open"))
  }

  @Test("gives the agent another model than the world has, and the trace has both")
  func otherModel() throws {
    let world = try folder.write(Sample.door, "world.yaml")
    let agent = try folder.write(
      Sample.door.replacing("[1, 0]}]", with: "[0, 1]}]"), "agent.yaml")
    _ = try traces(world, "--model", agent)
    let trace = try #require(folder.traces("traces").first)
    #expect(trace.model.preferences != trace.environment?.process?.preferences)
    #expect(try run("verify", folder.file("traces")).code == 0)

    _ = try traces("tmaze", "--model", mazeModel())
    #expect(try run("verify", folder.file("traces")).code == 0)
  }

  private func mazeModel() throws -> String {
    _ = try traces("tmaze", "--set", "cueValidity=0.6")
    let trace = try #require(folder.traces("traces").first)
    return try folder.write(trace.model.yamlText, "maze.yaml")
  }

  @Test("refuses a model that does not fit the world, naming the sizes")
  func mismatch() throws {
    let model = try folder.write(Sample.bandit, "bandit.yaml")
    let outcome = try run("simulate", "tmaze", "--model", model)
    #expect(outcome.code == 2)
    #expect(
      outcome.err.contains(
        "modalities: the world has where 5, reward 3, cue 3, the model win 2"), "\(outcome.err)")
    #expect(outcome.err.contains("controls: the world has move 5, the model pull 2"))
  }

  @Test("takes an environment's parameters of every kind")
  func parameters() throws {
    for setting in [
      "cueValidity=0.5", "cueValidity=1", "dependentOutcomes=true", "rewardCondition=right",
      "rewardCondition=none", "rewardCondition=null", "rewardPreference=-1e-3",
    ] {
      #expect(try run("simulate", "tmaze", "--set", setting).code == 0, "\(setting)")
    }
    #expect(try run("simulate", "gridworld", "--set", "map=S.#|..G").code == 0)
  }
}

extension String {
  /// The text with another in place of the first that is the same.
  func replacing(_ part: String, with other: String) -> String {
    guard let range = range(of: part) else { return self }
    return replacingCharacters(in: range, with: other)
  }
}
