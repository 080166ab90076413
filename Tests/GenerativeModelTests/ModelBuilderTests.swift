import GenerativeModel
import Testing

/// The T-maze as a person writes it.
private func built() throws -> GenerativeModel {
  try GenerativeModel("tmaze") {
    Factor("location", ["centre", "left", "right", "cue"], initially: "centre")
    Factor("context", size: 2)
    Control("move", ["centre", "left", "right", "cue"])
    Modality("where", size: 4, given: "location") { state in
      Column(certain: "where \(state.index(of: "location"))")
    }
    Modality(
      "reward", ["none", "reward", "loss"], given: "location", "context",
      prefer: ["reward": 3, "loss": -3]
    ) { state in
      switch (state["location"], state["context"]) {
      case ("left", "context 0"), ("right", "context 1"): ["reward": 0.98, "loss": 0.02]
      case ("left", _), ("right", _): ["reward": 0.02, "loss": 0.98]
      default: "none"
      }
    }
    Transition(of: "location", controls: "move") { [$0["move"]: 1] }
    Transition(of: "context")
  }
}

private func messages(@ModelBuilder _ parts: () -> [any ModelPart]) -> String {
  do throws(InvalidInput) {
    _ = try GenerativeModel("", parts)
    return "no fault"
  } catch {
    return error.description
  }
}

