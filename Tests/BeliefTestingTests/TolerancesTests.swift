import ActiveInference
import BeliefTesting
import Testing

@Suite("Tolerances")
struct TolerancesTests {
  private func messages(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("a quantity has the bound of the longest key that covers it")
  func longestKey() throws {
    let tolerances = try Tolerances(
      .absolute(1), ["terms": .ulps(2), "terms.utility": .exact, "final": .relative(0.5)])
    #expect(tolerances.bound(for: "beliefs") == .absolute(1))
    #expect(tolerances.bound(for: "terms.inductive") == .ulps(2))
    #expect(tolerances.bound(for: "terms.utility") == .exact)
    #expect(tolerances.bound(for: "final.concentration.A") == .relative(0.5))
    #expect(
      try Tolerances(.exact, ["final.concentration": .ulps(1)]).bound(for: "final.concentration.B")
        == .ulps(1))
    #expect(Tolerances.exact.bound(for: "beliefs") == .exact)
  }

  @Test("only the quantity that may differ may")
  func byQuantity() throws {
    let trace = try forkTrace()
    var changed = trace
    changed.steps[1].terms?.utility[4] += 1e-10
    changed.steps[2].beliefs?[1][0] += 1e-10
    func found(_ bounds: [String: Tolerances.Bound]) throws -> String? {
      try firstDifference(expected: trace, actual: changed, tolerances: Tolerances(.exact, bounds))?
        .quantity
    }
    #expect(try found([:]) == "terms.utility")
    #expect(try found(["terms": .absolute(1e-9)]) == "beliefs")
    #expect(try found(["beliefs": .absolute(1e-9)]) == "terms.utility")
    #expect(try found(["terms": .absolute(1e-9), "beliefs": .relative(1e-8)]) == nil)
  }

  @Test("a bound in ulps counts representable doubles, 0 and -0 being neighbours")
  func ulps() {
    #expect(Tolerances.Bound.ulps(1).allows(1, 1.0.nextUp))
    #expect(!Tolerances.Bound.ulps(1).allows(1, 1.0.nextUp.nextUp))
    #expect(Tolerances.Bound.ulps(2).allows(1, 1.0.nextUp.nextUp))
    #expect(Tolerances.Bound.ulps(1).allows(0, -0.0))
    #expect(!Tolerances.Bound.ulps(2).allows(-.leastNonzeroMagnitude, .leastNonzeroMagnitude))
    #expect(Tolerances.Bound.ulps(3).allows(-.leastNonzeroMagnitude, .leastNonzeroMagnitude))
    #expect(!Tolerances.Bound.ulps(.max).allows(.greatestFiniteMagnitude, .infinity))
  }

  @Test("a bound of zero asks for the same bits, whatever its kind")
  func zero() {
    for bound in [Tolerances.Bound.exact, .ulps(0), .absolute(0), .relative(0)] {
      #expect(!bound.allows(0, -0.0))
      #expect(!bound.allows(1, 1.0.nextUp))
      #expect(bound.allows(1, 1))
    }
  }

  @Test("a relative bound is a share of the larger magnitude")
  func relative() {
    #expect(Tolerances.Bound.relative(0.5).allows(1, 2))
    #expect(Tolerances.Bound.relative(0.5).allows(2, 1))
    #expect(!Tolerances.Bound.relative(0.49).allows(1, 2))
  }

  @Test(
    "what is not finite equals only its like",
    arguments: [
      .exact, .ulps(.max), .absolute(.greatestFiniteMagnitude), .relative(2),
    ] as [Tolerances.Bound])
  func notFinite(bound: Tolerances.Bound) {
    #expect(bound.allows(.nan, -.nan))
    #expect(bound.allows(.infinity, .infinity))
    for (one, other) in [(.nan, 1), (1, .nan), (.infinity, 1), (.infinity, -.infinity)]
      as [(Double, Double)]
    {
      #expect(!bound.allows(one, other))
    }
  }

  @Test("bounds have texts that read back")
  func texts() throws {
    for (text, bound) in [
      ("exact", .exact), ("4ulp", .ulps(4)), ("1e-09", .absolute(1e-9)),
      ("1e-09rel", .relative(1e-9)),
    ] as [(String, Tolerances.Bound)] {
      #expect(try Tolerances.Bound(text: text) == bound)
      #expect("\(bound)" == text)
    }
    #expect(try Tolerances.Bound(text: "1e-9") == .absolute(1e-9))
    #expect(
      try Tolerances(texts: ["1e-9", "beliefs=4ulp", "final=exact"])
        == Tolerances(.absolute(1e-9), ["beliefs": .ulps(4), "final": .exact]))
    #expect(try Tolerances(texts: []) == .exact)
  }

  @Test("every fault is told at once, with the nearest name")
  func faults() {
    #expect(
      messages {
        _ = try Tolerances(
          .absolute(-1),
          ["belief": .exact, "states": .ulps(1), "terms": .relative(Double.infinity)])
      } == """
        tolerances: a bound of -1.0; give a finite number, 0 or more
        tolerances: belief: is no quantity of a trace; did you mean 'beliefs'?
        tolerances: states: holds no real numbers; leave it out: it is equal or different
        tolerances: terms: a bound of inf; give a finite number, 0 or more
        """)
    let remedy =
      "give exact, a count of doubles as 4ulp, a number from 0 as 1e-9, or a share of the larger "
      + "number as 1e-9rel"
    #expect(
      messages { _ = try Tolerances(texts: ["-1", "terms=nan", "1", "2", "=1", "utility=1"]) }
        == """
        tolerances: '-1' is no bound; \(remedy)
        tolerances: terms: 'nan' is no bound; \(remedy)
        tolerances: is given twice; give one bound
        tolerances: '=1' names no quantity; give one as in beliefs=4ulp
        tolerances: utility: is no quantity of a trace; did you mean 'terms.utility'?
        """)
    for text in ["", "ulp", "1.5ulp", "-1ulp", "rel", "infrel", "0x", "1e999"] {
      #expect(throws: InvalidInput.self) { try Tolerances.Bound(text: text) }
    }
  }
}
