import ActiveInference

/// Models, agents and data as files.
enum Sample {
  /// Two arms, one of them pays; whether it did is seen, the arm is not. `counts` of both.
  static let bandit = """
    format: aif.model/1
    name: bandit
    factors: [{name: arm, labels: [left, right]}]
    modalities: [{name: win, labels: ["no", "yes"]}]
    controls: [{name: pull, labels: [left, right]}]
    A: [{modality: win, given: [arm]}]
    B:
      - {factor: arm, given: [arm], controls: [pull],
         probability: [[[1, 0], [1, 0]], [[0, 1], [0, 1]]]}
    C: [{modality: win, logPreference: [0, 2]}]
    concentration: {A: [{modality: win, counts: [[3, 1], [1, 3]]}]}
    """

  /// A door that is open or shut for good, seen as it is, and a bell that is always silent.
  static let door = """
    format: aif.model/1
    name: door
    factors: [{name: door, labels: [open, shut]}, {name: mood, size: 2}]
    modalities: [{name: sight, labels: [open, shut]}, {name: bell, labels: [silent, rings]}]
    controls: [{name: push, labels: [leave, push]}]
    A:
      - {modality: sight, given: [door], probability: [[1, 0], [0, 1]]}
      - {modality: bell, given: [mood], probability: [[1, 1], [0, 0]]}
    B:
      - {factor: door, given: [door], controls: [push],
         probability: [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]}
      - {factor: mood, given: [mood], controls: [], probability: [[0.9, 0.1], [0.1, 0.9]]}
    C: [{modality: sight, logPreference: [1, 0]}]
    """

  /// One state, one outcome, no control.
  static let nothing = """
    format: aif.model/1
    factors: [{name: state, size: 1}]
    modalities: [{name: outcome, size: 1}]
    controls: []
    A: [{modality: outcome, given: [state], probability: [[1]]}]
    B: [{factor: state, given: [state], controls: [], probability: [[1]]}]
    """

  /// Switches that one control moves, each seen by itself.
  static func switches(_ count: Int) -> String {
    func list(_ entry: (Int) -> String) -> String { (0..<count).map(entry).joined(separator: ", ") }
    return """
      {"format": "aif.model/1",
       "factors": [\(list { "{\"name\": \"f\($0)\", \"size\": 2}" })],
       "modalities": [\(list { "{\"name\": \"m\($0)\", \"size\": 2}" })],
       "controls": [{"name": "u", "size": 2}],
       "A": [\(list { "{\"modality\": \"m\($0)\", \"given\": [\"f\($0)\"], "
         + "\"probability\": [[0.9, 0.1], [0.1, 0.9]]}" })],
       "B": [\(list { "{\"factor\": \"f\($0)\", \"given\": [\"f\($0)\"], \"controls\": [\"u\"], "
         + "\"probability\": [[[0.9, 0.5], [0.2, 0.5]], [[0.1, 0.5], [0.8, 0.5]]]}" })]}
      """
  }

  /// Data for ``door``: hard, soft and missing outcomes.
  static func data(actions: String) -> String {
    """
    {"format": "aif.data/1",
     "observations": [[0, 0], [[1, 0], null], [null, [1, 0]]], "actions": \(actions)}
    """
  }
}

extension Folder {
  /// The traces of a file.
  func traces(_ name: String) throws -> [Trace] {
    try Trace.read(contentsOf: Array(read(name).utf8), source: name)
  }

  /// Writes traces, one a line, and returns the path.
  @discardableResult
  func write(_ traces: [Trace], _ name: String) throws -> String {
    var bytes: [UInt8] = []
    for trace in traces { trace.appendLine(to: &bytes) }
    return try write(String(decoding: bytes, as: UTF8.self), name)
  }
}
