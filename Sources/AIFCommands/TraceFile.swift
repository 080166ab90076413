import ActiveInference
import BeliefTesting

/// The traces of a file as they are read; `-` is standard input.
///
/// JSON Lines are read a few at a time, however long the file. What is not (one object over several
/// lines, a golden file) is read whole.
final class TraceFile {
  /// Traces that are yet to be made of their text, which may be done on any thread.
  enum Batch: Sendable {
    /// - Parameter isAlone: whether it is one line, and the only one of its file.
    case lines([LineReader.Line], isAlone: Bool)
    case whole([UInt8])
  }

  /// What messages call it.
  let name: String
  /// Whether the end of an unfinished file has been left out, as the system was cut off within it.
  private(set) var isCut = false
  private let lines: LineReader
  private let isUnfinished: Bool
  private var hasBegun = false
  /// What has been looked at and not given out.
  private var ahead: [LineReader.Line] = []

  private static let largestBatch = (lines: 64, bytes: 1 << 18)

  /// Whether it is a file that another can take the place of.
  var isRegular: Bool { lines.isRegular }

  /// Opens a file.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` where it cannot be read.
  init(_ path: String) throws {
    let input = InputFile(path: path)
    name = input.name
    lines = try LineReader(input)
    isUnfinished = path.hasSuffix(OutputFile.unfinishedEnding)
  }

  /// The next of its traces; nil at the end.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` where it cannot be read, ``InvalidInput`` where it is empty.
  func nextBatch() throws -> Batch? {
    if !hasBegun {
      hasBegun = true
      if let whole = try begin() { return .whole(whole) }
      if ahead.count == 1 { return .lines([ahead.removeFirst()], isAlone: true) }
    }
    var batch: [LineReader.Line] = []
    var bytes = 0
    while batch.count < TraceFile.largestBatch.lines, bytes < TraceFile.largestBatch.bytes,
      let line = try next()
    {
      bytes += line.bytes.count
      batch.append(line)
    }
    return batch.isEmpty ? nil : .lines(batch, isAlone: false)
  }

  /// Looks at the first two lines.
  ///
  /// - Returns: all of the file, where it is not JSON Lines.
  private func begin() throws -> [UInt8]? {
    guard let first = try next() else {
      throw InvalidInput(
        source: name, [Fault("", isCut ? "holds no whole episode" : "holds no trace")])
    }
    let second = try next()
    ahead = [first, second].compactMap { $0 }
    let document = try? JSONReader.read(first.bytes, source: name)
    // A first line that is no object by itself begins one that goes over several.
    if document == nil ? second == nil : !TraceFile.isGolden(document) { return nil }
    var bytes = Array(repeating: UInt8(ascii: "\n"), count: first.number - 1) + first.bytes
    if let second {
      bytes += Array(repeating: UInt8(ascii: "\n"), count: second.number - first.number)
      bytes += second.bytes + (second.isEnded ? [UInt8(ascii: "\n")] : [])
    }
    ahead = []
    return try bytes + lines.rest()
  }

  private func next() throws -> LineReader.Line? {
    if hasBegun, !ahead.isEmpty { return ahead.removeFirst() }
    guard let line = try lines.next() else { return nil }
    if isUnfinished && !line.isEnded {
      isCut = true
      return nil
    }
    return line
  }

  /// Bytes within which a trace says that it is one.
  static let heading = 256

  /// Whether what a file begins with says that it holds traces or goldens.
  static func isTrace(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes.prefix(heading), as: UTF8.self)
      .contains(/^\s*\{\s*"format"\s*:\s*"aif\.(trace|golden)\/1"/)
  }

  private static func isGolden(_ document: DocumentValue?) -> Bool {
    guard case .object(let members) = document else { return false }
    return members.contains { $0.key == "format" && $0.value == .string(Golden.format) }
  }
}

extension TraceFile.Batch {
  /// Makes the traces one after the other.
  ///
  /// - Parameters:
  ///   - reader: reads lines, and knows what the lines before had.
  ///   - source: what faults name: the file.
  ///   - body: takes the number of a line, or of a trace of what was read whole, its bytes where it is
  ///     a line, and the trace or what is wrong with it.
  func forEach(
    _ reader: inout TraceReader, source: String,
    _ body: (Int, [UInt8], Result<Trace, InvalidInput>) throws -> Void
  ) rethrows {
    switch self {
    case .whole(let bytes):
      let result = Result { () throws(InvalidInput) in
        try Trace.read(contentsOf: bytes, source: source)
      }
      switch result {
      case .success(let traces):
        for (position, trace) in traces.enumerated() { try body(position, [], .success(trace)) }
      case .failure(let faults): try body(0, [], .failure(faults))
      }
    case .lines(let lines, let isAlone):
      for line in lines {
        let result = Result { () throws(InvalidInput) in
          try reader.trace(JSONReader.read(line.bytes, source: source))
        }
        try body(
          line.number, line.bytes,
          result.mapError { faults in
            InvalidInput(
              source: source,
              isAlone ? faults.faults : faults.faults.map { $0.inLine(line.number) })
          })
      }
    }
  }
}
