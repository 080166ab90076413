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

  /// Whether it sets the agent: `agent.planning.horizon`.
  var agentPath: String? { key.hasPrefix("agent.") ? String(key.dropFirst(6)) : nil }
}

extension [Assignment] {
  /// The parameters of the environment, each given once.
  func parameters() throws -> [String: ParameterValue] {
    var result: [String: ParameterValue] = [:]
    for assignment in self where assignment.agentPath == nil {
      guard result.updateValue(assignment.parameterValue, forKey: assignment.key) == nil else {
        throw CommandFailure.input("--set \(assignment.key): given twice")
      }
    }
    return result
  }

  /// A configuration with what the assignments say of it.
  func applied(to base: AgentConfiguration) throws -> AgentConfiguration {
    var configuration = base
    for assignment in self {
      guard let path = assignment.agentPath else { continue }
      configuration = try configuration.setting(path, to: assignment.documentValue)
    }
    return configuration
  }
}
