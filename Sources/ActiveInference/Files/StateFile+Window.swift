import GenerativeModel

extension ActiveInferenceAgent.State.Window {
  private static let keys = ["initial", "observations", "actions", "beliefs", "concentration"]

  /// The part of a state's document that is about a window.
  func document(_ model: GenerativeModel) -> DocumentValue {
    .object(
      [
        .init("initial", .numbers(initial)),
        .init("observations", .list(observations.map { .list($0.map(\.document)) })),
        .init("actions", .list(actions.map { .list($0.map { .integer($0) }) })),
        .init("beliefs", .list(beliefs.map { .numbers($0) })),
      ] + (concentration.map { [.init("concentration", model.concentrationDocument($0))] } ?? []))
  }

  /// What a document says; nil, and faults, where it says nothing of the kind.
  static func read(
    _ root: ObjectReader, _ key: String, _ model: GenerativeModel, source: String
  ) throws(InvalidInput) -> Self? {
    guard let reader = root.object(key, keys: keys) else { return nil }
    let faults = root.faults
    let initial = reader.numbers("initial", required: true)
    var observations: [[Observation]] = []
    for (step, entry) in (reader.list("observations", required: true) ?? []).enumerated() {
      let place = "\(key).observations[\(step)]"
      guard let items = entry.items else {
        faults.expected("a list, one entry a modality", place, entry)
        continue
      }
      observations.append(
        items.enumerated().compactMap {
          Observation($0.element, at: "\(place)[\($0.offset)]", faults)
        })
    }
    let actions = rows(reader, "actions", "a list of whole numbers", \.wholeNumbers)
    let beliefs = rows(reader, "beliefs", "a list of numbers", \.doubles)
    let counts = reader.value("concentration")
    guard let initial, faults.isEmpty else { return nil }
    var window = Self(
      initial: initial, observations: observations, actions: actions, beliefs: beliefs)
    if let counts {
      window.concentration = try model.concentration(document: counts, source: source)
    }
    return window
  }

  private static func rows<Row>(
    _ reader: ObjectReader, _ key: String, _ expected: String, _ row: (DocumentValue) -> Row?
  ) -> [Row] {
    var rows: [Row] = []
    for (step, entry) in (reader.list(key, required: true) ?? []).enumerated() {
      if let found = row(entry) {
        rows.append(found)
      } else {
        reader.faults.expected(expected, "\(reader.place(of: key))[\(step)]", entry)
      }
    }
    return rows
  }
}
