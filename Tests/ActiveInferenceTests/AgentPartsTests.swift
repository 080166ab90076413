import ActiveInference
import EngineTestSupport
import Testing

@Suite("Replaced parts") struct AgentPartsTests {
  /// Believes the prior, whatever is seen.
  private struct Stubborn: BeliefUpdating {
    func belief(prior: [[Double]], observation: [Observation]) -> [[Double]] { prior }
  }

  /// Believes in the first state of one factor too few.
  private struct Short: BeliefUpdating {
    func belief(prior: [[Double]], observation: [Observation]) -> [[Double]] { [[1, 0, 0, 0, 0]] }
  }

  /// Believes what is no distribution.
  private struct Unsound: BeliefUpdating {
    func belief(prior: [[Double]], observation: [Observation]) -> [[Double]] {
      [[1, 0, 0, 0, 0], [0.7, 0.7]]
    }
  }

  /// Likes policies by their last action.
  private struct Whim: PolicyScoring {
    func scores(of policies: PolicySet, belief: [[Double]]) -> [Double] {
      (0..<policies.count).map { Double(policies.policy($0).last?.first ?? 0) }
    }
  }

  private struct Few: PolicyScoring {
    func scores(of policies: PolicySet, belief: [[Double]]) -> [Double] { [1] }
  }

  /// Does what the step's stream says.
  private struct Dice: ActionChoosing {
    func action(
      policyPosterior: [Double], policies: PolicySet, using random: inout RandomStream
    ) -> [Int] {
      [random.categorical([1, 1, 1, 1, 1])]
    }
  }

  private let seen: [Observation] = [.outcome(0), .outcome(0), .outcome(0)]

  @Test("beliefs come from the part, and planning goes on from them")
  func beliefs() throws {
    let agent = try ActiveInferenceAgent(
      SampleModels.tMaze(), parts: AgentParts(beliefs: Stubborn()))
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(4), .outcome(2), .outcome(2)])
    #expect(agent.beliefs == [[1, 0, 0, 0, 0], [0.5, 0.5]])
    var record = StepRecord(t: 0, observation: seen)
    agent.describe(&record, level: .full)
    #expect(record.freeEnergy == nil)
    #expect(record.choice == [3])
    try agent.took([3])
    _ = try agent.act(on: [.missing, .missing, .missing])
    #expect(agent.beliefs[0] == [0, 0, 0, 1, 0])
  }

  @Test("beliefs that are none are refused")
  func unsoundBeliefs() throws {
    for (part, message) in [
      (Short() as any BeliefUpdating, "step 0: beliefs: 1 factors for 2"),
      (Unsound(), "step 0: beliefs[context]: is not a distribution over its states"),
    ] {
      let agent = try ActiveInferenceAgent(SampleModels.tMaze(), parts: AgentParts(beliefs: part))
      let failure = #expect(throws: AgentFailure.self) { try agent.act(on: seen) }
      #expect(failure?.description == message)
    }
  }

  @Test("scores come from the part; gamma and habit still apply")
  func scores() throws {
    var description = ModelDescription(try SampleModels.tMaze())
    description.habit = [0.2, 0.2, 0.2, 0.4, 0]
    let agent = try ActiveInferenceAgent(
      GenerativeModel(description), parts: AgentParts(scores: Whim()))
    agent.begin(seed: 0, episode: 0)
    #expect(try agent.act(on: seen) == [3])
    var record = StepRecord(t: 0, observation: seen)
    agent.describe(&record, level: .full)
    #expect(record.negativeExpectedFreeEnergy == [0, 1, 2, 3, 4])
    #expect(record.terms == nil)
    #expect(record.policyPosterior?[4] == 0)
  }

  @Test("scores of another number than policies are refused")
  func fewScores() throws {
    let agent = try ActiveInferenceAgent(SampleModels.tMaze(), parts: AgentParts(scores: Few()))
    let failure = #expect(throws: (any Error).self) { try agent.act(on: seen) }
    #expect(failure.map { "\($0)" }?.contains("1 scores for 5 policies") == true)
  }

  /// Answers with actions that no model has.
  private struct Lost: ActionChoosing {
    let answer: [Int]
    func action(
      policyPosterior: [Double], policies: PolicySet, using random: inout RandomStream
    ) -> [Int] { answer }
  }

  @Test("actions that are none are refused, and so are such that are said to have been taken")
  func unsoundActions() throws {
    for answer in [[], [5], [-1], [0, 0]] {
      let agent = try ActiveInferenceAgent(
        SampleModels.tMaze(), parts: AgentParts(actions: Lost(answer: answer)))
      let failure = #expect(throws: AgentFailure.self) { try agent.act(on: seen) }
      #expect(
        failure?.description == "step 0: actions: \(answer) is no action of this model;"
          + " give each of the 1 controls one in its range")
      #expect(throws: InvalidInput.self) { try agent.took(answer) }
    }
  }

  @Test("actions come from the part, from a stream of the step's own")
  func actions() throws {
    let agent = try ActiveInferenceAgent(SampleModels.tMaze(), parts: AgentParts(actions: Dice()))
    func walk(_ seed: UInt64) throws -> [[Int]] {
      agent.begin(seed: seed, episode: 0)
      return try (0..<30).map { _ in try agent.act(on: [.missing, .missing, .missing]) }
    }
    let first = try walk(1)
    #expect(Set(first).count == 5)
    #expect(try walk(1) == first)
    #expect(try walk(2) != first)
  }
}
