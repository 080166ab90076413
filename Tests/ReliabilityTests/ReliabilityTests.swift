import Conformance
import Foundation
import Testing

/// RELIABILITY.md says what is so now.
@Suite("Reliability") struct ReliabilityTests {
  @Test("RELIABILITY.md is what the comparisons say; .ci/reliability --update writes it")
  func document() throws {
    let made = try ReliabilityDocument.text()
    // .ci/reliability says where to write it.
    let output = ProcessInfo.processInfo.environment["AIF_RELIABILITY"]
    if let output { try made.write(toFile: output, atomically: true, encoding: .utf8) }
    if output != nil { return }
    let written = (try? String(contentsOf: ReliabilityDocument.file, encoding: .utf8)) ?? ""
    let lines = (made: made.split(separator: "\n"), written: written.split(separator: "\n"))
    let changes = lines.made.difference(from: lines.written).prefix(12).map { change in
      switch change {
      case .insert(_, let line, _): "+ \(line)"
      case .remove(_, let line, _): "- \(line)"
      }
    }
    // Compared apart, so that a failure shows what has changed and not both texts.
    let isUpToDate = made == written
    #expect(
      isUpToDate,
      "RELIABILITY.md is stale; .ci/reliability --update writes it\n\(changes.joined(separator: "\n"))"
    )
  }

  @Test("every deviation and every standing check names a test that there is")
  func pointers() throws {
    let names = try SourceTests.names()
    #expect(names.count > 300)
    let named = Deviation.all.map(\.test) + StandingCheck.all.map(\.test)
    // Gathered first: a failure is to show these and not all names.
    let missing = named.filter { !names.contains($0) }
    #expect(missing.isEmpty)
    #expect(Set(Deviation.all.map(\.id)).count == Deviation.all.count)
    for number in 1...23 { #expect(Deviation.all.contains { $0.id == "Q\(number)" }) }
  }
}
