import Foundation

/// What a unit of work took in each of several blocks, in nanoseconds.
struct Sample: Codable {
  let blocks: [Double]

  var median: Double { quantile(0.5) }
  var lowerQuartile: Double { quantile(0.25) }
  var upperQuartile: Double { quantile(0.75) }

  /// The value below which a share of the blocks lies, between two blocks in proportion.
  func quantile(_ share: Double) -> Double {
    let sorted = blocks.sorted()
    guard let last = sorted.last else { return .nan }
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
  }
}

/// One of those that are measured in turn: repeats its work and says how long that took.
struct Contender {
  /// Units of work in one repetition.
  let units: Int
  /// Does the work so many times, with chance of its own; the answer is in seconds.
  let run: (_ repetitions: Int, _ seed: UInt64) throws -> Double

  init(units: Int, run: @escaping (Int, UInt64) throws -> Double) {
    self.units = units
    self.run = run
  }

  /// Work of this process, by its clock.
  init(units: Int, work: @escaping (_ seed: UInt64) throws -> Void) {
    self.init(units: units) { repetitions, seed in
      let clock = ContinuousClock()
      let began = clock.now
      for repetition in 0..<repetitions { try work(seed + UInt64(repetition)) }
      return (clock.now - began) / .seconds(1)
    }
  }
}

/// Measures contenders in turn, block by block, so that what else the machine does falls on all.
///
/// - Parameters:
///   - blocks: how many of each.
///   - seconds: about how long a block takes; one that needs longer for one repetition does one.
func inTurn(
  _ contenders: [Contender], blocks: Int, seconds: Double = 0.25
) throws -> [Sample] {
  // The first time is warm-up, the second tells how often the work fits into a block.
  let repetitions = try contenders.map { contender in
    _ = try contender.run(1, 0)
    let once = try contender.run(1, 1)
    return min(max(1, Int(seconds / max(once, 1e-9))), 1 << 20)
  }
  var times = contenders.map { _ in [Double]() }
  for block in 0..<blocks {
    for (index, contender) in contenders.enumerated() {
      let taken = try contender.run(repetitions[index], UInt64(block) << 20)
      times[index].append(taken * 1e9 / Double(repetitions[index] * contender.units))
    }
  }
  return times.map(Sample.init)
}
