import GenerativeModel

/// Reads the values given to an environment's parameters and gathers every fault, so that all of
/// them are reported at once.
///
/// ```swift
/// var reader = ParameterReader(parameters, of: MyWorld.self)
/// let slip = reader.probability("slip")
/// try reader.check()
/// ```
public struct ParameterReader {
  /// Everything wrong so far.
  public private(set) var faults: [Fault] = []
  private let source: String
  private let declared: [EnvironmentParameter]
  private var values: [String: ParameterValue] = [:]

  /// Takes the values that are known by name; a fault for each that is not.
  public init(_ given: [String: ParameterValue], of kind: any NamedEnvironment.Type) {
    source = kind.identifier
    declared = kind.parameters
    for parameter in declared { values[parameter.name] = parameter.defaultValue }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let known = values[name] else {
        report(
          name, "there is no such parameter",
          suggestion(for: name, among: declared.map(\.name), kind: "parameter"))
        continue
      }
      let isUnset = value == .none || (known == .none && value == .text("none"))
      if !isUnset { values[name] = value }
    }
  }

  /// The value given, or else the default.
  public subscript(name: String) -> ParameterValue { values[name] ?? .none }

  /// Whether a value other than the default was given.
  public func isChanged(_ name: String) -> Bool {
    declared.contains { $0.name == name && $0.defaultValue != self[name] }
  }

  /// A number in 0...1.
  public mutating func probability(_ name: String) -> Double {
    let remedy = "give a number from 0 to 1"
    guard let value = number(name, remedy) else { return 0 }
    if !(0...1).contains(value) {
      report(name, "\(self[name].written) is not a probability", remedy)
    }
    return value
  }

  /// A finite number.
  public mutating func finite(_ name: String) -> Double {
    let remedy = "give a finite number"
    guard let value = number(name, remedy) else { return 0 }
    if !value.isFinite { report(name, "\(self[name].written) is not finite", remedy) }
    return value
  }

  /// A whole number of at least 1; nil after a fault.
  public mutating func count(_ name: String) -> Int? {
    let remedy = "give 1, 2, 3, ..."
    switch self[name] {
    case .integer(let value) where value >= 1: return value
    case .number(let value) where value >= 1 && value == value.rounded() && value < 0x1p53:
      return Int(value)
    case .integer, .number: report(name, "\(self[name].written) is not a count", remedy)
    default: report(name, "\(self[name].written) is not a number", remedy)
    }
    return nil
  }

  /// True or false.
  public mutating func flag(_ name: String) -> Bool {
    if case .boolean(let value) = self[name] { return value }
    report(name, "\(self[name].written) is neither true nor false", "give true or false")
    return false
  }

  /// The index of one of the words; nil where it is not set.
  public mutating func choice(_ name: String, of words: [String]) -> Int? {
    if self[name] == .none { return nil }
    if case .text(let word) = self[name], let index = words.firstIndex(of: word) { return index }
    let choices = words.joined(separator: ", ")
    report(name, "\(self[name].written) is not a choice", "give \(choices) or none")
    return nil
  }

  /// Notes a fault at a parameter.
  public mutating func report(_ name: String, _ problem: String, _ remedy: String = "") {
    faults.append(Fault(name, problem, remedy: remedy))
  }

  /// Throws what was found, if anything.
  public func check() throws(InvalidInput) {
    if !faults.isEmpty { throw InvalidInput(source: source, faults) }
  }

  private mutating func number(_ name: String, _ remedy: String) -> Double? {
    switch self[name] {
    case .number(let value): return value
    case .integer(let value): return Double(value)
    default:
      report(name, "\(self[name].written) is not a number", remedy)
      return nil
    }
  }
}

extension ParameterValue {
  /// As somebody would write it, text in quotation marks.
  public var written: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): "\"\(value)\""
    case .list(let values): "[" + values.map(\.written).joined(separator: ", ") + "]"
    case .none: "none"
    }
  }
}
