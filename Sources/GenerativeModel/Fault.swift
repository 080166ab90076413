/// One thing wrong with an input: where it is, what is wrong, and what to do.
public struct Fault: Hashable, Sendable, CustomStringConvertible {
  /// Where, in the words of the file: `A[reward], column (left, context 1)`.
  public let place: String
  /// What is wrong there: `sums to 0.98`.
  public let problem: String
  /// What to do about it: `make the column sum to 1`; empty where the problem says it.
  public let remedy: String

  /// A fault at a place.
  ///
  /// Of a text longer than 1,000 bytes only the beginning and the end are kept: names in a file may be
  /// of any length, and a thousand faults may name one.
  public init(_ place: String, _ problem: String, remedy: String = "") {
    self.place = Fault.abridged(place)
    self.problem = Fault.abridged(problem)
    self.remedy = Fault.abridged(remedy)
  }

  private static func abridged(_ text: String) -> String {
    let bytes = text.utf8
    if bytes.count <= 1000 { return text }
    // Between scalars, wherever a limit of bytes may fall.
    return String(decoding: bytes.prefix(700), as: UTF8.self) + " ... "
      + String(decoding: bytes.suffix(200), as: UTF8.self)
  }

  /// `place: problem; remedy`.
  public var description: String {
    (place.isEmpty ? "" : place + ": ") + problem + (remedy.isEmpty ? "" : "; " + remedy)
  }
}

/// Everything wrong with one input, found in one pass.
public struct InvalidInput: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was read: a file's name, `model`, `--set`; empty where there is no better word.
  public var source: String
  /// The faults, in the order of the input; never empty.
  public let faults: [Fault]

  /// The faults of an input.
  public init(source: String = "", _ faults: [Fault]) {
    self.source = source
    self.faults = faults
  }

  /// One line a fault, each preceded by the source.
  public var description: String {
    faults.map { (source.isEmpty ? "" : source + ": ") + $0.description }
      .joined(separator: "\n")
  }
}
