/// The first thing in which two traces differ: where, and both values.
public struct Difference: Hashable, Sendable, CustomStringConvertible {
  /// What a trace says at one place.
  public enum Value: Hashable, Sendable {
    /// A real number.
    case number(Double)
    /// A whole number: an outcome, a state, an action, a number of entries.
    case integer(Int)
    /// Anything else in words.
    case text(String)
    /// Nothing: it was not recorded.
    case absent
  }

  /// The step, from 0; nil where it is about the whole trace.
  public let step: Int?
  /// The level by its name; nil where the agent has one level, or it is about what all of them see or do.
  public let level: String?
  /// The quantity by its key in the trace: `beliefs`, `terms.utility`, `final.concentration.A`.
  public let quantity: String
  /// The position in the quantity; empty where it is about the quantity as a whole.
  public let index: [Int]
  /// The position in words: the names and labels of the model.
  public let labels: [String]
  /// What the value is of: `belief in`, `number of steps`.
  let phrase: String
  /// What the expected trace says.
  public let expected: Value
  /// What the actual trace says.
  public let actual: Value

  /// `step 3, belief in (context, right pays): expected 0.91, got 0.88 (difference -0.03)`.
  ///
  /// In a trace of several levels the level is named after the step: `step 3, level sentence, free energy`.
  /// Numbers have as many digits as it takes to tell one from every other.
  public var description: String {
    let place =
      (step.map { "step \($0), " } ?? "") + (level.map { "level \($0), " } ?? "") + phrase
    let position = labels.joined(separator: ", ")
    let shown = labels.count > 1 ? " (\(position))" : labels.isEmpty ? "" : " \(position)"
    return "\(place)\(shown): expected \(expected), got \(actual)\(distance)"
  }

  /// ` (difference -0.03)`, where there is one to tell.
  private var distance: String {
    guard case .number(let expected) = expected, case .number(let actual) = actual,
      (actual - expected).isFinite
    else { return "" }
    let difference = actual - expected
    // Seven digits: the rest is the rounding of the subtraction.
    let short = Float(difference)
    let isShown = short.isNormal || difference == 0
    return " (difference \(isShown ? short.description : difference.description))"
  }
}

extension Difference.Value: CustomStringConvertible {
  /// The value; `nothing` where there is none.
  public var description: String {
    switch self {
    case .number(let value): value.description
    case .integer(let value): value.description
    case .text(let text): text
    case .absent: "nothing"
    }
  }
}
