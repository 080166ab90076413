import Foundation

/// What a function is at one argument, from `References/make_references.py`.
struct Reference {
  /// Where the function was taken.
  let argument: Double
  /// The double nearest to the function there.
  let nearest: Double
  /// What the exact value has more than the nearest double, in units of the latter's last place.
  let rest: Double

  /// How far `got` is from the exact value, in units of the last place.
  func error(_ got: Double) -> Double {
    if nearest.isInfinite { return got == nearest ? 0 : .infinity }
    return abs((got - nearest) / nearest.ulp - rest)
  }

  /// The references of a file in the folder `References`.
  static func read(_ name: String) throws -> [Reference] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "References")
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

  struct Unreadable: Error { let line: String }
}

/// The greatest error of `results` in units of the last place, with the argument that it is at.
func worst(
  _ results: [Double], against references: [Reference]
) -> (error: Double, argument: Double) {
  zip(results, references).map { ($1.error($0), $1.argument) }.max { $0.0 < $1.0 } ?? (.infinity, 0)
}
