import ActiveInference
import Foundation

/// A value of a JSON file that knows where it is, so that a wrong fixture is named and not a crash.
///
/// The tests read fixtures by this and not by the library's own reader, which they would then test
/// with itself.
package struct JSONValue {
  package struct Unexpected: Error, CustomStringConvertible {
    package let description: String
  }

  let value: Any
  let path: String

  package init(contentsOf file: URL) throws {
    value = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    path = file.lastPathComponent
  }

  private init(_ value: Any, _ path: String) {
    self.value = value
    self.path = path
  }

  /// The member of an object; nil where it is absent or null.
  package func find(_ key: String) -> JSONValue? {
    guard let member = (value as? [String: Any])?[key], !(member is NSNull) else { return nil }
    return JSONValue(member, path + "." + key)
  }

  /// The member of an object.
  package func get(_ key: String) throws -> JSONValue {
    guard let member = find(key) else { throw Unexpected(description: "\(path) has no \(key)") }
    return member
  }

  package var isNull: Bool { value is NSNull }
  package var isArray: Bool { value is [Any] }

  package var array: [JSONValue] {
    get throws { try read([Any].self).enumerated().map { JSONValue($1, path + "[\($0)]") } }
  }
  package var text: String { get throws { try read(String.self) } }
  package var number: Double { get throws { try read(NSNumber.self).doubleValue } }
  package var integer: Int { get throws { try read(NSNumber.self).intValue } }
  package var flag: Bool { get throws { try read(Bool.self) } }
  package var numbers: [Double] { get throws { try array.map { try $0.number } } }
  package var integers: [Int] { get throws { try array.map { try $0.integer } } }
  package var texts: [String] { get throws { try array.map { try $0.text } } }

  /// Nested lists of numbers.
  package var tensor: Tensor {
    get throws {
      var shape: [Int] = []
      var level = self
      while level.isArray {
        let items = try level.array
        shape.append(items.count)
        guard let first = items.first else { break }
        level = first
      }
      var values: [Double] = []
      try collect(value, into: &values)
      return Tensor(shape: shape, values)
    }
  }

  private func collect(_ value: Any, into values: inout [Double]) throws {
    if let items = value as? [Any] {
      for item in items { try collect(item, into: &values) }
    } else if let number = value as? NSNumber {
      values.append(number.doubleValue)
    } else {
      throw Unexpected(description: "\(path) holds something that is no number")
    }
  }

  private func read<T>(_ type: T.Type) throws -> T {
    guard let result = value as? T else {
      throw Unexpected(description: "\(path) is not a \(type)")
    }
    return result
  }
}
