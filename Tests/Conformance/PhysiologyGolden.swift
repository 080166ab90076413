import ActiveInference

/// An episode and what SPM makes of it for an electrode: `Tests/Golden/spm/physiology.json`.
package struct PhysiologyGolden {
  package let model: GenerativeModel
  package let configuration: AgentConfiguration
  package let record: BehaviourRecord
  /// `[factor][state][time][bin]`.
  package let firingRates: [[[[Double]]]]
  package let localFieldPotentials: [[[[Double]]]]
  package let dopamine: [Double]

  /// Every one there is.
  package static func all() throws -> [PhysiologyGolden] {
    let file = GoldenFile.folder.appending(path: "spm/physiology.json")
    return try JSONValue(contentsOf: file).get("cases").array.map { json in
      let expected = try json.get("expected")
      func units(_ key: String) throws -> [[[[Double]]]] {
        try expected.get(key).array.map { states in
          try states.array.map { times in try times.array.map { try $0.numbers } }
        }
      }
      return PhysiologyGolden(
        model: try GenerativeModel(ModelDescription(json: json.get("model"))),
        configuration: try AgentConfiguration(json: json.get("agent")),
        record: try BehaviourRecord(json: json.get("data")), firingRates: try units("firingRates"),
        localFieldPotentials: try units("localFieldPotentials"),
        dopamine: try expected.get("dopamine").numbers)
    }
  }
}
