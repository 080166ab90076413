import ActiveInference
import Conformance
import EngineTestSupport
import Testing

@Suite("Probe") struct ProbeTests {
  @Test("windows", arguments: ["window", "windows"])
  func windows(name: String) throws {
    for golden in try GoldenFile("pymdp-1.0.4/\(name)").cases {
      var differences = Differences(tolerance: 1e-9)
      let steps = try ActiveInferenceAgent(golden.model, golden.configuration).replay(golden.record)
      for (got, expected) in zip(steps, golden.steps) {
        differences.compare(got, expected, "\(golden.name), step \(got.t)")
      }
      #expect(differences.isEmpty, "\(differences.description.prefix(600))")
    }
  }
  @Test(
    "named",
    arguments: NamedValue.all.indices.filter {
      NamedValue.all[$0].what.contains("mp") || NamedValue.all[$0].name == "Q2"
    })
  func named(index: Int) throws {
    let value = NamedValue.all[index]
    var differences = Differences(tolerance: value.tolerance)
    differences.compare(try value.measure(), value.expected, "\(value.name), \(value.what)")
    #expect(differences.isEmpty, "\(differences)")
  }
  @Test(
    "enumerated",
    arguments: EnumeratedFamily.all.indices.filter {
      EnumeratedFamily.all[$0].title.hasPrefix("windows")
    })
  func enumerated(index: Int) throws {
    let family = EnumeratedFamily.all[index].probe()
    #expect(family.faults.isEmpty, "\(family.faults.prefix(1200))")
  }
}
