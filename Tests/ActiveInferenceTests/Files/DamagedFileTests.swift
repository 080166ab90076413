import ActiveInference
import Testing

@Suite("Damaged files")
struct DamagedFileTests {
  /// Calls `read` with many damaged versions of a text; it may throw, and must not trap.
  private func damage(_ text: String, _ count: Int, _ read: ([UInt8]) throws -> Void) {
    var random = TestRandom(state: 5)
    let original = Array(text.utf8)
    let pieces = [
      "null", "-1", "1e300", "[]", "{}", "\"\"", "9223372036854775807", ",", "]", "}", "0",
    ]
    var refused = 0
    for _ in 0..<count {
      var bytes = original
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...8, using: &random))
        let piece = pieces.randomElement(using: &random) ?? ""
        bytes.replaceSubrange(start..<end, with: Array(piece.utf8))
      }
      do {
        try read(bytes)
      } catch {
        refused += 1
        #expect(error is InvalidInput)
      }
    }
    #expect(refused > count / 2)
  }

  /// Calls `read` with versions of a document in which one value is replaced by another kind.
  private func exchange(
    _ document: DocumentValue, _ count: Int, _ read: (DocumentValue) throws -> Void
  ) {
    var random = TestRandom(state: 6)
    for _ in 0..<count {
      do {
        try read(exchanged(document, &random))
      } catch {
        #expect(error is InvalidInput)
      }
    }
  }

  private func exchanged(_ value: DocumentValue, _ random: inout TestRandom) -> DocumentValue {
    switch value {
    case .object(let members) where !members.isEmpty:
      let chosen = Int.random(in: 0..<members.count, using: &random)
      return .object(
        members.enumerated().map { index, member in
          .init(member.key, index == chosen ? exchanged(member.value, &random) : member.value)
        })
    case .array(let values) where !values.isEmpty && Bool.random(using: &random):
      var values = values
      let chosen = Int.random(in: 0..<values.count, using: &random)
      values[chosen] = exchanged(values[chosen], &random)
      return .array(values)
    default:
      let others: [DocumentValue] = [
        .null, .boolean(true), .integer(-1), .integer(.max), .number(1e300), .number(0.5),
        .string(""),
        .array([]), .array([.null]), .numbers([1, 2, 3]), .array([.numbers([1]), .numbers([])]),
        .object([]), .object([.init("probability", .null)]),
      ]
      return others.randomElement(using: &random) ?? .null
    }
  }

  @Test("a damaged file is refused or read, never a trap")
  func bytes() throws {
    let trace = try TraceFileTests.lampTrace(.iterates)
    let record = BehaviourRecord(
      observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action))
    damage(JSONWriter.text(trace.document), 300) {
      _ = try Trace.read(contentsOf: $0, source: "t")
    }
    damage(JSONWriter.text(record.document), 500) {
      try BehaviourRecord(contentsOf: $0, source: "d").check(against: trace.model)
    }
    damage(trace.agent.yamlText, 500) {
      try AgentConfiguration(contentsOf: $0, source: "a").check()
    }
  }

  @Test("a value of another kind anywhere is refused or read, never a trap")
  func kinds() throws {
    let trace = try TraceFileTests.lampTrace(.iterates)
    let record = BehaviourRecord(
      observations: trace.steps.map(\.observation), actions: trace.steps.compactMap(\.action))
    exchange(trace.document, 1000) { _ = try Trace(document: $0, source: "t") }
    exchange(record.document, 500) {
      try BehaviourRecord(document: $0, source: "d").check(against: trace.model)
    }
    exchange(trace.agent.document, 500) {
      try AgentConfiguration(document: $0, source: "a").check()
    }
  }
}
