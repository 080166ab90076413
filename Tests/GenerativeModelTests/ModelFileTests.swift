import GenerativeModel
import Testing

private func read(_ text: String, source: String = "file") throws(InvalidInput) -> GenerativeModel {
  try GenerativeModel(contentsOf: Array(text.utf8), source: source)
}

private func messages(_ text: String) -> String {
  do throws(InvalidInput) {
    _ = try read(text, source: "")
    return "no fault"
  } catch {
    return error.description
  }
}

/// The example of the contract, with its numbers filled in.
let contractExample = """
  format: aif.model/1
  name: tmaze
  factors:    [{name: location, labels: [centre, left, right, cue]}, {name: context, size: 2}]
  modalities: [{name: where, size: 4}, {name: reward, labels: [none, reward, loss]}]
  controls:   [{name: move, labels: [centre, left, right, cue]}]
  A:   # P(outcome | factors), exactly one entry a modality
    - {modality: where, given: [location],
       sparse: {shape: [4, 4], index: [[3, 3], [0, 0], [1, 1], [2, 2]], value: [1, 1, 1, 1]}}
    - modality: reward
      given: [location, context]
      probability:
        - [[1, 1], [0, 0], [0, 0], [1, 1]]
        - [[0, 0], [0.98, 0.02], [0.02, 0.98], [0, 0]]
        - [[0, 0], [0.02, 0.98], [0.98, 0.02], [0, 0]]
  B:
    - factor: location
      given: []
      controls: [move]
      probability: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    - {factor: context, given: [context], controls: [], probability: [[1, 0], [0, 1]]}
  C:   [{modality: reward, logPreference: [0, 3, -3]}]
  D:   [{factor: location, probability: [1, 0, 0, 0]}]
  E:   {probability: [0.5, 0.5]}
  policies: {list: [[[1], [3]], [[3], [1]]]}
  concentration:
    A: [{modality: where, counts: [[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 2]]}]
    B: [{factor: context, counts: [[2, 0], [0, 2]]}]
    D: [{factor: context, counts: [2, 2]}]
    E: {counts: [1, 1]}
  H:   [{factor: location, goal: [0, 1, 0, 0]}]
  """

@Suite struct `Model files` {
  @Test func `the contract's example is read`() throws {
    let model = try read(contractExample)
    #expect(model.name == "tmaze")
    #expect(model.factors[0].labels == ["centre", "left", "right", "cue"])
    #expect(model.likelihoods.map(\.given) == [[0], [0, 1]])
    #expect(model.likelihoods[1].probability.values[10] == 0.98)
    #expect(model.transitions.map(\.given) == [[], [1]])
    #expect(model.transitions.map(\.controls) == [[0], []])
    #expect(model.preferences == [nil, Tensor(shape: [3], [0, 3, -3])])
    #expect(model.policies == [[[1], [3]], [[3], [1]]])
    #expect(model.initialStates == [[1, 0, 0, 0], [0.5, 0.5]])
    #expect(model.concentration.habit == [1, 1] && model.habit == [0.5, 0.5])
    #expect(model.goals == [[0, 1, 0, 0], nil])
  }

  @Test func `of a factor there may be a goal, states to be avoided, or both`() throws {
    let text = { (entry: String) in
      contractExample.replacing("H:   [{factor: location, goal: [0, 1, 0, 0]}]", with: entry)
    }
    let both = try read(
      text("H: [{factor: location, goal: [0, 1, 0, 0], avoid: [0, 0, 1, 0]}]"))
    #expect(both.goals == [[0, 1, 0, 0], nil])
    #expect(both.avoided == [[0, 0, 1, 0], nil])
    #expect(try read(both.yamlText) == both && read(both.jsonText) == both)
    let alone = try read(text("H: [{factor: context, avoid: [0, 1]}]"))
    #expect(alone.goals == [nil, nil] && alone.avoided == [nil, [0, 1]])
    #expect(try read(alone.yamlText) == alone)
  }

