/// Collects where numbers differ, so that a failure says expected, got and where.
package struct Differences: CustomStringConvertible {
  /// The largest difference that is none, absolute below 1 and relative above.
  package let tolerance: Double
  /// The largest difference seen, those within tolerance included.
  package private(set) var largest = 0.0
  /// The numbers compared.
  package private(set) var compared = 0
  private var found: [String] = []
  private var count = 0

  package init(tolerance: Double) { self.tolerance = tolerance }

  package var isEmpty: Bool { count == 0 }

  /// The first few, one a line.
  package var description: String {
    (found + (count > found.count ? ["and \(count - found.count) more"] : []))
      .joined(separator: "\n")
  }

  package mutating func compare(
    _ got: Double, _ expected: Double, _ place: @autoclosure () -> String
  ) {
    compared += 1
    var difference = got == expected ? 0 : abs(got - expected) / max(1, abs(expected))
    if difference.isNaN { difference = .infinity }
    largest = max(largest, difference)
    if difference <= tolerance { return }
    note("\(place()): expected \(expected), got \(got)")
  }

  package mutating func compare(
    _ got: [Double], _ expected: [Double], _ place: @autoclosure () -> String
  ) {
    if got.count != expected.count {
      return note("\(place()): expected \(expected.count) numbers, got \(got.count)")
    }
    for index in got.indices { compare(got[index], expected[index], "\(place())[\(index)]") }
  }

  package mutating func compare(
    _ got: [[Double]], _ expected: [[Double]], _ place: @autoclosure () -> String
  ) {
    if got.count != expected.count {
      return note("\(place()): expected \(expected.count) lists, got \(got.count)")
    }
    for index in got.indices { compare(got[index], expected[index], "\(place())[\(index)]") }
  }

  package mutating func compare(
    _ got: [Int], _ expected: [Int], _ place: @autoclosure () -> String
  ) {
    compared += 1
    if got != expected { note("\(place()): expected \(expected), got \(got)") }
  }

  package mutating func compare(
    _ got: [String], _ expected: [String], _ place: @autoclosure () -> String
  ) {
    compared += 1
    if got != expected { note("\(place()): expected \(expected), got \(got)") }
  }

  package mutating func note(_ difference: String) {
    count += 1
    if found.count < 8 { found.append(difference) }
  }
}
