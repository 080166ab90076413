import ActiveInference
import BeliefTesting
import Foundation
import Testing

@Suite("A test that is held against its golden")
struct CheckGoldenTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private var testFile: String { folder.appending(path: "Tests.swift").path(percentEncoded: false) }

  /// What a check says on standard error, and what it throws.
  private struct Outcome {
    var said: [String] = []
    var failure: (any Error)?
    var text: String { failure.map { "\($0)" } ?? "" }
  }

  private func check(
    _ traces: [Trace], _ tolerances: Tolerances = .exact, recording: Recording? = nil,
    environment: [String: String] = [:], name: String = "fork"
  ) -> Outcome {
    var outcome = Outcome()
    do {
      try GoldenCheck(
        name: name, file: testFile, recording: recording, environment: environment
      ) { outcome.said.append($0) }.run(traces, tolerances)
    } catch {
      outcome.failure = error
    }
    return outcome
  }

  private var files: [String] {
    (try? FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "Goldens").path(percentEncoded: false)))?.sorted() ?? []
  }

  @Test("fails without a golden, and says how to record it")
  func missing() throws {
    let outcome = check([try forkTrace()])
    #expect((outcome.failure as? GoldenFailure)?.reason == .missing)
    #expect(outcome.text.contains("there is no golden 'fork'"))
    #expect(outcome.text.contains("AIF_RECORD=missing"))
    #expect(outcome.text.contains("aif approve "))
    #expect(files == ["fork.received.json"])
  }

  @Test("passes and says so when it records, and says nothing when nothing differs")
  func records() throws {
    let traces = [try forkTrace()]
    let recorded = check(traces, environment: ["AIF_RECORD": "missing"])
    #expect(recorded.failure == nil)
    #expect(
      recorded.said.count == 1
        && recorded.said[0].hasPrefix("recorded the golden 'fork', 1 episode: "))
    #expect(files == ["fork.json"])
    for environment in [[:], ["AIF_RECORD": "missing"], ["AIF_RECORD": "never"], ["CI": "true"]] {
      let again = check(traces, environment: environment)
      #expect(again.failure == nil && again.said == [])
    }
  }

  @Test("fails with the explanation, keeps what it found and names the command that approves it")
  func differs() throws {
    var trace = try forkTrace()
    _ = check([trace], recording: .missing)
    trace.steps[3].beliefs?[1][1] -= 0.03
    let outcome = check([trace])
    let failure = try #require(outcome.failure as? GoldenFailure)
    guard case .differs(let explanation) = failure.reason else { throw failure }
    #expect(explanation.difference.step == 3)
    #expect(outcome.text.contains("\(explanation)"))
    #expect(outcome.text.contains("step 3, belief in (context, right pays): expected "))
    #expect(outcome.text.hasSuffix("aif approve \(failure.received)"))
    #expect((failure as any Error).localizedDescription == outcome.text)
    #expect(files == ["fork.json", "fork.received.json"])
    let received = try Data(contentsOf: URL(filePath: failure.received))
    #expect(try Golden.read(contentsOf: Array(received), source: "").traces == [trace])
    #expect(check([trace], try Tolerances(.exact, ["beliefs": .absolute(0.1)])).failure == nil)
  }

  @Test("removes what an earlier failure left when it passes")
  func leftover() throws {
    let trace = try forkTrace()
    var changed = trace
    changed.steps[0].freeEnergy? += 1
    _ = check([trace], recording: .all)
    #expect(check([changed]).failure != nil)
    #expect(files.count == 2)
    #expect(check([trace]).failure == nil)
    #expect(files == ["fork.json"])
    #expect(check([changed]).failure != nil)
    #expect(check([changed], recording: .all).failure == nil)
    #expect(files == ["fork.json"])
  }

  @Test("fails where there are more or fewer episodes")
  func episodes() throws {
    let trace = try forkTrace()
    _ = check([trace], recording: .missing)
    var second = trace
    second.episode = 1
    let outcome = check([trace, second])
    #expect(
      outcome.text.hasPrefix("differs from the golden 'fork': expected 1 episode, got 2"))
  }

  @Test("the variable decides unless the call does; anything else in it is an error")
  func variable() throws {
    func resolved(_ asked: Recording?, _ environment: [String: String]) throws -> Recording {
      try Recording.resolved(asked, environment: environment)
    }
    #expect(try resolved(nil, [:]) == .never)
    #expect(try resolved(nil, ["AIF_RECORD": "all"]) == .all)
    #expect(try resolved(.never, ["AIF_RECORD": "all"]) == .never)
    #expect(try resolved(.missing, [:]) == .missing)
    let outcome = check([try forkTrace()], environment: ["AIF_RECORD": "yes"])
    #expect(
      outcome.text == "AIF_RECORD: 'yes' is no way to record; one of never, missing, all")
    #expect(files == [])
  }

  @Test("nothing is recorded in continuous integration unless the variable says so")
  func continuousIntegration() throws {
    let traces = [try forkTrace()]
    #expect(check(traces, environment: ["CI": "true"]).failure != nil)
    #expect(check(traces, recording: .missing, environment: ["CI": "true"]).failure != nil)
    #expect(files == ["fork.received.json"])
    #expect(
      check(traces, environment: ["CI": "true", "AIF_RECORD": "missing"]).said.count == 1)
  }

  @Test("a golden may be a file of traces as well, and a damaged one names file and place")
  func otherFiles() throws {
    let trace = try forkTrace()
    _ = check([trace], recording: .missing)
    let golden = folder.appending(path: "Goldens/fork.json")
    try Data(trace.jsonText.utf8).write(to: golden)
    #expect(check([trace]).failure == nil)
    let text = try Golden([trace]).text
    try Data(text.replacing("\"t\": 3", with: "\"t\": 4").utf8).write(to: golden)
    let outcome = check([trace])
    #expect(outcome.text.hasSuffix("Goldens/fork.json: episodes[0].steps[3].t: is 4, expected 3"))
  }

  @Test("a name that no file can have is refused", arguments: ["", "a/b", ".hidden", "a.received"])
  func names(name: String) throws {
    #expect(check([try forkTrace()], name: name).failure is InvalidInput)
    #expect(files == [])
  }

  @Test("the public function finds the golden beside this file")
  func here() throws {
    let trace = try forkTrace()
    try checkGolden("fork", trace)
    try checkGolden(
      "two-episodes",
      Trace.recorded(of: trace.model, trace.agent, steps: 2, seed: 1, episodes: 2, level: .beliefs))
  }
}
