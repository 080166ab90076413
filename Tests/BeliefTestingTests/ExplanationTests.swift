import ActiveInference
import BeliefTesting
import Testing

/// Every cause is made by the change it names, where that can be with the engine itself.
@Suite("An explanation names the likely cause")
struct ExplanationTests {
  /// What the agent of ``forkTrace(_:)`` does when something is changed.
  private func run(
    _ text: String = fork, seed: UInt64 = 2, episode: UInt64 = 0, parts: AgentParts = AgentParts(),
    process: String? = nil, _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) throws -> Trace {
    func model(_ text: String) throws -> GenerativeModel {
      try GenerativeModel(contentsOf: Array(text.utf8), source: "fork.yaml")
    }
    var configuration = AgentConfiguration()
    configuration.planning.horizon = 2
    change(&configuration)
    let believed = try model(text)
    let world = try model(process ?? text)
    var agent = try ActiveInferenceAgent(believed, configuration, parts: parts)
    let simulation = try Simulation(ModelEnvironment(world), steps: 5, seed: seed)
    let episode = try simulation.run(&agent, episode: episode)
    return Trace(
      model: believed, agent: configuration,
      environment: .init(
        id: "model", parameters: [:], process: world == believed ? nil : world),
      seed: seed, episode: Int(episode.index), steps: episode.steps, final: agent.concentration)
  }

  private func explained(_ expected: Trace, _ actual: Trace) throws -> Explanation {
    let found = try #require(explanation(expected: expected, actual: actual))
    #expect(found.difference == firstDifference(expected: expected, actual: actual))
    return found
  }

