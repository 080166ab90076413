import Conformance
import Testing

/// The library against enumeration on random small models, to 1e-12.
@Suite("Brute force") struct BruteForceTests {
  @Test(
    "beliefs, free energy, every term, choice and counts are their definitions",
    arguments: EnumeratedFamily.titles)
  func definitions(family title: String) throws {
    let family = try #require(Conformance.family(title))
    #expect(family.faults.isEmpty, "\(family.faults)")
    let cases = try family.cases.get()
    #expect(cases.reduce(0) { $0 + $1.compared } > 10 * cases.count)
  }
}
