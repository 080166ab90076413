import Conformance
import Testing

/// What pymdp and SPM computed, fixture by fixture, to 1e-9.
@Suite("Golden data") struct GoldenTests {
  @Test(
    "the agent agrees with inferactively-pymdp 1.0.4",
    arguments: try Conformance.goldenNames(of: .pymdp1))
  func pymdp1(file: String) throws { try check(file) }

  @Test(
    "the agent agrees with inferactively-pymdp 0.0.7.1",
    arguments: try Conformance.goldenNames(of: .pymdp007))
  func pymdp007(file: String) throws { try check(file) }

  @Test("the agent agrees with SPM", arguments: try Conformance.goldenNames(of: .spm))
  func spm(file: String) throws { try check(file) }

  private func check(_ file: String) throws {
    let faults = try #require(Conformance.family(file)).faults
    #expect(faults.isEmpty, "\(file)\n\(faults)")
  }
}