  @Test("nothing is explained where there is no difference, even of another model")
  func nothing() throws {
    let trace = try run()
    var renamed = trace
    renamed.seed = 9
    #expect(explanation(expected: trace, actual: renamed) == nil)
    var nudged = trace
    nudged.steps[0].freeEnergy? += 1e-13
    #expect(explanation(expected: trace, actual: nudged) != nil)
    #expect(
      explanation(
        expected: trace, actual: nudged, tolerances: try Tolerances(.absolute(1e-12))) == nil)
  }

  @Test("the model: the first entry of B that differs, and how many do")
  func model() throws {
    let changed = fork.replacing(
      "controls: [go], probability: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]",
      "controls: [go], probability: [[1, 0.1, 0], [0, 0.9, 0], [0, 0, 1]]")
    let found = try explained(run(), run(changed))
    guard case .model(let changes) = found.cause else { throw Unexpected(found) }
    #expect(changes.first.place == "B[place], (fork | go left)")
    #expect(changes.count == 2)
    #expect(found.alsoChanged == [])
    #expect(
      "\(found)".hasSuffix(
        "Likely cause: the model changed: B[place], (fork | go left): 0.0 became 0.1, "
          + "and 1 more entry."))
  }

  @Test(
    "the model: whatever is different in it has a place",
    arguments: [
      ("logPreference: [0, 2]", "logPreference: [0, 3]", "C[reward], reward: 2.0 became 3.0"),
      ("D: [{factor: place, probability: [1, 0, 0]}]", "", "D[place]: a table became nothing"),
      ("counts: [3, 2]", "counts: [2, 3]", "D[context], left pays: 0.6 became 0.4"),
      (
        "counts: [1, 1, 1, 1, 2, 1, 1, 1, 1]", "counts: [1, 1, 1, 1, 1, 1, 1, 1, 1]",
        "E, policy 0: 0.1 became 0.1111111111111111"
      ),
      (
        "[[4, 4], [1, 7], [8, 1]]", "[[4, 4], [2, 7], [8, 1]]",
        "A[reward], (none | left, left pays): 0.1111111111111111 became 0.2"
      ),
    ])
  func places(old: String, new: String, change: String) throws {
    let found = try explained(run(), run(fork.replacing(old, new)))
    guard case .model(let changes) = found.cause else { throw Unexpected(found) }
    #expect("\(changes.first)" == change)
  }

  @Test("the model: a variable that is called otherwise comes before all tables")
  func variables() throws {
    let other = fork.replacing("labels: [left pays, right pays]", "labels: [left pays, right wins]")
    // Nothing that is recorded has names in it.
    #expect(explanation(expected: try run(), actual: try run(other)) == nil)
    let found = try explained(run(), run(other.replacing("[0, 2]", "[0, 3]")))
    #expect(
      "\(found.cause)" == "the model changed: factors[1]: context (left pays, right pays) became "
        + "context (left pays, right wins)")
  }

  @Test("the agent: key path and both values")
  func agent() throws {
    let found = try explained(run(), run { $0.planning.gamma = 8 })
    #expect(
      "\(found.cause)" == "the agent's configuration changed: planning.gamma: 16.0 became 8.0")
    #expect(found.difference.quantity == "policyPosterior")
  }

  @Test("the seed and the number of the episode")
  func chance() throws {
    #expect("\(try explained(run(), run(seed: 3)).cause)" == "the seed changed: seed: 2 became 3")
    #expect(
      "\(try explained(run(), run(episode: 4)).cause)"
        == "it is another episode: episode: 0 became 4")
  }

  @Test("what has changed besides is told as well")
  func several() throws {
    let found = try explained(run(), run(fork.replacing("[0, 2]", "[0, 3]"), seed: 3))
    #expect(found.alsoChanged.count == 1)
    #expect("\(found)".hasSuffix(": 2.0 became 3.0.\nBesides, the seed changed: seed: 2 became 3."))
  }

  @Test("the data: the world, an observation, an action that was not chosen")
  func data() throws {
    let other = fork.replacing("counts: [3, 2]", "counts: [200, 0.01]")
    let world = try explained(run(process: fork.replacing("fork,", "fork ,")), run(process: other))
    #expect("\(world.cause)".hasPrefix("the data changed with the environment: D[context], left"))

    let expected = try run()
    let blueprint = try CompiledAgent(expected.model, expected.agent)
    /// What the agent makes of the same record with something changed.
    func replayed(_ change: (inout BehaviourRecord) -> Void) throws -> Trace {
      var record = BehaviourRecord(
        observations: expected.steps.map(\.observation),
        actions: expected.steps.compactMap(\.action))
      change(&record)
      var trace = expected
      trace.steps = try ActiveInferenceAgent(blueprint).replay(record)
      for index in trace.steps.indices { trace.steps[index].states = expected.steps[index].states }
      return trace
    }
    #expect(explanation(expected: expected, actual: try replayed { _ in }) == nil)
    let observed = try explained(expected, replayed { $0.observations[2][1] = .missing })
    guard case .data(let difference) = observed.cause else { throw Unexpected(observed) }
    #expect(difference.quantity == "observation" && difference.step == 2)
    let acted = try explained(expected, replayed { $0.actions[4] = [0] })
    guard case .data(let action) = acted.cause else { throw Unexpected(acted) }
    #expect(action.quantity == "action" && action.step == 4)
  }

  @Test("the algorithm: the stage of the first quantity that differs by more than rounding")
  func algorithm() throws {
    struct Vague: BeliefUpdating {
      func belief(prior: [[Double]], observation: [Observation]) -> [[Double]] { prior }
    }
    struct Indifferent: PolicyScoring {
      func scores(of policies: PolicySet, belief: [[Double]]) -> [Double] {
        Array(repeating: 0, count: policies.count)
      }
    }
    struct Stubborn: ActionChoosing {
      func action(
        policyPosterior: [Double], policies: PolicySet, using random: inout RandomStream
      ) -> [Int] { [0] }
    }
    func stage(_ parts: AgentParts) throws -> Explanation.Stage? {
      let found = try explained(run(), run(parts: parts))
      guard case .algorithm(let stage, _) = found.cause else { throw Unexpected(found) }
      return stage
    }
    #expect(try stage(AgentParts(beliefs: Vague())) == .inference)
    #expect(try stage(AgentParts(scores: Indifferent())) == .planning)
    #expect(try stage(AgentParts(actions: Stubborn())) == .selection)

    let learned = try run { $0.learning.likelihood = .init() }
    var forgotten = learned
    forgotten.final = forgotten.model.concentration
    let found = try explained(learned, forgotten)
    guard case .algorithm(.learning, let count) = found.cause else { throw Unexpected(found) }
    #expect(count.quantity == "final.concentration.A")
  }

  @Test("the algorithm: rounding that comes before does not hide it")
  func algorithmBehindRounding() throws {
    let trace = try run()
    var changed = trace
    changed.steps[0].freeEnergy? += 1e-14
    changed.steps[3].policyPosterior?[2] += 1e-3
    let found = try explained(trace, changed)
    #expect(found.difference.quantity == "freeEnergy")
    guard case .algorithm(.planning, let beyond) = found.cause else { throw Unexpected(found) }
    #expect(beyond.step == 3)
  }

  @Test("the arithmetic: how many numbers differ by rounding, and the one that differs most")
  func arithmetic() throws {
    let trace = try run { $0.learning.likelihood = .init() }
    var nudged = trace
    nudged.steps[1].beliefs?[1][0] = try #require(trace.steps[1].beliefs)[1][0].nextUp
    nudged.steps[2].freeEnergy? += 1e-13
    nudged.final.likelihood[1] = nudged.final.likelihood[1]?.mapStored { $0.nextUp }
    let found = try explained(trace, nudged)
    guard case .arithmetic(let count, let largest) = found.cause else { throw Unexpected(found) }
    #expect(count == 2 + 12)
    #expect(largest.step == 2 && largest.quantity == "freeEnergy")
    nudged.steps[2].freeEnergy? += 1e-9
    guard case .algorithm = try explained(trace, nudged).cause else { throw Unexpected(found) }
  }

  @Test("the energies are those of the step and the one before, terms those of the policy")
  func energies() throws {
    let trace = try run()
    var changed = trace
    changed.steps[1].terms?.utility[5] += 0.5
    changed.steps[1].freeEnergy? += 0
    let found = try explained(trace, changed)
    #expect(Set(found.energies.map(\.step)) == [0, 1])
    #expect(
      found.energies.map(\.quantity).prefix(6) == [
        "freeEnergy", "utility", "stateInformationGain", "parameterInformationGain", "inductive",
        "negativeExpectedFreeEnergy",
      ])
    #expect(Set(found.energies.compactMap(\.policy)) == ["5 (left, then right)"])
    let utility = try #require(trace.steps[1].terms).utility[5]
    let row = try #require(found.energies.first { $0.step == 1 && $0.quantity == "utility" })
    #expect(row.expected == utility && row.actual == utility + 0.5)
    #expect("\(found)".contains("step 1, policy 5 (left, then right), utility"))

    // As far as recorded: beliefs alone have a free energy alone.
    var (low, lower) = (trace, changed)
    low.steps = low.steps.map { $0.reduced(to: .beliefs) }
    lower.steps = lower.steps.map { $0.reduced(to: .beliefs) }
    lower.steps[0].beliefs?[0][0] = 0.5
    #expect(try explained(low, lower).energies.map(\.quantity) == ["freeEnergy"])
    lower.steps = lower.steps.map { $0.reduced(to: .choices) }
    lower.steps[0].choice = [0]
    low.steps = low.steps.map { $0.reduced(to: .choices) }
    #expect(try explained(low, lower).energies == [])
  }
}

/// An explanation that is not the one looked for.
private struct Unexpected: Error, CustomStringConvertible {
  let description: String
  init(_ explanation: Explanation) { description = "\(explanation)" }
}

extension String {
  /// The text with one part replaced, which must be there.
  fileprivate func replacing(_ old: String, _ new: String) -> String {
    precondition(contains(old), "no \(old)")
    return replacing(old, with: new)
  }
}
