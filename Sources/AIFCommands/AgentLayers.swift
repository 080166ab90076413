import ActiveInference

/// The agent of a command: preset < environment < `--agent` < `--set`, each laid over the last.
///
/// The preset is the lowest layer wherever it is named, so that a file or an assignment that names
/// one keeps what the environment asks for, such as the horizon it takes to solve it.
struct AgentLayers {
  /// What the environment asks for.
  let environment: AgentConfiguration
  /// The file of `--agent`.
  let file: String?
  let assignments: [Assignment]
  /// What assignments call the agent.
  var place = "agent"

  /// The agent that they make together.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` with what is wrong with the file and every assignment.
  func configuration() throws -> AgentConfiguration {
    let settings = assignments.compactMap { assignment in
      assignment.path(in: place).map { (path: $0, value: assignment.documentValue) }
    }
    var faults = FaultGatherer()
    let overlay = try file.flatMap { file in
      let input = InputFile(path: file)
      let document = try Document.read(input.bytes(), source: input.name)
      return faults.gather { try Overlay(document, source: input.name) }
    }
    var preset = overlay?.preset ?? environment.preset
    for setting in settings where setting.path == "preset" {
      faults.gather {
        preset = try AgentConfiguration().setting("preset", to: setting.value, in: place).preset
      }
    }
    var configuration = try environment.moved(to: preset)
    if let overlay {
      configuration = try configuration.applying(overlay.document, source: overlay.source)
    }
    for setting in settings where setting.path != "preset" {
      faults.gather {
        configuration = try configuration.setting(setting.path, to: setting.value, in: place)
      }
    }
    try faults.check()
    return configuration
  }

  /// A file without its preset, which is a layer of its own.
  private struct Overlay {
    let preset: AgentConfiguration.Preset?
    let document: DocumentValue
    let source: String

    /// - Throws: ``InvalidInput`` with every fault of the file.
    init(_ document: DocumentValue, source: String) throws(InvalidInput) {
      let alone = try AgentConfiguration().applying(document, source: source)
      preset = document.member("preset").map { _ in alone.preset }
      self.document = document.without("preset")
      self.source = source
    }
  }
}

extension AgentConfiguration {
  /// Another preset with what is different here from this one's preset laid over it.
  fileprivate func moved(to other: Preset) throws -> AgentConfiguration {
    if other == preset { return self }
    let ours = document.members
    let theirs = AgentConfiguration(preset: preset).document
    var result = AgentConfiguration(preset: other)
    for section in ours {
      for key in section.value.members
      where theirs.member(section.key)?.member(key.key) != key.value {
        result = try result.setting("\(section.key).\(key.key)", to: key.value)
      }
    }
    return result
  }
}

extension DocumentValue {
  fileprivate var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  fileprivate func member(_ key: String) -> DocumentValue? {
    members.first { $0.key == key }?.value
  }

  fileprivate func without(_ key: String) -> DocumentValue {
    if case .object(let members) = self { .object(members.filter { $0.key != key }) } else { self }
  }
}
