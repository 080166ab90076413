import GenerativeModel
import Testing

private enum Algorithm: String, CaseIterable {
  case exact
  case fixedPoint = "fpi"
}

@Suite struct `Reading an object` {
  /// What is said when members are read from a text.
  private func messages(
    _ text: String, keys: [String], _ read: (ObjectReader) -> Void
  ) throws -> [String] {
    let faults = FaultList()
    let value = try Document.read(Array(text.utf8), source: "")
    read(ObjectReader(value, at: "planning", keys: keys, faults))
    return faults.faults.map(\.description)
  }

  @Test func `an unknown key is told with the nearest known one`() throws {
    #expect(
      try messages("gama: 1\nx: 2", keys: ["horizon", "gamma", "utility"]) { _ in } == [
        "planning: unknown key 'gama'; did you mean 'gamma'?",
        "planning: unknown key 'x'; the nearest known key is 'gamma'",
      ])
  }

  @Test func `members have their types, and null is absent`() throws {
    let text = """
      text: a
      whole: 3
      point: 3.0
      number: 2.5
      truth: true
      list: [1, 2]
      names: [a, b]
      choice: fpi
      nothing: null
      object: {a: 1}
      """
    let keys = [
      "text", "whole", "point", "number", "truth", "list", "names", "choice", "nothing", "object",
      "absent",
    ]
    let found = try messages(text, keys: keys) { reader in
      #expect(reader.string("text") == "a")
      #expect(reader.integer("whole") == 3 && reader.integer("point") == 3)
      #expect(reader.double("whole") == 3 && reader.double("number") == 2.5)
      #expect(reader.boolean("truth") == true)
      #expect(reader.numbers("list") == [1, 2] && reader.integers("list") == [1, 2])
      #expect(reader.strings("names") == ["a", "b"])
      #expect(reader.choice("choice", Algorithm.self) == .fixedPoint)
      #expect(reader.object("object", keys: ["a"])?.integer("a") == 1)
      #expect(reader.string("nothing") == nil && reader.has("nothing"))
      #expect(reader.string("absent") == nil && !reader.has("absent"))
    }
    #expect(found == [])
  }

  @Test func `every wrong member is told`() throws {
    let text = "{\"a\": \"x\", \"b\": 1.5, \"c\": null, \"d\": [1, null], \"e\": 7, \"f\": [1.5]}"
    let found = try messages(text, keys: ["a", "b", "c", "d", "e", "f", "g"]) { reader in
      #expect(reader.double("a") == nil)
      #expect(reader.integer("b") == nil)
      #expect(reader.string("c", required: true) == nil)
      #expect(reader.numbers("d") == nil)
      #expect(reader.integer("e", in: 1...5) == nil)
      #expect(reader.integer("e", in: 8...Int.max) == nil)
      #expect(reader.double("b", in: 0...1) == nil)
      #expect(reader.integers("f") == nil)
      #expect(reader.boolean("g", required: true) == nil)
      #expect(reader.choice("a", Algorithm.self) == nil)
      #expect(reader.strings("d") == nil)
      #expect(reader.object("e", keys: []) == nil)
    }
    #expect(
      found == [
        "planning.a: expected a number, found text 'x'",
        "planning.b: expected a whole number, found 1.5",
        "planning.c: is null; give it a value",
        "planning.d: expected a list of numbers, found a list",
        "planning.e: is 7; 1 to 5",
        "planning.e: is 7; 8 or more",
        "planning.b: is 1.5; 0.0 to 1.0",
        "planning.f: expected a list of whole numbers, found a list",
        "planning: key 'g' is missing",
        "planning.a: unknown value 'x'; one of exact, fpi",
        "planning.d[0]: expected text, found 1",
        "planning.e: expected an object, found 7",
      ])
  }

  @Test func `the distance of names counts exchanged neighbours once`() {
    #expect(nearestName(to: "hroizon", among: ["horizon", "gamma"]) == "horizon")
    #expect(nearestName(to: "GAMMA", among: ["alpha", "gamma"]) == "gamma")
    #expect(nearestName(to: "a", among: []) == nil)
    #expect(nearestName(to: String(repeating: "a", count: 1_000_000), among: ["b"]) == "b")
  }
}
