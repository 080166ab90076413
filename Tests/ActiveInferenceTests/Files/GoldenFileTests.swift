import ActiveInference
import Testing

@Suite("Golden files")
struct GoldenFileTests {
  /// Episodes of a lamp that is learned, each beginning with what was learned before.
  private func carried() throws -> [Trace] {
    let model = try lampModel()
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init()
    var agent = try ActiveInferenceAgent(model, configuration)
    let simulation = try Simulation(ModelEnvironment(model), steps: 3, seed: 4)
    return try (0..<3).map { index in
      let start = try model.replacing(concentration: agent.concentration)
      let episode = try simulation.run(&agent, episode: UInt64(index))
      return Trace(
        model: start, agent: configuration,
        environment: .init(id: "model", parameters: [:], process: start == model ? nil : model),
        seed: 4, episode: index, steps: episode.steps, final: agent.concentration)
    }
  }

  private func read(_ text: String) throws -> [Trace] {
    try Golden.read(contentsOf: Array(text.utf8), source: "g.json").traces
  }

  private func faults(_ text: String) -> String { messages { _ = try read(text) } }

  @Test("what is written is read, at every level", arguments: RecordLevel.allCases)
  func lossless(level: RecordLevel) throws {
    let traces = try Trace.recorded(
      of: lampModel(), steps: 4, seed: .max >> 1, episodes: 2, level: level)
    let text = try Golden(traces).text
    #expect(try read(text) == traces)
    #expect(try Golden(read(text)).text == text)
    #expect(try Trace.read(contentsOf: Array(text.utf8), source: "g.json") == traces)
  }

  @Test("it is read on one line as well")
  func compact() throws {
    let traces = try Trace.recorded(of: lampModel(), steps: 2)
    let line = try JSONWriter.text(JSONReader.read(Array(Golden(traces).text.utf8), source: ""))
    #expect(!line.contains("\n"))
    #expect(try Trace.read(contentsOf: Array(line.utf8), source: "g.json") == traces)
  }

  @Test("every bit comes back: the smallest number, the largest, and the sign of zero")
  func bits() throws {
    var trace = try Trace.recorded(of: lampModel(), steps: 1)[0]
    let numbers = [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1 + 0.2, 1.0 / 3]
    for number in numbers {
      trace.steps[0].freeEnergy = number
      let found = try #require(try read(Golden([trace]).text)[0].steps[0].freeEnergy)
      #expect(found.bitPattern == number.bitPattern)
    }
  }

  @Test("episodes that carry counts on keep those that they began with")
  func carriesCounts() throws {
    let traces = try carried()
    #expect(traces[1].model != traces[0].model)
    let text = try Golden(traces).text
    #expect(try read(text) == traces)
    // The model stands there once.
    #expect(text.ranges(of: "\"factors\"").count == 1)
  }

  @Test("a change of one belief is one changed line")
  func oneLine() throws {
    let trace = try Trace.recorded(of: lampModel(), steps: 3)[0]
    var changed = trace
    changed.steps[1].beliefs?[0] = [0.25, 0.75]
    let lines = try Golden([trace]).text.split(separator: "\n")
    let others = try Golden([changed]).text.split(separator: "\n")
    #expect(lines.count == others.count)
    #expect(zip(lines, others).count { $0 != $1 } == 1)
  }

