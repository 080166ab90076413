import ActiveInference
import EngineTestSupport
import GeneralizedTMaze
import Testing

@Suite("The tensors of the generalised T-maze") struct TensorTests {
  @Test("equal pymdp's, entry for entry")
  func pymdp() throws {
    for fixture in try TensorFixture.all() {
      let world = try GeneralizedTMaze(parameters: fixture.parameters)
      let process = world.world.process
      let place = Comment("\(fixture.parameters)")
      #expect(process.likelihoods.map(\.given) == fixture.likelihoodParents, place)
      #expect(
        process.likelihoods.map(\.probability.values) == fixture.likelihood.map(\.values),
        place)
      #expect(
        process.likelihoods.map(\.probability.shape) == fixture.likelihood.map(\.shape), place)
      #expect(process.transitions.map(\.given) == fixture.transitionParents, place)
      #expect(
        process.transitions.map(\.probability.values) == fixture.transition.map(\.values),
        place)
      // A set that nothing moves has no control, where pymdp gives it one of size 1.
      #expect(process.transitions[0].probability.shape == fixture.transition[0].shape, place)
      #expect(process.initialStates == fixture.initialState.map(\.values), place)
    }
  }

  @Test("the agent believes what is so, except that it never knows which cells reward")
  func agentsModel() throws {
    for fixture in try TensorFixture.all() {
      let world = try GeneralizedTMaze(parameters: fixture.parameters)
      let (model, process) = (world.model, world.world.process)
      #expect(model.likelihoods == process.likelihoods)
      #expect(model.transitions == process.transitions)
      #expect(model.preferences == process.preferences)
      #expect(model.initialStates[0] == process.initialStates[0])
      for states in model.initialStates.dropFirst() { #expect(states == [0.5, 0.5]) }
    }
  }

  @Test("the last set rewards unless told otherwise, the others distract")
  func distractors() throws {
    let small = try GeneralizedTMaze().model
    #expect(small.modalities.map(\.name) == ["location", "cue1", "cue2", "reward1", "reward2"])
    #expect(small.preferences.map { $0?.values } == [nil, nil, nil, nil, [0, 1, -3]])
    let other = try GeneralizedTMaze(parameters: [
      "maze": .text("large"), "rewardingSets": .text("1 3"), "rewardPreference": .integer(2),
    ]).model
    #expect(
      other.preferences.map { $0?.values } == [nil, nil, nil, nil, [0, 2, -3], nil, [0, 2, -3]])
  }

  @Test("every value has a label that says where")
  func labels() throws {
    let model = try GeneralizedTMaze().model
    #expect(model.factors[1] == Variable("set1", ["(0, 0)", "(1, 0)"]))
    #expect(model.factors[2] == Variable("set2", ["(1, 2)", "(0, 2)"]))
    #expect(model.modalities[2] == Variable("cue2", ["none", "(1, 2)", "(0, 2)"]))
    #expect(model.modalities[3] == Variable("reward1", ["none", "reward", "punishment"]))
    #expect(model.controls == [Variable("move", ["up", "down", "left", "right", "stay"])])
  }
}