@Suite struct `Building a model` {
  @Test func `the T-maze is the same built, described and read`() throws {
    #expect(try built() == GenerativeModel(describedTMaze()))
    let file = """
      format: aif.model/1
      name: tmaze
      factors: [{name: location, labels: [centre, left, right, cue]}, {name: context, size: 2}]
      modalities: [{name: where, size: 4}, {name: reward, labels: [none, reward, loss]}]
      controls: [{name: move, labels: [centre, left, right, cue]}]
      A:
        - modality: where
          given: [location]
          probability: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
        - modality: reward
          given: [location, context]
          probability:
            - [[1, 1], [0, 0], [0, 0], [1, 1]]
            - [[0, 0], [0.98, 0.02], [0.02, 0.98], [0, 0]]
            - [[0, 0], [0.02, 0.98], [0.98, 0.02], [0, 0]]
      B:
        - factor: location
          given: [location]
          controls: [move]
          probability:
            - [[1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]]
            - [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]
            - [[0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 1, 0]]
            - [[0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1], [0, 0, 0, 1]]
        - {factor: context, given: [context], controls: [], probability: [[1, 0], [0, 1]]}
      C: [{modality: reward, logPreference: [0, 3, -3]}]
      D: [{factor: location, probability: [1, 0, 0, 0]}]
      """
    #expect(
      try built() == GenerativeModel(contentsOf: Array(file.utf8), source: "tmaze.yaml"))
  }

  @Test func `the examples of the documentation are models`() throws {
    let tmaze = try GenerativeModel("tmaze") {
      Factor("location", ["centre", "left", "right", "cue"], initially: "centre")
      Factor("context", ["left pays", "right pays"])
      Control("move", ["centre", "left", "right", "cue"])
      Modality("cue", ["none", "left", "right"], given: "location", "context") { state in
        guard state["location"] == "cue" else { return "none" }
        return state["context"] == "left pays" ? "left" : "right"
      }
      Modality(
        "reward", ["none", "reward", "loss"], given: "location", "context",
        prefer: ["reward": 3, "loss": -3]
      ) { state in
        switch (state["location"], state["context"]) {
        case ("left", "left pays"), ("right", "right pays"): ["reward": 0.98, "loss": 0.02]
        case ("left", _), ("right", _): ["reward": 0.02, "loss": 0.98]
        default: "none"
        }
      }
      Transition(of: "location", controls: "move") { [$0["move"]: 1] }
      Transition(of: "context")  // it stays as it is
    }
    #expect(tmaze.likelihoods[0].probability.values.suffix(2) == [0, 1])

    let lamp = try GenerativeModel("lamp") {
      Factor("lamp", ["off", "on"])
      Modality("light", ["dark", "bright"], given: "lamp", prefer: ["bright": 1]) { state in
        state["lamp"] == "on" ? ["bright": 0.9, "dark": 0.1] : "dark"
      }
      Modality("noise", size: 2, likelihood: .values([0.5, 0.5]))
      Transition(of: "lamp", probability: .values([[0.9, 0.2], [0.1, 0.8]]))
    }
    #expect(lamp.likelihoods[0].probability.values == [1, 0.1, 0, 0.9])

    var description = ModelDescription()
    description.factors = [Variable("lamp", ["off", "on"])]
    description.modalities = [Variable("light", ["dark", "bright"])]
    description.likelihoods = [
      .init("light", given: ["lamp"], Tensor(shape: [2, 2], [0.9, 0.2, 0.1, 0.8]))
    ]
    description.transitions = [
      .init("lamp", given: ["lamp"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1]))
    ]
    #expect(try GenerativeModel(description).factors.count == 1)
  }

  @Test func `tables, counts, steps, goals, policies and habits can be given`() throws {
    let model = try GenerativeModel {
      Factor("a", ["x", "y"], initialCounts: [1, 3], goal: "y")
      for name in ["b", "c"] { Factor(name, size: 2, initially: [0.25, 0.75]) }
      Control("u", size: 2)
      Modality(
        "m", ["p", "q"], given: "a", prefer: .bySteps([["p": 1], ["q": 2]]),
        likelihood: .values([[0.5, 0], [0.5, 1]]), counts: .probability(times: 4))
      Modality("n", size: 2, prefer: .counts([1, 3]), counts: .values([1, 3]))
      Modality(
        "o", size: 1, given: "b", "c", likelihood: .tensor(Tensor(shape: [1, 2, 2], [1, 1, 1, 1])))
      Transition(of: "a", given: "a", "b", controls: "u", counts: .column(["x": 2, "y": 2]))
      Transition(of: "b", given: [], probability: .values([0.5, 0.5]))
      Transition(of: "c", counts: .probability(times: 10))
      Policies([["u 0", "u 1"], ["u 1", "u 1"]])
      Habit(counts: [1, 3])
    }
    #expect(model.factors.map(\.name) == ["a", "b", "c"])
    #expect(model.initialStates == [[0.25, 0.75], [0.25, 0.75], [0.25, 0.75]])
    #expect(model.goals == [[0, 1], nil, nil])
    #expect(model.preferences[0] == Tensor(shape: [2, 2], [1, 0, 0, 2]))
    #expect(model.concentration.likelihood[0]?.values == [2, 0, 2, 4])
    #expect(model.likelihoods[1].probability.values == [0.25, 0.75])
    #expect(model.transitions[0].given == [0, 1] && model.transitions[0].controls == [0])
    #expect(model.transitions[0].probability.values == [Double](repeating: 0.5, count: 16))
    #expect(model.transitions[1].given == [])
    #expect(model.concentration.transition[2]?.values == [10, 0, 0, 10])
    #expect(model.policies == [[[0], [1]], [[1], [1]]])
    #expect(model.habit == [0.25, 0.75])
  }

  @Test func `faults of names and labels join the others`() {
    let found = messages {
      Factor("location", ["left", "right"], initially: "middle")
      Factor("context", size: 2, initially: [1])
      Control("move", ["left", "right"])
      Modality("reward", ["none", "reward"], given: "location", "context", prefer: ["rewrd": 1]) {
        $0["location"] == "left" ? ["rewad": 1] : ["none": 1]
      }
      Modality("cue", ["a", "b"], given: "location") { $0["contxt"] == "x" ? "a" : "b" }
      Modality("sum", ["a", "b"], given: "locatin") { _ in ["a": 0.5] }
      Modality("twice", ["a", "b"]) { _ in ["a": 0.5, "a": 0.5] }
      Modality("short", ["a", "b"]) { _ in ["a": 0.5] }
      Modality("ragged", ["a", "b"], given: "location", likelihood: .values([[1.0, 0], [0]]))
      Transition(of: "location", controls: "mov") { [$0["mov"]: 1] }
      Transition(of: "contex")
      Policies([["left"], ["up"]])
    }
    #expect(
      found == """
        D[location]: location has no label 'middle'; the nearest known label is 'right'
        D[context]: expected 2 numbers, one a value of context, found 1
        A[reward], column (left, context 0): reward has no label 'rewad'; did you mean 'reward'?
        A[reward], column (left, context 1): reward has no label 'rewad'; did you mean 'reward'?
        C[reward]: reward has no label 'rewrd'; did you mean 'reward'?
        A[cue]: is not given 'contxt'; the nearest known dependency is 'location'
        A[twice]: 'a' is there twice; remove one of them
        A[ragged][1]: expected 2 numbers, found 1
        policies[1]: step 0: move has no action 'up'; the nearest known label is 'left'
        A[sum].given: unknown factor 'locatin'; did you mean 'location'?
        A[short]: sums to 0.5; make it sum to 1
        B[1]: unknown factor 'contex'; did you mean 'context'?
        B[location].controls: unknown control 'mov'; did you mean 'move'?
        B: has no entry for factor 'context'; add one; each factor has exactly one
        """)
  }

  @Test func `a table too large to be written out is a fault`() {
    let found = messages {
      Factor("a", size: 1_000_000_000)
      Factor("b", size: 1_000_000_000)
      Modality("m", size: 2, given: "a", "b") { _ in [1, 0] }
      Transition(of: "a")
      Transition(of: "b")
    }
    #expect(
      found == """
        A[m]: has too many columns to be written out; give a sparse tensor instead
        B[a]: has too many columns to be written out; give a sparse tensor instead
        B[b]: has too many columns to be written out; give a sparse tensor instead
        """)
  }
}
