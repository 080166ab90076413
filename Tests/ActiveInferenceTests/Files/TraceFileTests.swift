import ActiveInference
import Testing

@Suite("Trace files")
struct TraceFileTests {
  /// An episode of an agent that learns everything there is to learn.
  static func lampTrace(_ level: RecordLevel, episode: Int = 0) throws -> Trace {
    let model = try lampModel()
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .coordinateAscent
    configuration.planning.parameterInformationGain = true
    configuration.learning.likelihood = .init(rate: 0.5)
    configuration.learning.habit = .init()
    var agent = try ActiveInferenceAgent(model, configuration)
    agent.recordsIterates = level == .iterates
    let simulation = try Simulation(ModelEnvironment(model), steps: 4, seed: 7, level: level)
    let result = try simulation.run(&agent, episode: UInt64(episode))
    return Trace(
      build: "0.1.0", model: model, agent: configuration,
      environment: .init(id: "model", parameters: [:], process: nil), seed: 7, episode: episode,
      steps: result.steps, final: agent.concentration)
  }

  private func line(_ trace: Trace) -> [UInt8] {
    var bytes: [UInt8] = []
    trace.appendLine(to: &bytes)
    return bytes
  }

  private func text(_ trace: Trace) -> String { String(decoding: line(trace), as: UTF8.self) }

  /// Equality of doubles takes 0 for -0; equality of what is written does not.
  private func expectSame(_ read: [Trace], _ written: [Trace]) {
    #expect(read == written)
    #expect(read.map(text) == written.map(text))
    // A line is written without a document; it says the same.
    #expect(written.map(text) == written.map { JSONWriter.text($0.document) + "\n" })
  }

  @Test("an episode reads back bit for bit at every record level", arguments: RecordLevel.allCases)
  func roundTrip(level: RecordLevel) throws {
    let trace = try TraceFileTests.lampTrace(level)
    #expect(level == .none || trace.steps.count == 4)
    expectSame(try Trace.read(contentsOf: line(trace), source: "t"), [trace])
    expectSame(try Trace.read(contentsOf: Array(trace.jsonText.utf8), source: "t"), [trace])
    expectSame([try Trace(document: trace.document, source: "t")], [trace])
  }

  @Test("numbers of every magnitude read back with the same bits")
  func anyBits() throws {
    var random = TestRandom(state: 3)
    var trace = try TraceFileTests.lampTrace(.full)
    for round in 0..<200 {
      for t in trace.steps.indices {
        trace.steps[t].beliefs = [
          [random.anyDouble(), -0.0], (0..<3).map { _ in random.anyDouble() },
        ]
        trace.steps[t].smoothed = SmoothedBeliefs(
          windowStart: t,
          beliefs: (0...t).map { _ in
            [[random.anyDouble(), 1], (0..<3).map { _ in random.anyDouble() }]
          },
          logEvidence: t == 0 ? nil : random.anyDouble(),
          logEvidenceBound: t == 1 ? nil : random.anyDouble())
        trace.steps[t].freeEnergy = random.anyDouble()
        trace.steps[t].observation = [.distribution([0.1, 0.2, 0.7]), .missing]
        trace.steps[t].policyPosterior = (0..<6).map { _ in random.anyDouble() }
        trace.steps[t].impossible = ["light", "sound"]
      }
      trace.seed = round == 0 ? .max : random.next()
      expectSame(try Trace.read(contentsOf: line(trace), source: "t"), [trace])
    }
  }

  @Test("keys are in the order of the contract and what was left out has none")
  func keys() throws {
    let trace = try TraceFileTests.lampTrace(.iterates)
    func keys(_ value: DocumentValue?) -> [String] {
      guard case .object(let members) = value else { return [] }
      return members.map(\.key)
    }
    func member(_ value: DocumentValue, _ key: String) -> DocumentValue? {
      guard case .object(let members) = value else { return nil }
      return members.first { $0.key == key }?.value
    }
    #expect(
      keys(trace.document) == [
        "format", "build", "model", "agent", "environment", "seed", "episode", "steps", "final",
      ])
    #expect(
      keys(trace.steps[0].document) == [
        "t", "observation", "states", "beliefs", "freeEnergy", "negativeExpectedFreeEnergy",
        "terms",
        "policyPosterior", "actionMarginals", "action", "choice", "iterates",
      ])
    #expect(
      keys(member(trace.steps[0].document, "terms")) == [
        "utility", "stateInformationGain", "parameterInformationGain", "inductive",
      ])
    #expect(keys(member(trace.document, "final")) == ["concentration"])
    #expect(
      try keys(TraceFileTests.lampTrace(.choices).steps[0].document) == [
        "t", "observation", "states", "action", "choice",
      ])
    #expect(line(trace).filter { $0 == UInt8(ascii: "\n") }.count == 1)
  }

  @Test("many episodes are JSON Lines, and blank lines mean nothing")
  func lines() throws {
    let traces = try (0..<5).map { try TraceFileTests.lampTrace(.full, episode: $0) }
    var bytes: [UInt8] = []
    let first = traces[0]
    let writer = TraceLineWriter(
      build: first.build, model: first.model, agent: first.agent, environment: first.environment,
      seed: first.seed)
    for trace in traces {
      writer.append(episode: trace.episode, steps: trace.steps, final: trace.final, to: &bytes)
    }
    #expect(bytes == traces.flatMap(line))
    expectSame(try Trace.read(contentsOf: bytes, source: "t"), traces)
    let spaced = Array("\n \r\n".utf8) + line(traces[0]) + Array("\r\n\n".utf8) + line(traces[1])
    expectSame(try Trace.read(contentsOf: spaced, source: "t"), [traces[0], traces[1]])
  }

  @Test("the model and the agent of a line are its own, whatever the line before had")
  func differentLines() throws {
    let first = try TraceFileTests.lampTrace(.full)
    var second = first
    second.agent.planning.gamma = 2
    second.model = try first.model.replacing(concentration: first.final)
    #expect(second.model != first.model)
    let bytes = [first, second, first].flatMap(line)
    expectSame(try Trace.read(contentsOf: bytes, source: "t"), [first, second, first])
  }

  @Test("an environment's parameters and process read back")
  func environment() throws {
    var trace = try TraceFileTests.lampTrace(.choices)
    trace.environment = .init(
      id: "grid",
      parameters: [
        "a": .boolean(true), "size": .integer(3), "p": .number(3), "name": .text("x"),
        "unset": .none,
        "cells": .list([.list([.integer(2), .integer(3)]), .list([])]),
        "mixed": .list([.text("a"), .number(0.5), .none]),
      ], process: trace.model)
    expectSame(try Trace.read(contentsOf: line(trace), source: "t"), [trace])
    trace.environment = nil
    trace.steps = trace.steps.map { StepRecord(t: $0.t, observation: $0.observation) }
    expectSame(try Trace.read(contentsOf: line(trace), source: "t"), [trace])
    #expect(!text(trace).contains("environment"))
  }
}
