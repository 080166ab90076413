extension ParameterValue {
  /// Its value in a file; what is not set is null.
  package var document: DocumentValue {
    switch self {
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    case .list(let values): .array(values.map(\.document))
    case .none: .null
    }
  }

  /// The value that a file says; nil where it is an object.
  ///
  /// In a list, a number without a fraction is read as an integer however it was written.
  package init?(_ document: DocumentValue) {
    switch document {
    case .null: self = .none
    case .boolean(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .text(value)
    case .array, .numbers:
      let items = document.items ?? []
      let values = items.compactMap { ParameterValue($0) }
      if values.count < items.count { return nil }
      self = .list(values)
    case .object: return nil
    }
  }
}
