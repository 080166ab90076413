extension Trace {
  /// The traces of a file: `aif.trace/1`, as JSON Lines or one object over several lines, or a
  /// ``Golden``, `aif.golden/1`.
  ///
  /// - Parameter source: what the faults name: the file.
  /// - Throws: ``InvalidInput`` with every fault, those of JSON Lines placed by line:
  ///   `line 3, steps[2].beliefs[context]`. Lines with faults beyond the eighth are only counted.
  public static func read(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) -> [Trace]
  {
    var reader = TraceReader(source: source)
    var lines = nonemptyLines(bytes)[...]
    guard let first = lines.first else {
      throw InvalidInput(source: source, [Fault("", "holds no trace")])
    }
    // A first line that is no object by itself begins one that goes over several.
    if lines.count > 1, (try? JSONReader.read(Array(bytes[first.bytes]), source: source)) == nil {
      return try reader.traces(JSONReader.read(bytes, source: source))
    }
    let isAlone = lines.count == 1
    let faults = FaultList()
    var traces: [Trace] = []
    var faulty = 0
    while let line = lines.popFirst() {
      do throws(InvalidInput) {
        traces += try reader.traces(JSONReader.read(Array(bytes[line.bytes]), source: source))
      } catch {
        faulty += 1
        if faulty <= 8 {
          faults.add(isAlone ? error.faults : error.faults.map { $0.inLine(line.number) })
        }
      }
    }
    if faulty > 8 { faults.add("", "and \(faulty - 8) more line\(faulty == 9 ? "" : "s")") }
    try faults.check(source: source)
    return traces
  }

  /// The trace that a document holds.
  package init(document: DocumentValue, source: String) throws(InvalidInput) {
    var reader = TraceReader(source: source)
    self = try reader.trace(document)
  }

  /// A line of a file.
  private struct Line {
    /// From 1.
    let number: Int
    let bytes: Range<Int>
  }

  private static func nonemptyLines(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    var number = 1
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if !isBlank(bytes[start..<end]) { lines.append(Line(number: number, bytes: start..<end)) }
      start = end + 1
      number += 1
    }
    return lines
  }

  /// Whether a line of a file holds nothing.
  package static func isBlank(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
  }
}

extension Fault {
  /// A fault of a line that was read by itself, placed in its file.
  ///
  /// - Parameter number: from 1.
  package func inLine(_ number: Int) -> Fault {
    let inside = place.hasPrefix("line 1, ") ? place.dropFirst(8) : place[...]
    return Fault(
      "line \(number)" + (inside.isEmpty ? "" : ", \(inside)"), problem, remedy: remedy)
  }
}
