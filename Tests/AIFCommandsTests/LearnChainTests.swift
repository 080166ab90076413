import ActiveInference
import Foundation
import Testing

/// What `aif learn` writes is a model for every other command.
@Suite("aif learn, and what comes after")
struct LearnChainTests {
  /// The T-maze as a trace has it, with counts of which a few more say that arms may disappoint.
  private func maze(_ trace: String, _ folder: Folder) throws -> String {
    let line = try #require(try folder.read(trace).split(separator: "\n").first)
    let model = try JSONSerialization.data(
      withJSONObject: try #require(try object(String(line))["model"]))
    var description = ModelDescription(try GenerativeModel(contentsOf: Array(model), source: trace))
    for (index, likelihood) in description.likelihoods.enumerated() {
      let probability = try #require(likelihood.probability)
      let counts = likelihood.modality == "where" ? 0 : 0.25
      description.likelihoodCounts.append(
        .init(
          likelihood.modality,
          Tensor(shape: probability.shape, probability.values.map { 4 * $0 + counts })))
      description.likelihoods[index].probability = nil
    }
    return try folder.write(GenerativeModel(description).jsonText, "maze.json")
  }

  @Test(
    "an environment's trace is learned from, and the model linted, described, reduced and lived in")
  func chain() throws {
    let folder = try Folder()
    func succeed(_ arguments: String...) throws -> Outcome {
      let outcome = try run(arguments)
      #expect(outcome.code == 0, "\(arguments): \(outcome.err)")
      return outcome
    }
    let (trace, learned) = (folder.file("seen.jsonl"), folder.file("learned.json"))
    _ = try succeed("simulate", "tmaze", "--episodes", "6", "--output", trace)
    let model = try maze("seen.jsonl", folder)
    let told = try succeed("learn", model, "--data", trace, "--output", learned)
    #expect(told.lines.last == "converged")
    // Seven steps an episode, each an observation of every modality.
    func counts(_ file: String) throws -> [Double] {
      try GenerativeModel(
        contentsOf: Array(Data(contentsOf: URL(filePath: file))), source: file
      ).concentration.likelihood.map { $0?.values.reduce(0, +) ?? 0 }
    }
    for (before, after) in zip(try counts(model), try counts(learned)) {
      #expect(abs(after - before - 42) <= 1e-9)
    }
    _ = try succeed("validate", learned)
    #expect(try object(succeed("describe", learned, "--format", "json").out).isEmpty == false)
    #expect(try succeed("lint", learned).out.contains("no findings"))
    let simpler = folder.file("simpler.yaml")
    _ = try succeed(
      "reduce", learned, "--prior", model, "--threshold", "0.1", "--output", simpler)
    #expect(try succeed("simulate", "tmaze", "--model", simpler).out.contains("1 of 1"))
    _ = try succeed("simulate", learned, "--steps", "3", "--episodes", "2")
    // And once more from where it ended; a replay is of one episode.
    _ = try succeed("learn", simpler, "--data", trace, "--output", folder.file("again.json"))
    let refused = try run("replay", learned, "--data", trace)
    #expect(refused.code == 2 && refused.err.contains("has 6 episodes; a replay is of one"))
    let lines = try folder.read("seen.jsonl").split(separator: "\n")
    let one = try folder.write(String(lines[0]) + "\n", "one.jsonl")
    let replayed = try object(succeed("replay", learned, "--data", one).out)
    #expect((replayed["steps"] as? [Any])?.count == 7)
  }
}
