import ActiveInference
import Foundation

/// A fixture of `Tests/Golden`: what another program computed (README there).
package struct GoldenFile {
  package let cases: [GoldenCase]
  /// Values of single functions, in `goldens.json`.
  package let numbers: JSONValue?

  /// - Parameter name: `pymdp-1.0.4/factors`.
  package init(_ name: String) throws {
    let file = GoldenFile.folder.appending(path: name + ".json")
    let json = try JSONValue(contentsOf: file)
    cases = try json.get("cases").array.map(GoldenCase.init)
    numbers = json.find("numbers")
  }

  static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden")
  }

  /// The names of all fixtures of a program's version.
  package static func names(in version: String) throws -> [String] {
    try FileManager.default
      .contentsOfDirectory(atPath: folder.appending(path: version).path(percentEncoded: false))
      .filter { $0.hasSuffix(".json") }
      .map { "\(version)/\($0.dropLast(5))" }.sorted()
  }
}

/// An agent, what it saw and did, and what the other program made of it.
package struct GoldenCase {
  package let name: String
  package let model: GenerativeModel
  package let configuration: AgentConfiguration
  package let record: BehaviourRecord
  package let steps: [ReferenceStep]
  /// Counts at the end by table and name, `A[modality_0]`.
  let counts: [String: Tensor]

  init(_ json: JSONValue) throws {
    name = try json.get("name").text
    model = try GenerativeModel(ModelDescription(json: json.get("model")))
    configuration = try AgentConfiguration(json: json.get("agent"))
    record = try BehaviourRecord(json: json.get("data"))
    let expected = try json.get("expected")
    steps = try expected.get("steps").array.map(ReferenceStep.init)
    // pymdp 0.0.7 has none of a step by policy.
    if configuration.inference.algorithm != .windowedPolicyMessages {
      for step in try expected.get("steps").array { _ = try step.get("freeEnergy") }
    }
    counts = try GoldenCase.counts(expected.get("final").get("concentration"))
  }

  private static func counts(_ json: JSONValue) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    if let habit = json.find("E") { result["E"] = try habit.get("counts").tensor }
    for (letter, key) in [
      ("A", "modality"), ("B", "factor"), ("C", "modality"), ("D", "factor"),
    ] {
      for table in try json.find(letter)?.array ?? [] {
        result["\(letter)[\(try table.get(key).text)]"] = try table.get("counts").tensor
      }
    }
    return result
  }
}

extension ReferenceStep {
  fileprivate init(_ json: JSONValue) throws {
    beliefs = try json.get("beliefs").array.map { try $0.numbers }
    windowStart = try json.find("windowStart")?.integer
    smoothedBeliefs = try json.find("smoothedBeliefs")?.array.map {
      try $0.array.map { try $0.numbers }
    }
    freeEnergy = try json.find("freeEnergy")?.number
    negativeExpectedFreeEnergy = try json.get("negativeExpectedFreeEnergy").numbers
    policyPosterior = try json.get("policyPosterior").numbers
    actionMarginals = try json.get("actionMarginals").array.map { try $0.numbers }
    terms = try json.find("terms").map { json in
      var terms: [String: [Double]] = [:]
      for name in ["utility", "stateInformationGain", "parameterInformationGain", "inductive"] {
        terms[name] = try json.get(name).numbers
      }
      return terms
    }
    choice = try json.find("action")?.integers
    policyFreeEnergy = try json.find("policyFreeEnergy")?.numbers
    precisionUpdates = try json.find("precision")?.numbers
    policyBeliefs = try json.find("policyBeliefs")?.array.map { times in
      if times.isNull { return [] }
      return try times.array.map { try $0.array.map { try $0.numbers } }
    }
  }
}
