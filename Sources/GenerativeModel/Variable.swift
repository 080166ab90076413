/// A named discrete quantity: a hidden state factor, an outcome modality or a control.
///
/// Its values are `0..<size`; with labels each value has a name.
public struct Variable: Hashable, Sendable {
  /// The name, unique among the variables of its role.
  public let name: String
  /// The number of values, at least 1 in a valid model.
  public let size: Int
  /// The names of the values in order, where they have names.
  public let labels: [String]?

  /// A variable whose values have no names.
  public init(_ name: String, size: Int) {
    self.name = name
    self.size = size
    self.labels = nil
  }

  /// A variable whose values are named.
  public init(_ name: String, _ labels: [String]) {
    self.name = name
    self.size = labels.count
    self.labels = labels
  }

  /// The name of a value: its label, or `name index` where it has none.
  public func label(_ value: Int) -> String {
    if let labels, labels.indices.contains(value) { return labels[value] }
    return "\(name) \(value)"
  }
}
