import GenerativeModel
import Testing

private func message(_ text: String) -> String {
  do throws(InvalidInput) {
    let model = try GenerativeModel(contentsOf: Array(text.utf8), source: "f")
    _ = try CompiledModel(model)
    return "read"
  } catch {
    return error.description
  }
}

/// A sound model with something more in it.
private func model(_ more: String, states: Int = 1, control: Int = 1) -> String {
  """
  format: aif.model/1
  factors: [{name: s, size: \(states)}]
  modalities: [{name: o, size: 2}]
  controls: [{name: u, size: \(control)}]
  A: [{modality: o, given: [], probability: [0.5, 0.5]}]
  B: [{factor: s, given: [], controls: [], sparse: {shape: [\(states)], index: [[0]], value: [1]}}]
  \(more)
  """
}

@Suite struct `Small files that ask for much` {
  @Test func `a control of more actions than can be weighed is refused with their number`() {
    #expect(message(model("", control: 1 << 24)) == "read")
    #expect(
      message(model("", control: .max)).contains(
        "controls[u]: has 9223372036854775807 actions; at most 16777216"))
  }

  @Test(arguments: [
    "D: [{factor: s, sparse: {shape: [100000000], index: [[0]], value: [1]}}]",
    "H: [{factor: s, sparse: {shape: [100000000], index: [[0]], value: [1]}}]",
    "concentration: {D: [{factor: s, sparse: {shape: [100000000], index: [[0]], value: [1]}}]}",
  ])
  func `a sparse vector that would be written out is refused with its length`(_ vector: String) {
    #expect(message(model(vector, states: 100_000_000)).contains("has 100000000 entries, too many"))
  }

  @Test func `preferences for a million planning steps of a sparse table are refused`() {
    let table = "[{modality: o, sparse: {shape: [10000000, 2], index: [[0, 0]], value: [1]}}]"
    #expect(message(model("C: \(table)")).contains("C[o]: has 20000000 entries, too many"))
    #expect(message(model("concentration: {C: \(table)}")).contains("C[o]: has 20000000 entries"))
  }

  @Test func `a message about a text of any length is short`() {
    let fault = Fault(String(repeating: "x", count: 1_000_000), "is é", remedy: "")
    #expect(fault.place.utf8.count < 1000)
    #expect(fault.place.hasPrefix("xxx") && fault.place.hasSuffix("xxx"))
    #expect(message("{\"\(String(repeating: "k", count: 100_000))\": 1}").utf8.count < 4000)
  }

  @Test func `of a hundred thousand faults a thousand are told and the rest counted`() {
    let nulls = repeatElement("null", count: 100_000).joined(separator: ",")
    let lines = message("{\"format\": \"aif.model/1\", \"factors\": [\(nulls)]}").split(
      separator: "\n")
    #expect(lines.count <= 1001)
    #expect(lines.contains { $0.contains("more faults") })
    let keys = (0..<100).map { "k\($0): 1" }.joined(separator: "\n")
    #expect(message(keys).contains("and 92 more unknown keys"))
  }

  @Test func `twenty thousand names are looked up and not searched for`() {
    let names = (0..<20_000).map { "f\($0)" }.joined(separator: ", ")
    let begin = ContinuousClock.now
    #expect(
      message(model("H: [{factor: x}]").replacing("given: []", with: "given: [\(names)]")) != "read"
    )
    #expect(begin.duration(to: .now) < .seconds(20))
  }
}
