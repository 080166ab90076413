import ActiveInference

/// What came of one file of traces.
struct FileFinding: Sendable {
  /// What messages call the file.
  let name: String
  /// Episodes that could be read.
  var episodes = 0
  /// Those of which no step was recorded.
  var empty = 0
  /// Those whose agent searched as long as the clock allowed, which no run need find again.
  var timed = 0
  /// Those that differ.
  var differing = 0
  /// The first that differs, and where it is in the file.
  var first: (position: Int, finding: TraceVerifier.Finding)?
  /// Whether the end of an unfinished file was left out.
  var isCut = false
  /// Episodes written anew.
  var updated: Int?
  private var messages: [(position: Int, text: String)] = []
  private var problemCount = 0

  /// So many lines with faults are told, the others only counted.
  private static let mostMessages = 8

  init(name: String) { self.name = name }

  /// Whether all of it could be read.
  var isSound: Bool { problemCount == 0 }

  /// What is wrong with it, in the order of the file.
  var problems: [String] {
    let more = problemCount - messages.count
    return messages.map(\.text)
      + (more > 0 ? ["\(name): and \(more) more line\(more == 1 ? "" : "s")"] : [])
  }

  /// Takes in something that is wrong.
  ///
  /// - Parameter position: where in the file; 0 for the whole of it.
  mutating func add(_ error: any Error, at position: Int) {
    let text =
      switch error {
      case let faults as InvalidInput: faults.description
      case CommandFailure.input(let message): message
      default: "\(name): \(error)"
      }
    problemCount += 1
    let place = messages.firstIndex { $0.position > position } ?? messages.count
    messages.insert((position, text), at: place)
    if messages.count > FileFinding.mostMessages { messages.removeLast() }
  }

  /// Takes in what was found in an episode.
  mutating func add(_ finding: TraceVerifier.Finding, at position: Int) {
    differing += 1
    if first.map({ position < $0.position }) ?? true { first = (position, finding) }
  }

  /// Takes in what was found in another part of the file.
  mutating func add(_ part: FileFinding) {
    episodes += part.episodes
    empty += part.empty
    timed += part.timed
    differing += part.differing
    if let other = part.first, first.map({ other.position < $0.position }) ?? true { first = other }
    problemCount += part.problemCount
    messages = (messages + part.messages).sorted { $0.position < $1.position }
    messages.removeLast(max(0, messages.count - FileFinding.mostMessages))
  }
}
