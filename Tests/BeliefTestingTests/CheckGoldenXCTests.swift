import ActiveInference
import BeliefTesting
import XCTest

/// The same function in XCTest: the test's name is a sentence there too, as far as it can be.
final class CheckGoldenXCTests: XCTestCase {
  func testAnEpisodeIsHeldAgainstItsGolden() throws {
    try checkGolden("fork", forkTrace())
  }

  func testADifferenceIsThrownWithItsExplanation() throws {
    var trace = try forkTrace()
    trace.steps[1].freeEnergy? += 1
    let folder = FileManager.default.temporaryDirectory.appending(path: "xc-\(UUID().uuidString)")
    let file = folder.appending(path: "Tests.swift").path(percentEncoded: false)
    let goldens = folder.appending(path: "Goldens")
    try FileManager.default.createDirectory(at: goldens, withIntermediateDirectories: true)
    try Data(Golden([forkTrace()]).text.utf8).write(to: goldens.appending(path: "fork.json"))
    XCTAssertThrowsError(try checkGolden("fork", trace, file: file)) { error in
      XCTAssertTrue("\(error)".contains("step 1, free energy: expected "), "\(error)")
      XCTAssertTrue(error.localizedDescription.contains("Likely cause: the algorithm changed"))
    }
  }
}
