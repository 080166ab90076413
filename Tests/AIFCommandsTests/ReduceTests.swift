import ActiveInference
import Foundation
import Testing

@Suite("aif reduce")
struct ReduceTests {
  /// The bandit before it learned, and after 40 pulls of the left arm, none of which paid.
  private static let prior = Sample.bandit.replacing("[[3, 1], [1, 3]]", with: "[[1, 1], [1, 1]]")
  private static let learned = Sample.bandit.replacing(
    "[[3, 1], [1, 3]]", with: "[[41, 1], [1, 1]]")

  @Test("tells what goes and how much evidence that gains, and writes the simpler model")
  func reduces() throws {
    let folder = try Folder()
    let (learned, prior) = (
      try folder.write(Self.learned, "learned.yaml"), try folder.write(Self.prior, "prior.yaml")
    )
    let output = folder.file("simpler.yaml")
    let outcome = try run("reduce", learned, "--prior", prior, "--output", output)
    #expect(outcome.code == 0)
    #expect(outcome.err == "")
    // 40 times the same of two outcomes alike: 1/41.
    #expect(
      outcome.out == """
        column                 prior   values       evidence
        A[win], column (left)  pruned  without yes  3.714
        together 3.714 nats in favour of the reduced model, of 2 columns

        """)
    let model = try GenerativeModel(
      contentsOf: Array(folder.read("simpler.yaml").utf8), source: "simpler")
    #expect(model.concentration.likelihood[0]?.values == [41, 1, 0, 1])
    #expect(try folder.read("simpler.yaml").hasPrefix("format:"))
    #expect(try run("validate", output).code == 0)
  }

  @Test("standard output has the model where that is asked for, and the same as the file")
  func standardOutput() throws {
    let folder = try Folder()
    let (learned, prior) = (
      try folder.write(Self.learned, "learned.yaml"), try folder.write(Self.prior, "prior.yaml")
    )
    let outcome = try run("reduce", learned, "--prior", prior, "--output", "-")
    #expect(try object(outcome.out)["format"] as? String == "aif.model/1")
    let file = folder.file("simpler.json")
    #expect(
      try run("reduce", "-", "--prior", prior, "--output", file, input: Self.learned).code == 0)
    #expect(try folder.read("simpler.json") == outcome.out)
  }

  @Test("json has every number, and goes on from the reduced prior")
  func goesOn() throws {
    let folder = try Folder()
    let (learned, prior) = (
      try folder.write(Self.learned, "learned.yaml"), try folder.write(Self.prior, "prior.yaml")
    )
    let (model, before) = (folder.file("model.json"), folder.file("before.json"))
    let first = try object(
      run(
        "reduce", learned, "--prior", prior, "--output", model, "--prior-output", before,
        "--format", "json"
      ).out)
    let gain = try #require(first["logEvidenceDifference"] as? Double)
    #expect(abs(gain - log(41)) <= 1e-12)
    let step = try #require((first["steps"] as? [[String: Any]])?.first)
    #expect(step["removed"] as? [String] == ["yes"])
    #expect(step["logEvidenceDifference"] as? Double == gain)
    let second = try run("reduce", model, "--prior", before)
    #expect(second.out == "nothing to reduce in 2 columns\n")
    // The first prior had more.
    #expect(try run("reduce", model, "--prior", prior).code == 2)
    let rows = fields(try run("reduce", learned, "--prior", prior, "--format", "csv").out)
    #expect(rows.count == 2)
    #expect(rows[0].count == rows[1].count)
  }

  @Test(
    "of a trace it takes what was before the first episode and after the last that went on from it")
  func traces() throws {
    let folder = try Folder()
    let model = try folder.write(Self.prior, "prior.yaml")
    let agent = try folder.write(
      "{\"format\": \"aif.agent/1\", \"learning\": {\"A\": {\"rate\": 4}}}", "agent.json")
    func simulate(_ arguments: String...) throws -> String {
      let file = folder.file("\(arguments.count).jsonl")
      let outcome = try run(
        ["simulate", model, "--agent", agent, "--steps", "10", "--output", file] + arguments)
      #expect(outcome.code == 0)
      return file
    }
    let lifetime = try simulate("--episodes", "3", "--carry", "counts")
    let traces = try Trace.read(
      contentsOf: Array(folder.read("4.jsonl").utf8), source: "lifetime")
    let expected = try ModelReduction(
      of: traces[2].model.replacing(concentration: traces[2].final),
      prior: traces[0].model.concentration, threshold: 0)
    let options = ["--threshold", "0", "--format", "json"]
    let whole = try run(["reduce", lifetime] + options)
    #expect(whole.out.contains("\"logEvidenceDifference\": \(expected.logEvidenceDifference),"))
    let one = try ModelReduction(
      of: traces[1].model.replacing(concentration: traces[1].final),
      prior: traces[1].model.concentration, threshold: 0)
    let chosen = try run(["reduce", lifetime, "--episode", "1"] + options)
    #expect(chosen.out.contains("\"logEvidenceDifference\": \(one.logEvidenceDifference),"))
    #expect(try run(["reduce", "-"] + options, input: folder.read("4.jsonl")).out == whole.out)
    let independent = try simulate("--episodes", "3")
    let refused = try run("reduce", independent)
    #expect(refused.code == 2)
    #expect(refused.err.contains("choose one with --episode"))
    #expect(try run("reduce", independent, "--episode", "2").code == 0)
    #expect(try run("reduce", independent, "--episode", "7").err.contains("has the number 7"))
  }

  @Test("bad input is refused with its reason, and nothing is written")
  func refuses() throws {
    let folder = try Folder()
    let (learned, prior) = (
      try folder.write(Self.learned, "learned.yaml"), try folder.write(Self.prior, "prior.yaml")
    )
    let door = try folder.write(Sample.door, "door.yaml")
    let output = folder.file("out.json")
    let cases: [([String], String)] = [
      ([learned], "--prior must name the model"),
      ([prior, "--prior", learned], "less than the prior's 41.0"),
      ([learned, "--prior", door], "factors: not those of"),
      ([door, "--prior", door], "has no counts of A, B"),
      ([learned, "--prior", prior, "--tables", "A,X"], "tables"),
      ([learned, "--prior", prior, "--threshold=-1"], "--threshold must be at least 0"),
      ([learned, "--prior", prior, "--episode", "0"], "--episode is for a trace"),
      (["-", "--prior", "-"], "only one of the files can be standard input"),
      ([folder.file("none.yaml")], "No such file"),
    ]
    for (arguments, message) in cases {
      let outcome = try run(["reduce"] + arguments + ["--output", output])
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.err.contains(message), "\(outcome.err)")
      #expect(outcome.out == "")
    }
    #expect(!folder.names.contains("out.json"))
    let nowhere = try run(
      "reduce", learned, "--prior", prior, "--output", "\(folder.path)/no/out.json")
    #expect(nowhere.code == 74)
  }
}
