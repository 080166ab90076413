import Testing

@Suite("A model of a million states") struct LargeModelTests {
  private let folder: Folder
  private let model: String

  init() throws {
    folder = try Folder()
    // Five moves, each of which leads to a place of its own from wherever one is.
    let cells = (0..<5).map { "[\($0 * 1000), \($0)]" }.joined(separator: ", ")
    model = try folder.write(
      """
      {"format": "aif.model/1", "name": "plain",
       "factors": [{"name": "place", "size": 1000000}],
       "modalities": [{"name": "where", "size": 1000000}],
       "controls": [{"name": "move", "size": 5}],
       "A": [{"modality": "where", "given": [],
              "sparse": {"shape": [1000000], "index": [[12345]], "value": [1]}}],
       "B": [{"factor": "place", "given": [], "controls": ["move"],
              "sparse": {"shape": [1000000, 5], "index": [\(cells)], "value": [1, 1, 1, 1, 1]}}]}
      """, "plain.json")
  }

  @Test("is described with its memory, though what was asked for may not fit")
  func described() throws {
    for horizon in ["1", "9"] {
      let outcome = try run("describe", model, "--set", "agent.planning.horizon=\(horizon)")
      #expect(outcome.code == 0, "\(outcome.err)")
      #expect(outcome.out.contains("1,000,000 states"))
      #expect(outcome.out.contains("horizon \(horizon), "))
      let agent = try #require(outcome.lines.first { $0.hasPrefix("memory     agent") })
      #expect(agent.contains("MiB") == (horizon == "1"), "\(agent)")
      #expect(agent.contains("of this machine") == (horizon == "9"), "\(agent)")
    }
  }

  @Test("is lived in")
  func simulated() throws {
    let outcome = try run("simulate", model, "--steps", "2", "--episodes", "2")
    #expect(outcome.code == 0, "\(outcome.err)")
  }

  @Test("with a horizon that cannot fit is refused with the number")
  func refused() throws {
    let outcome = try run("simulate", model, "--set", "agent.planning.horizon=9")
    #expect(outcome.code == 2)
    #expect(outcome.out == "")
    // 5 + 25 + ... + 5^9 prefixes; two levels of 5^9 / 8 blocks of eight lanes of a million doubles.
    #expect(outcome.err.hasPrefix("aif: plain: memory: tables of "), "\(outcome.err)")
    #expect(outcome.err.contains(" and 29104."), "\(outcome.err)")
    #expect(
      outcome.err.contains(
        "GiB for an agent of 2441405 prefixes of policies over 1000000 states of all factors"))
    #expect(outcome.err.contains("GiB of this machine; shorten planning.horizon"))
  }
}