  @Test func `models are read back the same, bit for bit, from JSON and YAML`() throws {
    var models = RandomModels(seed: 7)
    for _ in 0..<100 {
      let model = try models.model()
      for text in [model.jsonText, model.yamlText] {
        let back = try read(text)
        #expect(back == model && bits(back) == bits(model), "\(text)")
      }
    }
  }

  @Test func `what is written is what is present`() throws {
    var description = ModelDescription()
    description.factors = [Variable("lamp", ["off", "on"])]
    description.modalities = [Variable("light", size: 2)]
    description.likelihoods = [
      .init("light", given: ["lamp"], Tensor(shape: [2, 2], offsets: [0, 3], values: [1, 1]))
    ]
    description.transitions = [.init("lamp", given: ["lamp"], controls: [])]
    description.transitionCounts = [.init("lamp", Tensor(shape: [2, 2], [2, 0, 0, 2.5]))]
    description.policies = [[[], []]]
    let text = try GenerativeModel(description).yamlText
    #expect(
      text == """
        format: aif.model/1
        factors:
          - {name: lamp, labels: ["off", "on"]}
        modalities:
          - {name: light, size: 2}
        controls: []
        A:
          - modality: light
            given: [lamp]
            sparse:
              shape: [2, 2]
              index:
                - [0, 0]
                - [1, 1]
              value: [1.0, 1.0]
        B:
          - {factor: lamp, given: [lamp], controls: []}
        policies:
          list:
            - - []
              - []
        concentration:
          B:
            - factor: lamp
              counts:
                - [2.0, 0.0]
                - [0.0, 2.5]

        """)
  }

  @Test func `counts are written and read by themselves`() throws {
    var models = RandomModels(seed: 8)
    for _ in 0..<50 {
      let model = try models.model()
      let document = model.concentrationDocument(model.concentration)
      let back = try model.concentration(document: document, source: "trace")
      #expect(back == model.concentration)
    }
    let model = try GenerativeModel(describedTMaze())
    #expect(model.concentrationDocument(model.concentration) == .object([]))
    let document = DocumentValue.object([
      .init("D", .array([.object([.init("factr", .string("context"))])]))
    ])
    #expect(
      throws: InvalidInput(
        source: "trace",
        [
          Fault(
            "final.concentration.D[0]", "unknown key 'factr'", remedy: "did you mean 'factor'?"),
          Fault("final.concentration.D[0]", "key 'counts' is missing"),
          Fault("final.concentration.D[0]", "key 'factor' is missing"),
        ])
    ) {
      try model.concentration(document: document, at: "final.concentration", source: "trace")
    }
  }

  @Test func `the faults of form and of content are reported at once`() {
    let text =
      contractExample
      .replacing("aif.model/1", with: "aif.model/2")
      .replacing("size: 2}", with: "size: two}")
      .replacing("name: tmaze", with: "nam: tmaze")
      .replacing("[0.02, 0.98], [0, 0]]\n", with: "[0.02], [0, 0]]\n")
      .replacing("controls: [move]", with: "controls: [mov]")
      .replacing("logPreference: [0, 3, -3]", with: "logPreference: [0, x, -3]")
      .replacing("E:   {probability: [0.5, 0.5]}", with: "E: [0.5, 0.5]")
      .replacing("[[1], [3]]", with: "[1, 3]")
      .replacing("goal: [0, 1, 0, 0]", with: "goal: [0, 1, 0, 2]")
    #expect(
      messages(text) == """
        unknown key 'nam'; did you mean 'name'?
        format: 'aif.model/2' is not known; this build reads aif.model/1
        factors[context].size: expected a whole number, found text 'two'
        A[reward].probability[1][2]: expected 2 numbers, found 1
        C[reward].logPreference[1]: expected a number, found text 'x'
        E: expected an object, found a list
        policies.list[0]: is no list of steps; a step is a list with the index of one action a \
        control
        B[location].controls: unknown control 'mov'; did you mean 'move'?
        H[location], entry (cue): is 2.0; a goal is 1 where the factor is to be and 0 elsewhere
        """)
  }

  @Test func `what refers to a list that cannot be read is not a fault of its own`() {
    #expect(
      messages(contractExample.replacing("factors:    [", with: "factrs:    [")) == """
        unknown key 'factrs'; did you mean 'factors'?
        key 'factors' is missing
        """)
    #expect(
      messages(contractExample.replacing("controls:   [", with: "# [")) == """
        B[location].controls: unknown control 'move'; there is no control
        policies[0]: step 0: expected 0 actions, one a control, found 1
        policies[1]: step 0: expected 0 actions, one a control, found 1
        """)
  }

  @Test func `an empty document has every missing key named`() {
    #expect(
      messages("{}") == """
        key 'format' is missing
        key 'factors' is missing
        key 'modalities' is missing
        key 'A' is missing
        key 'B' is missing
        """)
    #expect(messages("[1]") == "expected an object, found a list")
  }

  @Test func `sparse tables with faults are told`() {
    func sparse(_ text: String) -> String {
      messages(
        contractExample.replacing(
          "{shape: [4, 4], index: [[3, 3], [0, 0], [1, 1], [2, 2]], value: [1, 1, 1, 1]}",
          with: text))
    }
    #expect(
      sparse("{shape: [4, 4], index: [[0, 0], [4, 1], [0, 0]], value: [1, 1, 1]}") == """
        A[where].sparse.index[1]: is no cell of [4, 4]; indices are from 0
        A[where].sparse.index: [0, 0] is there twice; give each cell once
        """)
    #expect(
      sparse("{shape: [4, 4], index: [[0, 0]], value: [1, 1]}")
        == "A[where].sparse: has 1 coordinate but 2 values")
    #expect(
      sparse("{shape: [4, 0], index: [], value: []}")
        == "A[where].sparse.shape: is [4, 0]; every extent is at least 1")
    #expect(
      sparse("{shape: [4, 4000000000, 4000000000], index: [], value: []}")
        == "A[where].sparse.shape: has more cells than can be counted; split a factor")
    #expect(
      sparse("{shape: [4, 4], idx: []}") == """
        A[where].sparse: unknown key 'idx'; did you mean 'index'?
        A[where].sparse: key 'index' is missing
        A[where].sparse: key 'value' is missing
        """)
    #expect(
      sparse("{shape: [4, 4], index: [], value: []}, probability: [1]")
        == "A[where]: has both probability and sparse; give one of them")
  }

  @Test func `entries with faults of form are told, and nothing that follows from them`() {
    let text = """
      {"format": "aif.model/1", "factors": [{"name": "s"}, {"size": 2}, 7, {"name": "t", "size": 2}],
       "modalities": [{"name": "m", "size": 2, "labels": ["a", "b"]}, {"name": "n", "labels": ["a", 1]}],
       "controls": null,
       "A": [{"given": []}, {"modality": "n", "given": "s", "probability": [1]}],
       "B": {"factor": "s"}, "D": [{"factor": "t"}], "C": [{"modality": "m", "logPreference": 1}]}
      """
    #expect(
      messages(text) == """
        factors[2]: expected an object, found 7
        factors[s]: has neither labels nor size; give one of them
        factors[1]: key 'name' is missing
        modalities[m]: has both labels and size; give one of them
        modalities[n].labels[1]: expected text, found 1
        A[0]: key 'modality' is missing
        A[n].given: expected a list, found text 's'
        B: expected a list, found an object
        C[m].logPreference: expected a list of numbers, found 1
        D[t]: key 'probability' is missing
        """)
  }

  @Test func `a file cut off anywhere is refused and never crashes`() throws {
    let json = Array(try read(contractExample).jsonText.utf8)
    for length in 0..<json.count - 1 {
      #expect(throws: InvalidInput.self) {
        try GenerativeModel(contentsOf: Array(json[..<length]), source: "f")
      }
    }
    // YAML that is cut off may still be a model.
    let yaml = Array(contractExample.utf8)
    for length in yaml.indices {
      _ = try? GenerativeModel(contentsOf: Array(yaml[..<length]), source: "f")
    }
  }
}
