import ActiveInference
import EngineTestSupport
import TMaze
import Testing

/// What is kept of one step saves work in the next and changes nothing.
@Suite("What a search keeps") struct KeptSearchTests {
  private func settings(
    _ depth: Int, _ change: (inout AgentConfiguration) -> Void = { _ in }
  ) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.planning.method = .sophisticated
    configuration.planning.horizon = depth
    configuration.planning.sophisticated.policyThreshold = 0
    configuration.planning.sophisticated.outcomeThreshold = 0
    change(&configuration)
    return configuration
  }

  private static let walk = BehaviourRecord(
    observations: [[0, 0, 0], [3, 0, 2], [0, 0, 0], [4, 0, 0], [2, 1, 0]].map {
      $0.map { .outcome($0) }
    }, actions: [[3], [0], [4], [2]])

  @Test(
    "values, terms, nodes and gap have the same bits with and without it",
    arguments: [nil, 1, 7, 40], [InferenceSettings.Algorithm.exact, .coordinateAscent])
  func sameBits(budget: Int?, algorithm: InferenceSettings.Algorithm) throws {
    let model = try TMaze().model
    let configuration = settings(4) {
      $0.planning.budget.nodes = budget
      $0.inference.algorithm = algorithm
    }
    let keeps = try Searching(model, configuration)
    for belief in try keeps.beliefs(KeptSearchTests.walk) {
      let alone = try Searching(model, configuration).search(belief)
      let found = try keeps.search(belief)
      #expect(found == alone)
    }
  }

  @Test("the belief that the agent comes to is the one that was foreseen, bit for bit")
  func foreseen() throws {
    let searching = try Searching(TMaze().model, settings(4))
    var bytes = 0
    for (step, belief) in try searching.beliefs(KeptSearchTests.walk).enumerated() {
      _ = try searching.search(belief)
      // Nothing was forgotten, so the belief was there.
      if step > 0 { #expect(searching.planner.bytes >= bytes) }
      bytes = searching.planner.bytes
    }
  }

  @Test("an episode begins with nothing, and so does a belief that was not foreseen")
  func forgotten() throws {
    let searching = try Searching(TMaze().model, settings(3))
    let beliefs = try searching.beliefs(KeptSearchTests.walk)
    _ = try searching.search(beliefs[4])
    let alone = searching.planner.bytes
    _ = try searching.search(beliefs[0])
    _ = try searching.search(beliefs[4])
    #expect(searching.planner.bytes >= alone)
    searching.planner.begin()
    #expect(searching.planner.bytes < alone)
  }

  @Test("a search takes no more memory than it was given, and then says what is left open")
  func memory() throws {
    var random = try wide()
    let configuration = settings(6) { $0.planning.budget.mebibytes = 1 }
    let searching = try Searching(random.model, configuration)
    let joint = try searching.beliefs(random.record(steps: 1))[0]
    let found = try searching.search(joint)
    #expect(searching.planner.bytes <= 1 << 20)
    #expect(searching.planner.bytes > 1 << 19)
    #expect(found.report.nodes > 100)
    #expect(found.report.gap != nil)
    // Once more, with what was kept.
    let again = try searching.search(joint)
    #expect(again == found)
    #expect(searching.planner.bytes <= 1 << 20)
  }

  /// Many beliefs, of which few are equal.
  private func wide() throws -> RandomModel {
    var options = RandomModel.Options()
    options.largestJoint = 12
    options.fewestFactors = 2
    options.sparsity = 0
    var seed: UInt64 = 0
    while true {
      let random = try RandomModel(seed: seed, options)
      let outcomes = random.model.modalities.reduce(1) { $0 * $1.size }
      let actions = random.model.controls.reduce(1) { $0 * $1.size }
      if actions > 2 && outcomes > 6 && random.model.factors.allSatisfy({ $0.size > 1 }) {
        return random
      }
      seed += 1
    }
  }
}
