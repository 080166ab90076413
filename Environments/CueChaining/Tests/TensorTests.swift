import ActiveInference
import CueChaining
import EngineTestSupport
import Testing

@Suite("The tensors of cue chaining") struct TensorTests {
  @Test("equal pymdp's, entry for entry")
  func pymdp() throws {
    for fixture in try TensorFixture.all() {
      let world = try CueChaining(parameters: fixture.parameters)
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
      // A cue that nothing moves has no control, where pymdp gives it one of size 1.
      #expect(
        process.transitions[0].probability.shape == fixture.transition[0].shape, place)
      #expect(process.initialStates == fixture.initialState.map(\.values), place)
    }
  }

  @Test("the agent believes what is so, except that it never knows the cue and the cheese")
  func agentsModel() throws {
    for fixture in try TensorFixture.all() {
      let world = try CueChaining(parameters: fixture.parameters)
      let (model, process) = (world.model, world.world.process)
      #expect(model.likelihoods == process.likelihoods)
      #expect(model.transitions == process.transitions)
      #expect(model.preferences == process.preferences)
      let cues = model.factors[1].size
      #expect(
        model.initialStates == [
          process.initialStates[0], [Double](repeating: 1 / Double(cues), count: cues), [0.5, 0.5],
        ])
    }
  }

  @Test("every value has a label that says where")
  func labels() throws {
    let model = try CueChaining().model
    #expect(
      model.factors[1] == Variable("cue2", ["L1 (0, 2)", "L2 (1, 3)", "L3 (3, 3)", "L4 (4, 2)"]))
    #expect(model.factors[2] == Variable("reward", ["top (1, 5)", "bottom (3, 5)"]))
    #expect(model.modalities[2] == Variable("cue2", ["none", "top (1, 5)", "bottom (3, 5)"]))
    #expect(model.modalities[3] == Variable("reward", ["none", "cheese", "shock"]))
    #expect(model.controls == [Variable("move", ["up", "down", "left", "right", "stay"])])
    #expect(model.factors[0].label(8) == "(1, 1)")
  }

  @Test("without staying there are the other four moves, which do what they did")
  func withoutStay() throws {
    let five = try CueChaining().model
    let four = try CueChaining(parameters: ["includeStay": .boolean(false)]).model
    #expect(four.controls == [Variable("move", ["up", "down", "left", "right"])])
    #expect(four.likelihoods == five.likelihoods)
    let kept = five.transitions[0].probability.values.enumerated().filter { $0.offset % 5 < 4 }
    #expect(four.transitions[0].probability.values == kept.map(\.element))
  }

  @Test("cheese is worth 2 nats and shock -4 unless given")
  func preferences() throws {
    #expect(try CueChaining().model.preferences.map { $0?.values } == [nil, nil, nil, [0, 2, -4]])
    let given = try CueChaining(parameters: [
      "cheesePreference": .integer(3), "shockPreference": .number(-6),
    ])
    #expect(given.model.preferences[3]?.values == [0, 3, -6])
  }
}
