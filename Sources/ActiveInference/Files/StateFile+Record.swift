import GenerativeModel

extension ActiveInferenceAgent.State.Record {
  private static let keys = ["observations", "actions", "concentration"]

  /// The part of a state's document that is about the episode so far.
  func document(_ model: GenerativeModel) -> DocumentValue {
    .object([
      .init("observations", .list(observations.map { .list($0.map(\.document)) })),
      .init("actions", .list(actions.map { .list($0.map { .integer($0) }) })),
      .init("concentration", model.concentrationDocument(concentration)),
    ])
  }

  /// What a document says; nil, and faults, where it says nothing of the kind.
  static func read(
    _ root: ObjectReader, _ key: String, _ model: GenerativeModel, source: String
  ) throws(InvalidInput) -> Self? {
    guard let reader = root.object(key, keys: keys) else { return nil }
    let faults = root.faults
    let observations = (reader.list("observations", required: true) ?? []).enumerated().map {
      BehaviourRecord.observation($1, "\(reader.place(of: "observations"))[\($0)]", faults)
    }
    var actions: [[Int]] = []
    for (step, entry) in (reader.list("actions", required: true) ?? []).enumerated() {
      if let action = entry.wholeNumbers {
        actions.append(action)
      } else {
        faults.expected("a list of whole numbers", "\(reader.place(of: "actions"))[\(step)]", entry)
      }
    }
    guard let counts = reader.value("concentration", required: true), faults.isEmpty else {
      return nil
    }
    return Self(
      observations: observations, actions: actions,
      concentration: try model.concentration(document: counts, source: source))
  }
}
