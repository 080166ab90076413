import ActiveInference
import EngineTestSupport
import TMaze
import Testing

@Suite("The T-mazes' tensors") struct TensorTests {
  @Test("equal pymdp's, entry for entry")
  func pymdp() throws {
    for fixture in try TensorFixture.all() {
      let process = try fixture.maze().process
      let place = Comment("\(fixture.environment) \(fixture.parameters)")
      let locations = process.factors[0].size
      #expect(process.likelihoods.count == fixture.likelihood.count, place)
      for (ours, theirs) in zip(process.likelihoods, fixture.likelihood) {
        // Where ours depends on the location alone, theirs may repeat it for both contexts.
        let repeats = theirs.shape.count - ours.probability.shape.count
        #expect(ours.given == (repeats == 0 && theirs.shape.count == 3 ? [0, 1] : [0]), place)
        #expect(ours.probability.shape.last == (ours.given == [0] ? locations : 2), place)
        let values = ours.probability.values.flatMap {
          [Double](repeating: $0, count: repeats == 0 ? 1 : 2)
        }
        #expect(values == theirs.values, place)
      }
      #expect(
        process.transitions.map(\.probability.values) == fixture.transition.map(\.values), place)
      #expect(process.transitions[0].probability.shape == fixture.transition[0].shape, place)
      #expect(process.initialStates == fixture.initialState.map(\.values), place)
    }
  }

  @Test("the agent believes what is so, except that it never knows the context")
  func agentsModel() throws {
    for fixture in try TensorFixture.all() {
      let (model, process) = try fixture.maze()
      #expect(model.likelihoods == process.likelihoods)
      #expect(model.transitions == process.transitions)
      #expect(model.preferences == process.preferences)
      #expect(model.initialStates == [process.initialStates[0], [0.5, 0.5]])
    }
  }

  @Test("every value has a label")
  func labels() throws {
    let maze = try TMaze().model
    #expect(maze.factors[0] == Variable("location", ["centre", "left", "right", "cue", "middle"]))
    #expect(maze.factors[1] == Variable("context", ["reward left", "reward right"]))
    #expect(maze.modalities[1] == Variable("reward", ["none", "reward", "punishment"]))
    #expect(maze.modalities[2] == Variable("cue", ["none", "left", "right"]))
    #expect(maze.controls == [Variable("move", ["centre", "left", "right", "cue", "middle"])])
    #expect(
      try SimplifiedTMaze().model.modalities[0]
        == Variable("where", ["centre", "left", "right", "cue left", "cue right"]))
    #expect(try LegacyTMaze().model.modalities[2] == Variable("cue", ["left", "right"]))
    for model in [maze, try SimplifiedTMaze().model, try LegacyTMaze().model] {
      for variable in model.factors + model.modalities + model.controls {
        #expect(variable.labels != nil, "\(model.name), \(variable.name)")
      }
    }
  }

  @Test("preferences are those of pymdp's notebooks unless given")
  func preferences() throws {
    #expect(try TMaze().model.preferences[1]?.values == [0, 2, -3])
    #expect(try SimplifiedTMaze().model.preferences[1]?.values == [0, 2, -3])
    #expect(try LegacyTMaze().model.preferences[1]?.values == [0, 3, -3])
    let given = try TMaze(parameters: [
      "rewardPreference": .integer(1), "punishmentPreference": .number(-0.5),
    ])
    #expect(given.model.preferences[1]?.values == [0, 1, -0.5])
  }
}

extension TensorFixture {
  /// Our maze of the same parameters: what the agent believes and what is so.
  fileprivate func maze() throws -> (model: GenerativeModel, process: GenerativeModel) {
    switch environment {
    case TMaze.identifier:
      let maze = try TMaze(parameters: parameters)
      return (maze.model, maze.world.process)
    case SimplifiedTMaze.identifier:
      let maze = try SimplifiedTMaze(parameters: parameters)
      return (maze.model, maze.world.process)
    default:
      let maze = try LegacyTMaze(parameters: parameters)
      return (maze.model, maze.world.process)
    }
  }
}
