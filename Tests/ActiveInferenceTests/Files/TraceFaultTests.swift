import ActiveInference
import Testing

@Suite("Faults of trace files")
struct TraceFaultTests {
  /// One short episode as text, with some of it replaced.
  private func line(_ replacements: (String, String)...) throws -> String {
    let trace = try TraceFileTests.lampTrace(.iterates)
    var text = JSONWriter.text(trace.document)
    for (old, new) in replacements {
      let parts = try #require(text.firstRange(of: old), "no \(old)")
      text.replaceSubrange(parts, with: new)
    }
    return text
  }

  private func faults(_ text: String) -> String {
    messages { _ = try Trace.read(contentsOf: Array(text.utf8), source: "t.json") }
  }

  @Test("a trace is read strictly, every fault at once")
  func steps() throws {
    let text = try line(
      ("\"t\":0", "\"t\":3,\"belief\":1"), ("\"states\":[", "\"states\":[-1,"),
      ("\"beliefs\":[[", "\"impossible\":[\"lihgt\"],\"beliefs\":[[0.5,"),
      ("\"freeEnergy\":", "\"freeEnergy\":true,\"was\":"),
      ("\"policyPosterior\":[", "\"policyPosterior\":[1,"),
      ("\"inductive\":[", "\"inductiv\":["), ("\"action\":[", "\"action\":[9,"),
      ("\"choice\":[", "\"choice\":[2.5,"), ("\"actionMarginals\":[[", "\"actionMarginals\":[[0,"),
      ("\"t\":1,\"observation\":[", "\"t\":1,\"observation\":[7,"))
    #expect(
      faults(text) == """
        t.json: steps[0]: unknown key 'belief'; did you mean 'beliefs'?
        t.json: steps[0]: unknown key 'was'; the nearest known key is 't'
        t.json: steps[0].t: is 3, expected 0
        t.json: steps[0].states[0]: is -1; 0 or more
        t.json: steps[0].impossible: unknown modality 'lihgt'; did you mean 'light'?
        t.json: steps[0].beliefs[lamp]: has 3 numbers for 2 states
        t.json: steps[0].freeEnergy: expected a number, found true
        t.json: steps[0].terms: unknown key 'inductiv'; did you mean 'inductive'?
        t.json: steps[0].terms: key 'inductive' is missing
        t.json: steps[0].policyPosterior: has 7 numbers for 6 policies
        t.json: steps[0].actionMarginals[switch]: has 3 numbers for 2 actions
        t.json: steps[0].action: has 3 entries for 2 controls
        t.json: steps[0].choice: expected a list of whole numbers, found a list
        t.json: steps[1].observation: has 3 entries for 2 modalities
        """)
  }

  @Test("faults of the model, the agent and the counts are placed inside the trace")
  func parts() throws {
    let text = try line(
      ("\"build\"", "\"bild\""), ("\"given\":[\"lamp\",\"room\"]", "\"given\":[\"lamb\",\"room\"]"),
      ("\"gamma\":16.0", "\"gamma\":-1"), ("\"id\":", "\"name\":"), ("\"seed\":7", "\"seed\":-7"))
    #expect(
      faults(text) == """
        t.json: unknown key 'bild'; did you mean 'build'?
        t.json: key 'build' is missing
        t.json: model.A[light].given: unknown factor 'lamb'; did you mean 'lamp'?
        t.json: agent.planning.gamma: is -1.0; give a finite number, 0 or more
        t.json: environment: unknown key 'name'; the nearest known key is 'id'
        t.json: environment: key 'id' is missing
        t.json: seed: expected a whole number, 0 to 2^64 - 1, found -7
        """)
    let counts = try line(
      ("\"final\":{\"concentration\":{\"A\"", "\"final\":{\"concentration\":{\"F\""))
    #expect(
      faults(counts)
        == "t.json: final.concentration: unknown key 'F'; did you mean 'A'?")
    let parameters = try line(("\"parameters\":{}", "\"parameters\":{\"x\":{\"y\":1},\"z\":1}"))
    #expect(
      faults(parameters)
        == "t.json: environment.parameters.x: expected a value or a list, found an object")
  }

  @Test("lists of another shape than the model's are told")
  func shapes() throws {
    let text = try line(
      ("\"actionMarginals\":[[", "\"actionMarginals\":[[1],["),
      ("\"iterates\":{\"freeEnergy\":[", "\"iterates\":{\"freeEnergy\":[0,"),
      ("\"t\":1,", "\"t\":1,\"smoothedBelief\":[],"), ("\"t\":2,", "\"t\":2.5,"),
      ("\"t\":3,\"observation\":[", "\"t\":3,\"observation\":[[0.5,0.5],\"x\","))
    let found = faults(text).split(separator: "\n").map(String.init)
    #expect(found.count == 5)
    #expect(found[0] == "t.json: steps[0].actionMarginals: has 3 lists, expected 2")
    #expect(found[1].hasPrefix("t.json: steps[0].iterates: has "))
    #expect(found[2].hasPrefix("t.json: steps[1]: unknown key 'smoothedBelief'; "))
    #expect(found[3] == "t.json: steps[2].t: expected a whole number, found 2.5")
    #expect(
      found[4]
        == "t.json: steps[3].observation[1]: expected an outcome's index, a list of probabilities "
        + "or null, found text 'x'")
  }

  @Test("smoothed beliefs have a first step that was, at least one step, and the model's shape")
  func smoothed() throws {
    let text = try line(
      ("\"t\":0,", "\"t\":0,\"smoothedBeliefs\":[[[1,0],[1,0,0]],[[1,0,0],[1,0,0]]],"),
      ("\"t\":1,", "\"t\":1,\"windowStart\":2,\"smoothedBeliefs\":[],"),
      ("\"t\":2,", "\"t\":2,\"windowStart\":1,\"logEvidence\":-1,"))
    #expect(
      faults(text) == """
        t.json: steps[0]: key 'windowStart' is missing
        t.json: steps[0].smoothedBeliefs[1][lamp]: has 3 numbers for 2 states
        t.json: steps[1].smoothedBeliefs: is empty
        t.json: steps[1].windowStart: is 2; 0 to 1
        t.json: steps[2].windowStart: is without 'smoothedBeliefs'
        t.json: steps[2].logEvidence: is without 'smoothedBeliefs'
        """)
  }

  @Test("faults of JSON Lines are placed by line")
  func lines() throws {
    let good = try line()
    let broken = try line(("\"seed\":7", "\"seed\":,"))
    let column = try #require(broken.firstRange(of: "\"seed\":,")).lowerBound
    let position = broken.distance(from: broken.startIndex, to: column) + 8
    let faulty = try line(("\"t\":2", "\"t\":4"))
    #expect(
      faults([good, "", broken, faulty, "[]", good].joined(separator: "\n")) == """
        t.json: line 3, column \(position): expected a value, found ','
        t.json: line 4, steps[2].t: is 4, expected 2
        t.json: line 5: expected an object, found a list
        """)
    let many = faults(([good] + Array(repeating: "[]", count: 20)).joined(separator: "\n"))
    #expect(many.split(separator: "\n").count == 9)
    #expect(many.hasSuffix("t.json: and 12 more lines"))
    #expect(faults("\n \n") == "t.json: holds no trace")
    #expect(
      faults("{\n  \"format\": \"aif.trace/1\",\n  x")
        == "t.json: line 3, column 3: expected a key in double quotes, found 'x'")
  }
}
