import GenerativeModel
import Testing

private func messages(_ spoil: (inout ModelDescription) -> Void) -> String {
  var description = describedTMaze()
  spoil(&description)
  return messages(description)
}

/// E given the context: `[policy][context]`.
private let habit = [0.5, 0.25, 0.5, 0.75]

@Suite struct `Habits that depend on states` {
  private func model(_ change: (inout ModelDescription) -> Void = { _ in }) throws
    -> GenerativeModel
  {
    var description = describedTMaze()
    description.habit = habit
    description.habitGiven = ["context"]
    change(&description)
    return try GenerativeModel(description)
  }

  @Test func `that depend on none are written in Swift as a list`() throws {
    func model(_ habit: Habit) throws -> GenerativeModel {
      try GenerativeModel("two ways") {
        Factor("place", ["here", "there"])
        Control("go", ["here", "there"])
        Modality("seen", ["here", "there"], given: "place") { Column(certain: $0["place"]) }
        Transition(of: "place", controls: "go") { Column(certain: $0["go"]) }
        habit
      }
    }
    #expect(try model(Habit([0.25, 0.75])).habit == [0.25, 0.75])
    #expect(try model(Habit(counts: [1, 3])).habit == [0.25, 0.75])
  }

  @Test func `are written to JSON and YAML and read back as they are`() throws {
    let counted = try model {
      $0.habit = nil
      $0.habitGiven = ["context", "location"]
      $0.habitCounts = (1...24).map(Double.init)
    }
    #expect(counted.habitGiven == [1, 0])
    #expect(counted.habit?[8] == 9.0 / (1 + 9 + 17))
    for model in [try model(), counted] {
      for text in [model.jsonText, model.yamlText] {
        #expect(try GenerativeModel(contentsOf: Array(text.utf8), source: "") == model)
      }
      #expect(try GenerativeModel(ModelDescription(model)) == model)
      #expect(try model.replacing(concentration: model.concentration) == model)
    }
    #expect(try model().yamlText.contains("given"))
  }

  @Test func `can be built`() throws {
    func built(@ModelBuilder _ parts: () -> [any ModelPart]) throws -> GenerativeModel {
      try GenerativeModel("rooms") {
        Factor("room", ["left", "right"])
        Modality("seen", ["left", "right"], given: "room") {
          $0["room"] == "left" ? "left" : "right"
        }
        Transition(of: "room")
        parts()
      }
    }
    let model = try built { Habit(given: "room", probability: [[0.9, 0.2], [0.1, 0.8]]) }
    #expect(model.habit == [0.9, 0.2, 0.1, 0.8] && model.habitGiven == [0])
    let counted = try built { Habit(given: "room", counts: [[3, 1], [1, 1]]) }
    #expect(counted.habit == [0.75, 0.5, 0.25, 0.5])
  }

  @Test func `are refused where they do not fit, with the place`() throws {
    #expect(
      messages {
        $0.habit = [0.5, 0.5, 0.5, 0.4]
        $0.habitGiven = ["context"]
      } == "E, column (context 1): sums to 0.9; make the column sum to 1")
    #expect(
      messages {
        $0.habit = [0.5, 0.5, 0.5]
        $0.habitGiven = ["context"]
      } == "E: expected [policies, 2 states of context], found 3 entries")
    #expect(
      messages {
        $0.habit = habit
        $0.habitGiven = ["contxt"]
      } == "E.given: unknown factor 'contxt'; did you mean 'context'?")
    #expect(
      messages {
        $0.habit = habit
        $0.habitGiven = ["context"]
        $0.policies = [[[0]], [[1]], [[2]]]
      } == "E: expected 3 entries, one a policy, found 2")
    #expect(
      messages {
        $0.habit = habit
        $0.habitGiven = ["context"]
        $0.habitCounts = [1, 1, 1, 1]
      } == """
        concentration.E, entry (policy 0, context 1): the counts' mean is 0.5 but probability is \
        0.25; leave one of them out
        concentration.E, entry (policy 1, context 1): the counts' mean is 0.5 but probability is \
        0.75; leave one of them out
        """)
    let model = try model()
    var counts = model.concentration
    counts.habit = [1, 1]
    #expect(throws: InvalidInput.self) { try model.replacing(concentration: counts) }
  }

  @Test func `are refused in files where E and its counts differ in what they are given`() throws {
    var text = try model().yamlText
    text += "concentration: {E: {counts: [1, 1]}}\n"
    let refused = #expect(throws: InvalidInput.self) {
      try GenerativeModel(contentsOf: Array(text.utf8), source: "m.yaml")
    }
    #expect(
      refused?.description == """
        m.yaml: concentration.E.given: is [] but E is given ["context"]; make them equal
        """)
    let uneven = try model().jsonText.replacing(
      "\"given\": [\"context\"]", with: "\"given\": [\"location\"]")
    #expect(uneven != (try model().jsonText))
    #expect(throws: InvalidInput.self) {
      try GenerativeModel(contentsOf: Array(uneven.utf8), source: "m.json")
    }
  }
}
