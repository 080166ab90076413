import ActiveInference
import EngineTestSupport
import GridWorld
import Testing

@Suite("The grid world's tensors") struct TensorTests {
  @Test("equal pymdp's, entry for entry")
  func pymdp() throws {
    for fixture in try TensorFixture.all() {
      let model = try GridWorld(parameters: fixture.parameters).model
      let place = Comment("\(fixture.parameters)")
      #expect(same(model.likelihoods[0].probability, fixture.likelihood[0]), place)
      #expect(same(model.transitions[0].probability, fixture.transition[0]), place)
      #expect(model.initialStates[0] == fixture.initialState[0].values, place)
    }
  }

  @Test("a move that always fails stays where it is")
  func certainFailure() throws {
    let model = try GridWorld(parameters: ["successProbability": .integer(0)]).model
    let cells = model.factors[0].size
    for (offset, value) in model.transitions[0].probability.values.enumerated() where value > 0 {
      #expect(value == 1)
      #expect(offset / 5 % cells == offset / 5 / cells)
    }
  }

  @Test("cells are labelled by row and column, actions by direction")
  func labels() throws {
    let model = try GridWorld(parameters: ["rows": .integer(2), "columns": .integer(2)]).model
    #expect(model.factors == [Variable("location", ["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"])])
    #expect(model.modalities == [Variable("where", ["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"])])
    #expect(model.controls == [Variable("move", ["up", "right", "down", "left", "stay"])])
  }

  @Test("the preference falls by one nat a move, around the walls")
  func preferences() throws {
    let model = try GridWorld(parameters: ["map": .text("S#G|.#.|...")]).model
    #expect(model.preferences[0]?.values == [-6, -7, 0, -5, -7, -1, -4, -3, -2])
    #expect(model.goals[0] == [0, 0, 1, 0, 0, 0, 0, 0, 0])
  }

  @Test("with several goals the nearest one counts")
  func nearestGoal() throws {
    let model = try GridWorld(parameters: [
      "rows": .integer(1), "columns": .integer(5), "goals": .text("(0,0); (0, 4)"),
    ]).model
    #expect(model.preferences[0]?.values == [0, -1, -2, -1, 0])
  }

  @Test("a map says the same as the five parameters in its place")
  func map() throws {
    let drawn = try GridWorld(parameters: ["map": .text("S..#|.#..|...G")])
    let written = try GridWorld(parameters: [
      "rows": .integer(3), "columns": .integer(4), "walls": .text("(0, 3), (1, 1)"),
      "start": .text("(0, 0)"), "goals": .list([.list([.integer(2), .integer(3)])]),
    ])
    #expect(drawn.model == written.model)
    #expect(drawn.model == (try GridWorld(parameters: ["map": .text("S..#\n.#..\n...G")]).model))
  }

  @Test("a noisy position is one's own cell or a free one beside it, each as likely")
  func noise() throws {
    let model = try GridWorld(parameters: [
      "map": .text("..#|.#.|..."), "observationNoise": .number(0.25),
    ]).model
    let cells = 9
    let seen = model.likelihoods[0].probability.values
    // By cell: the free cells beside it, read off the map.
    let beside = [[1, 3], [0], [1, 5], [0, 6], [1, 3, 5, 7], [8], [3, 7], [6, 8], [5, 7]]
    for cell in 0..<cells {
      var expected = [Double](repeating: 0, count: cells)
      expected[cell] = 0.75
      for other in beside[cell] { expected[other] = 0.25 / Double(beside[cell].count) }
      #expect((0..<cells).map { seen[$0 * cells + cell] } == expected, "cell \(cell)")
    }
    let alone = try GridWorld(parameters: [
      "map": .text("G#"), "observationNoise": .number(0.25),
    ]).model
    #expect(alone.likelihoods[0].probability.values == [1, 0.25, 0, 0.75])
  }

  @Test("a large grid is held by its entries, not by its cells")
  func sparse() throws {
    let model = try GridWorld(parameters: ["rows": .integer(20), "columns": .integer(20)]).model
    guard case .sparse(_, let values) = model.transitions[0].probability.storage else {
      Issue.record("the transitions are dense")
      return
    }
    #expect(values.count == 5 * 400)
  }
}

/// Whether two tables have the same entries, however they are kept.
private func same(_ a: Tensor, _ b: Tensor) -> Bool { a.shape == b.shape && a.values == b.values }
