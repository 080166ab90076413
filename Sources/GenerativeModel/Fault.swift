/// One thing wrong with an input: where it is, what is wrong, and what to do.
public struct Fault: Hashable, Sendable, CustomStringConvertible {
  /// Where, in the words of the file: `A[reward], column (left, context 1)`.
  public let place: String
  /// What is wrong there: `sums to 0.98`.
  public let problem: String
  /// What to do about it: `make the column sum to 1`; empty where the problem says it.
  public let remedy: String

  /// A fault at a place.
  public init(_ place: String, _ problem: String, remedy: String = "") {
    self.place = place
    self.problem = problem
    self.remedy = remedy
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
