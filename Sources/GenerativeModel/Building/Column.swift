/// One number for each value of a variable, said by label: `["reward": 0.98, "loss": 0.02]`.
///
/// A value that is not named has 0. A label alone has 1: `"none"`. A list says the numbers in order:
/// `[0.9, 0.1]`. A variable without labels has the labels that messages show: `context 0`.
public struct Column: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
  ExpressibleByStringLiteral, Sendable
{
  private enum Content: Sendable {
    case labelled([(label: String, number: Double)])
    case ordered([Double])
  }
  private let content: Content

  /// Numbers by label.
  public init(dictionaryLiteral elements: (String, Double)...) { self.init(labelled: elements) }

  init(labelled elements: [(String, Double)]) {
    content = .labelled(elements.map { (label: $0.0, number: $0.1) })
  }

  /// Numbers by label.
  public init(_ numbers: [String: Double]) {
    // A dictionary has no order, and faults are to be told in one.
    self.init(labelled: numbers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// Numbers in the order of the values.
  public init(arrayLiteral elements: Double...) { content = .ordered(elements) }

  /// Numbers in the order of the values.
  public init(_ numbers: [Double]) { content = .ordered(numbers) }

  /// 1 for the value with this label.
  public init(stringLiteral label: String) { self.init(certain: label) }

  /// 1 for the value with this label.
  public init(certain label: String) { content = .labelled([(label: label, number: 1)]) }

  /// The numbers in order; nil, with a fault, where a label is not known or named twice.
  func numbers(of variable: Variable, at place: String, _ faults: FaultList) -> [Double]? {
    switch content {
    case .ordered(let numbers):
      if numbers.count == variable.size { return numbers }
      faults.add(
        place,
        "expected \(counted(variable.size, "number")), one a value of \(variable.name),"
          + " found \(numbers.count)")
      return nil
    case .labelled(let entries):
      var numbers = [Double](repeating: 0, count: max(variable.size, 0))
      var named: Set<Int> = []
      for (label, number) in entries {
        guard let value = variable.value(labelled: label) else {
          let known = variable.labels ?? (0..<min(variable.size, 64)).map(variable.label)
          faults.add(
            place, "\(variable.name) has no label '\(label)'",
            remedy: suggestion(for: label, among: known, kind: "label"))
          return nil
        }
        guard named.insert(value).inserted else {
          faults.add(place, "'\(label)' is there twice", remedy: "remove one of them")
          return nil
        }
        numbers[value] = number
      }
      return numbers
    }
  }
}

extension Variable {
  /// The value with a label, or with the words that ``label(_:)`` gives where it has none.
  public func value(labelled label: String) -> Int? {
    if let labels { return labels.firstIndex(of: label) }
    guard label.hasPrefix(name + " "), let value = Int(label.dropFirst(name.count + 1)),
      (0..<size).contains(value), self.label(value) == label
    else { return nil }
    return value
  }
}
