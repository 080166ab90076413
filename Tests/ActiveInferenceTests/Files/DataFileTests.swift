import ActiveInference
import Testing

@Suite("Data files")
struct DataFileTests {
  private func read(_ text: String) throws -> BehaviourRecord {
    try BehaviourRecord(contentsOf: Array(text.utf8), source: "d.json")
  }

  @Test("outcomes, distributions and what is missing read back bit for bit")
  func roundTrip() throws {
    let record = BehaviourRecord(
      observations: [
        [.outcome(2), .missing], [.distribution([0.1, 0.2, 0.7]), .outcome(1)],
        [.missing, .distribution([1.0 / 3, 2.0 / 3])], [.outcome(0), .outcome(0)],
      ], actions: [[1, 2], [0, 0], [1, 1]])
    #expect(try read(record.jsonText) == record)
    #expect(try read(record.yamlText) == record)
    try record.check(against: lampModel())
    let short = BehaviourRecord(observations: [[.missing]], actions: [])
    #expect(try read(short.jsonText) == short)
    let idle = BehaviourRecord(observations: [[.outcome(0)], [.outcome(1)]], actions: [[]])
    #expect(try read(idle.jsonText) == idle)
  }

  @Test("every fault of the form is told with its place")
  func form() {
    #expect(
      messages {
        _ = try read(
          """
          {"format": "aif.data/1",
           "observations": [[0, 1.5], 3, [true, {"a": 1}], [[0.5, null], 1], [-1]],
           "actions": [[0, 0.5], "left", [1]], "action": []}
          """)
      } == """
        d.json: unknown key 'action'; did you mean 'actions'?
        d.json: observations[0][1]: expected an outcome's index, a list of probabilities or null, \
        found 1.5
        d.json: observations[1]: expected a list with one entry a modality, found 3
        d.json: observations[2][0]: expected an outcome's index, a list of probabilities or null, \
        found true
        d.json: observations[2][1]: expected an outcome's index, a list of probabilities or null, \
        found an object
        d.json: observations[3][0]: expected an outcome's index, a list of probabilities or null, \
        found a list
        d.json: actions[0]: expected a list with one action a control, found a list
        d.json: actions[1]: expected a list with one action a control, found text 'left'
        """)
    #expect(
      messages { _ = try read("{\"observations\": []}") } == """
        d.json: key 'format' is missing
        d.json: key 'actions' is missing
        d.json: observations: is empty; give at least one step
        """)
  }

  @Test("every way not to fit the model is told with its place")
  func fit() throws {
    let model = try lampModel()
    let record = BehaviourRecord(
      observations: [
        [.outcome(3), .outcome(-1)], [.outcome(0)], [.distribution([0.5, 0.5]), .missing],
        [.distribution([0.5, -0.5, 1]), .distribution([0.5, 0.48])],
        [.distribution([.nan, 0, 1]), .distribution([0.5, 0.5000009])],
      ], actions: [[0, 0], [2, 3], [0]])
    #expect(
      messages { try record.check(against: model) } == """
        data: observations[0][light]: outcome 3 is not in 0...2
        data: observations[0][sound]: outcome -1 is not in 0...1
        data: observations[1]: has 1 entry for 2 modalities
        data: observations[2][light]: has 2 probabilities for 3 outcomes
        data: observations[3][light]: the probability of dim is -0.5; give a number from 0
        data: observations[3][sound]: sums to 0.98; make it sum to 1
        data: observations[4][light]: the probability of dark is nan; give a number from 0
        data: actions: has 3 steps for 5 observations; give 4 or 5
        data: actions[1][switch]: action 2 is not in 0...1
        data: actions[1][walk]: action 3 is not in 0...2
        data: actions[2]: has 1 entry for 2 controls
        """)
    let empty = BehaviourRecord(observations: [], actions: [[0, 0]])
    #expect(
      messages { try empty.check(against: model, source: "d") }
        == "d: observations: is empty; give at least one step")
  }

  @Test("of a long list of faults the first eight steps are told")
  func manyFaults() throws {
    let record = BehaviourRecord(
      observations: Array(repeating: [.outcome(9), .missing], count: 100),
      actions: Array(repeating: [0, 0], count: 99))
    let lines = messages { try record.check(against: lampModel()) }.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines.last == "data: observations: and 92 more steps")
  }
}
