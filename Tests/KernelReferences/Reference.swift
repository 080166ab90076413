import Foundation

/// What a function is at one argument, from `Tests/KernelsTests/References/make_references.py`.
package struct Reference: Sendable {
  /// Where the function was taken.
  package let argument: Double
  /// The double nearest to the function there.
  package let nearest: Double
  /// What the exact value has more than the nearest double, in units of the latter's last place.
  package let rest: Double

  /// How far `got` is from the exact value, in units of the last place.
  package func error(_ got: Double) -> Double {
    if nearest.isInfinite { return got == nearest ? 0 : .infinity }
    return abs((got - nearest) / nearest.ulp - rest)
  }

  /// The references of a file in that folder.
  package static func read(_ name: String) throws -> [Reference] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "KernelsTests/References")
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let fields = line.split(separator: " ")
      guard fields.count == 3, let argument = UInt64(fields[0], radix: 16),
        let nearest = UInt64(fields[1], radix: 16), let hundredths = Int(fields[2])
      else { throw Unreadable(line: String(line)) }
      return Reference(
        argument: Double(bitPattern: argument), nearest: Double(bitPattern: nearest),
        rest: Double(hundredths) / 100)
    }
  }

  package struct Unreadable: Error { let line: String }
}
