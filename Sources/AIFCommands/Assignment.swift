import ActiveInference
import ArgumentParser

/// One `--set KEY=VALUE`.
struct Assignment: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
      return nil
    }
    key = String(argument[..<equals])
    value = String(argument[argument.index(after: equals)...])
  }

  /// The value as a document says it: JSON where it is JSON, else text.
  var documentValue: DocumentValue {
    (try? JSONReader.read(Array(value.utf8), source: "--set \(key)")) ?? .string(value)
  }

  /// The value of an environment's parameter.
  var parameterValue: ParameterValue { ParameterValue(documentValue) ?? .text(value) }

  /// What it sets of the agent: `planning.horizon` in `agent.planning.horizon`.
  var agentPath: String? { path(in: "agent") }

  /// What it sets inside a place: `planning.horizon` of `levels.sentence.planning.horizon` in `levels.sentence`.
  func path(in place: String) -> String? {
    key.hasPrefix(place + ".") ? String(key.dropFirst(place.count + 1)) : nil
  }

  /// Whether it is about levels of a deep agent.
  var isAboutLevels: Bool { path(in: "levels") != nil }

  /// Whether it sets the agent, or a level of it, and no parameter.
  var isAboutAgent: Bool { agentPath != nil || isAboutLevels }
}

extension [Assignment] {
  /// What is wrong with them together; nil where nothing is.
  var fault: String? {
    var keys: Set<String> = []
    return first { !keys.insert($0.key).inserted }.map { "--set \($0.key): given twice" }
  }

  /// The parameters of the environment.
  var parameters: [String: ParameterValue] {
    var result: [String: ParameterValue] = [:]
    for assignment in self where !assignment.isAboutAgent {
      result[assignment.key] = assignment.parameterValue
    }
    return result
  }
}
