/// What a JSON or YAML document says, before it means anything.
package enum DocumentValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// A number written without point or exponent that fits.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([DocumentValue])
  /// An array that holds numbers alone, at least one.
  case numbers([Double])
  /// Keys in the order of the document; a reader never yields a key twice.
  case object([Member])

  package struct Member: Hashable, Sendable {
    package let key: String
    package let value: DocumentValue

    package init(_ key: String, _ value: DocumentValue) {
      self.key = key
      self.value = value
    }
  }
}
