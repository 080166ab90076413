import ActiveInference
import Conformance
import Testing

/// No option without a row, no row without an oracle.
@Suite("Options of an agent") struct OptionTests {
  private static let rows = ConformanceSection.all.flatMap(\.rows)
  /// What this build takes: a key that holds no other keys, with each value where those can be listed.
  private static let options = AgentConfiguration.settings.filter { setting in
    setting.isInBuild
      && !AgentConfiguration.settings.contains { $0.path.hasPrefix(setting.path + ".") }
  }.flatMap { setting in
    setting.values.isEmpty ? [setting.path] : setting.values.map { "\(setting.path)=\($0)" }
  }

  @Test("each has a row in the conformance table", arguments: options)
  func named(option: String) {
    #expect(
      OptionTests.rows.contains { $0.settings.contains(option) },
      "RELIABILITY.md has no row for \(option): add one to ConformanceRows*.swift, and cases")
  }

  @Test("each row has cases of an oracle, and all meet it", arguments: rows.map(\.title))
  func met(title: String) throws {
    let row = try #require(OptionTests.rows.first { $0.title == title })
    #expect(Oracle.allCases.contains { !row.cases(of: $0).isEmpty }, "\(title): no oracle")
    let faults = row.faults
    #expect(faults.count == 0, "\(title): \(faults.count) cases differ\n\(faults.first ?? "")")
  }

  @Test("the settings that rows name are there, and their cases have them")
  func settings() {
    for row in OptionTests.rows {
      for setting in row.settings {
        #expect(OptionTests.options.contains(setting), "\(row.title): \(setting)")
        let parts = setting.split(separator: "=").map(String.init)
        let values = Conformance.cases.filter(row.includes).map { $0.value(of: parts[0]) }
        if parts.count == 2 {
          let isSet = values.allSatisfy {
            $0 == .string(parts[1]) || $0 == .boolean(parts[1] == "true")
          }
          #expect(isSet, "\(row.title): not every case has \(setting)")
        } else {
          let numbers = values.compactMap { $0?.double }
          #expect(!values.contains(nil), "\(row.title): \(setting) is not set in every case")
          #expect(
            numbers.isEmpty || Set(numbers).count > 1,
            "\(row.title): \(setting) is the same in all cases")
        }
      }
    }
    #expect(Set(OptionTests.rows.map(\.title)).count == OptionTests.rows.count)
  }

  @Test("what the format names and this build has not is refused by that name")
  func refused() {
    for setting in AgentConfiguration.settings {
      for value in setting.isInBuild ? setting.valuesElsewhere : ["another"] {
        let refusal = #expect(throws: InvalidInput.self) {
          try AgentConfiguration().setting(setting.path, to: .string(value))
        }
        let message = refusal?.description ?? ""
        #expect(message.contains("agent.\(setting.path)"), "\(message)")
        #expect(message.contains("'\(value)' is not in this build"), "\(message)")
      }
    }
  }
}
