import ActiveInference
import Conformance
import EngineTestSupport
import Testing

/// Data are counted once.
@Suite("Learning") struct LearningTests {
  private func total(_ tensor: Tensor?) -> Double { tensor?.values.reduce(0, +) ?? .nan }

  /// The T-maze agent that counts, after a walk of so many steps.
  private func walk(
    _ steps: Int, _ model: GenerativeModel? = nil, seed: UInt64 = 5,
    _ change: (inout AgentConfiguration) -> Void
  ) throws -> ActiveInferenceAgent {
    let model = try model ?? SampleModels.tMaze(counts: true)
    var configuration = AgentConfiguration()
    change(&configuration)
    var agent = try ActiveInferenceAgent(model, configuration)
    let world = try ModelEnvironment(SampleModels.tMaze())
    _ = try Simulation(world, steps: steps, seed: seed, level: .none).run(&agent, episode: 0)
    return agent
  }

  @Test(
    "10 observations add 10 counts to a modality, 9 to a factor",
    arguments: ["exact", "cavi", "fpi"])
  func conservation(scheme: String) throws {
    let agent = try walk(10) {
      $0.inference.algorithm = .init(rawValue: scheme) ?? .automatic
      $0.learning.likelihood = .init()
      $0.learning.transition = .init()
    }
    let first = agent.blueprint.model.concentration
    let learned = agent.concentration
    for modality in 1...2 {
      let gained = total(learned.likelihood[modality]) - total(first.likelihood[modality])
      #expect(abs(gained - 10) < 1e-12, "modality \(modality) gained \(gained)")
    }
    let gained = total(learned.transition[0]) - total(first.transition[0])
    #expect(abs(gained - 9) < 1e-12, "location gained \(gained)")
  }

  @Test("what is missing adds nothing")
  func missing() throws {
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init()
    let agent = try ActiveInferenceAgent(SampleModels.tMaze(counts: true), configuration)
    agent.begin(seed: 0, episode: 0)
    _ = try agent.act(on: [.outcome(0), .missing, .outcome(0)])
    let first = agent.blueprint.model.concentration.likelihood
    #expect(agent.concentration.likelihood[1] == first[1])
    #expect(abs(total(agent.concentration.likelihood[2]) - total(first[2]) - 1) < 1e-12)
  }

  @Test("what cannot be stays impossible")
  func structuralZeros() throws {
    for seed in 0..<30 as Range<UInt64> {
      var options = RandomModel.Options()
      options.counts = true
      options.sparsity = 0.4
      var random = try RandomModel(seed: 4000 + seed, options)
      var configuration = AgentConfiguration()
      configuration.learning.likelihood = .init(rate: 2)
      configuration.learning.transition = .init(rate: 2)
      configuration.inference.algorithm = seed % 2 == 0 ? .exact : .coordinateAscent
      let agent = try ActiveInferenceAgent(random.model, configuration)
      _ = try agent.replay(random.record(steps: 6))
      let first = random.model.concentration.named(random.model)
      for (name, table) in agent.concentration.named(random.model) {
        for (now, before) in zip(table.values, first[name]?.values ?? []) {
          #expect(before > 0 || now == 0, "model \(seed), \(name): \(now)")
        }
      }
    }
  }

  @Test("each update loses a share of what was learned, never of what the model came with")
  func forgetting() throws {
    // The state is certain: every observation adds exactly one count to one cell.
    var description = ModelDescription()
    description.factors = [Variable("state", size: 1)]
    description.modalities = [Variable("coin", ["head", "tail"])]
    description.likelihoods = [.init("coin", given: ["state"])]
    description.transitions = [.init("state", given: [], controls: [], Tensor(shape: [1], [1]))]
    description.likelihoodCounts = [.init("coin", Tensor(shape: [2, 1], [3, 1]))]
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init(rate: 0.5, forgetting: 0.2)
    let agent = try ActiveInferenceAgent(GenerativeModel(description), configuration)
    agent.begin(seed: 0, episode: 0)
    var head = 3.0
    var tail = 1.0
    for outcome in [0, 1, 1, 0, 1] {
      _ = try agent.act(on: [.outcome(outcome)])
      head = 3 + 0.8 * (head - 3) + (outcome == 0 ? 0.5 : 0)
      tail = 1 + 0.8 * (tail - 1) + (outcome == 1 ? 0.5 : 0)
    }
    var differences = Differences(tolerance: 1e-14)
    differences.compare(
      agent.concentration.likelihood[0]?.values ?? [], [head, tail], "counts of the coin")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("only the modalities and factors that are named learn")
  func subsets() throws {
    let agent = try walk(6) {
      $0.learning.likelihood = .init(subset: ["cue"])
      $0.learning.transition = .init(subset: ["location"])
    }
    let first = agent.blueprint.model.concentration
    #expect(agent.concentration.likelihood[1] == first.likelihood[1])
    #expect(agent.concentration.likelihood[2] != first.likelihood[2])
    #expect(agent.concentration.transition[0] != first.transition[0])
  }

  @Test("an agent that forgets is as it was made")
  func forget() throws {
    var agent = try walk(6) {
      $0.learning.likelihood = .init()
      $0.learning.transition = .init()
    }
    let world = try ModelEnvironment(SampleModels.tMaze())
    let simulation = Simulation(world, steps: 5, seed: 9)
    let learned = try simulation.run(&agent, episode: 0)
    agent.forget()
    #expect(agent.concentration == agent.blueprint.model.concentration)
    var fresh = try ActiveInferenceAgent(agent.blueprint)
    let forgotten = try simulation.run(&agent, episode: 0)
    #expect(try simulation.run(&fresh, episode: 0) == forgotten)
    #expect(learned != forgotten)
  }

  @Test("agents that share what is compiled do not learn from one another")
  func shared() throws {
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init()
    let blueprint = try CompiledAgent(SampleModels.tMaze(counts: true), configuration)
    let one = try ActiveInferenceAgent(blueprint)
    let other = try ActiveInferenceAgent(blueprint)
    _ = try one.act(on: [.outcome(0), .outcome(0), .outcome(0)])
    #expect(one.concentration != other.concentration)
    #expect(other.concentration == blueprint.model.concentration)
  }
}