  @Test("the layout is this one")
  func layout() throws {
    var trace = try Trace.recorded(of: lampModel(), steps: 1)[0]
    trace.steps[0].terms = PolicyTerms(
      utility: [1, 2, 3, 4, 5, 6], stateInformationGain: [0, 0, 0, 0, 0, 0.5],
      parameterInformationGain: [0, 0, 0, 0, 0, 0], inductive: [0, 0, 0, 0, 0, 0])
    trace.steps[0].beliefs = [[0.25, 0.75], [1, 0, 0]]
    trace.steps[0].negativeExpectedFreeEnergy = nil
    trace.steps[0].policyPosterior = nil
    trace.steps[0].actionMarginals = nil
    trace.steps[0].freeEnergy = 0.5
    trace.steps[0].observation = [.missing, .distribution([0.5, 0.5])]
    trace.steps[0].states = [1, 2]
    trace.steps[0].action = [0, 1]
    trace.steps[0].choice = [0, 1]
    let text = try Golden([trace]).text
    #expect(
      text.hasPrefix("{\n  \"format\": \"aif.golden/1\",\n  \"build\": \"\(Build.version)\",\n"))
    let steps = try #require(text.firstRange(of: "\"episodes\""))
    #expect(
      text[steps.lowerBound...].hasPrefix(
        """
        "episodes": [
            {
              "episode": 0,
              "steps": [
                {
                  "t": 0,
                  "observation": [
                    null,
                    [0.5, 0.5]
                  ],
                  "states": [1, 2],
                  "beliefs": [
                    [0.25, 0.75],
                    [1.0, 0.0, 0.0]
                  ],
                  "freeEnergy": 0.5,
                  "terms": {
                    "utility": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
                    "stateInformationGain": [0.0, 0.0, 0.0, 0.0, 0.0, 0.5],
                    "parameterInformationGain": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
                    "inductive": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
                  },
                  "action": [0, 1],
                  "choice": [0, 1]
                }
              ],
              "final": {
        """))
  }

  @Test("traces that do not belong together are refused, each with its reason")
  func together() throws {
    let trace = try Trace.recorded(of: lampModel(), steps: 1)[0]
    var (seed, agent, build, environment, model) = (trace, trace, trace, trace, trace)
    seed.seed = 7
    agent.agent.planning.gamma = 3
    build.build = "0"
    environment.environment = nil
    var description = ModelDescription(trace.model)
    description.name = "other"
    model.model = try GenerativeModel(description)
    let remedy = "give it a golden of its own"
    #expect(
      messages { _ = try Golden([trace, seed, agent, build, environment, model]) } == """
        golden: traces[1].seed: is 7, that of the first trace 0; \(remedy)
        golden: traces[2].agent: is not that of the first trace; \(remedy)
        golden: traces[3].build: is not that of the first trace; \(remedy)
        golden: traces[4].environment: is not that of the first trace; \(remedy)
        golden: traces[5].model: is not that of the first trace, nor that with other counts; \(remedy)
        """)
    #expect(messages { _ = try Golden([]) } == "golden: holds no trace")
  }

  @Test("what no file can hold is a fault, not a trap")
  func unwritable() throws {
    var trace = try Trace.recorded(of: lampModel(), steps: 2)[0]
    trace.steps[1].freeEnergy = .nan
    trace.steps[1].terms?.utility[0] = .infinity
    #expect(
      messages { _ = try Golden([trace]) } == """
        golden: traces[0].steps[1].freeEnergy: is nan; a file holds finite numbers
        golden: traces[0].steps[1].terms.utility[0]: is inf; a file holds finite numbers
        """)
    trace = try Trace.recorded(of: lampModel(), steps: 2)[0]
    trace.steps[1].beliefs?[0] = [1]
    #expect(
      messages { _ = try Golden([trace]) }
        == "golden: episodes[0].steps[1].beliefs[lamp]: has 1 numbers for 2 states")
  }

  @Test("faults of a file name it and the place in it, all at once")
  func places() throws {
    var text = try Golden(Trace.recorded(of: lampModel(), steps: 2, episodes: 2)).text
    text = text.replacing("\"t\": 1,", with: "\"t\": 2,")
      .replacing("\"gamma\": 16.0", with: "\"gamma\": -1.0")
      .replacing("\"episode\": 1,", with: "\"episod\": 1,")
    #expect(
      faults(text) == """
        g.json: agent.planning.gamma: is -1.0; give a finite number, 0 or more
        g.json: episodes[0].steps[1].t: is 2, expected 1
        g.json: episodes[1]: unknown key 'episod'; did you mean 'episode'?
        g.json: episodes[1]: key 'episode' is missing
        g.json: episodes[1].steps[1].t: is 2, expected 1
        """)
    #expect(
      faults("{\"format\": \"aif.golden/1\", \"episodes\": []}").contains("episodes: is empty"))
    #expect(faults("{\"format\": \"aif.golden/2\"}").contains("this build reads aif.golden/1"))
  }

  @Test("it takes at most a quarter more than the same episodes line by line")
  func size() throws {
    let traces = try Trace.recorded(of: lampModel(), steps: 6, episodes: 10)
    var lines: [UInt8] = []
    for trace in traces { trace.appendLine(to: &lines) }
    let text = try Golden(traces).text
    #expect(text.utf8.count < lines.count * 5 / 4)
  }
}
