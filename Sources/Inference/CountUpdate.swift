import Kernels

/// One update of a run of Dirichlet counts.
///
///     count <- count0 + (1 - forgetting)(count - count0) + rate * evidence
///     count <- count * asymptote / (asymptote + w rate)
///
/// Where learning is active (``UpdateAcceptance``) only w of the first line is kept; else w is 1.
struct CountUpdate<Number: StepNumber> {
  let counts: UnsafeMutablePointer<Number>
  private let first: UnsafePointer<Double>
  let rule: LearningSettings.Rule

  /// - Parameter first: the counts of the model, the same in all lanes.
  init(
    _ counts: UnsafeMutablePointer<Number>, _ first: UnsafePointer<Double>,
    _ rule: LearningSettings.Rule
  ) {
    self.counts = counts
    self.first = first
    self.rule = rule
  }

  /// The part of the formula without evidence, for `count` cells.
  func forget(_ count: Int) {
    let kept = Number(broadcast: 1 - rule.forgetting)
    for cell in 0..<count where first[cell] > 0 {
      let origin = Number(broadcast: first[cell])
      counts[cell] = origin + kept * (counts[cell] - origin)
    }
  }

  /// Keeps the counts of a table of `count` cells from growing beyond the asymptote, after evidence has been
  /// added. None falls below what a model may have.
  ///
  /// - Parameter accepted: how much of the update was accepted; nil for all of it.
  func saturate(_ count: Int, accepted: Number? = nil) {
    guard let asymptote = rule.asymptote else { return }
    let rate = Number(broadcast: rule.rate) * (accepted ?? Number(broadcast: 1))
    let kept = Number(broadcast: asymptote) / (Number(broadcast: asymptote) + rate)
    let least = Number(broadcast: 1e-150)
    for cell in 0..<count where first[cell] > 0 {
      counts[cell] = .greater(counts[cell] * kept, least)
    }
  }

  /// Whether an update touches every cell.
  var isWhole: Bool { rule.forgetting > 0 || rule.asymptote != nil }

  /// Adds evidence to a cell of one lane; a cell whose first count is zero stays zero.
  @inline(__always)
  func add(_ evidence: Double, to cell: Int, lane: Int) {
    guard first[cell] > 0 else { return }
    numbers(counts)[cell * Number.laneCount + lane] += rule.rate * evidence
  }

  /// The first line of the formula for `count` cells.
  func add(_ evidence: UnsafePointer<Number>, _ count: Int) {
    if rule.forgetting > 0 { forget(count) }
    let rate = Number(broadcast: rule.rate)
    for cell in 0..<count where first[cell] > 0 { counts[cell] += rate * evidence[cell] }
  }

  /// The whole formula for `count` cells.
  func addAll(_ evidence: UnsafePointer<Number>, _ count: Int) {
    add(evidence, count)
    saturate(count)
  }
}

/// The runs of a table that an update has changed.
public final class ChangedRuns {
  let runs: FixedBuffer<Int32>
  private(set) var count = 0
  private let isListed: FixedBuffer<Bool>
  /// Whether every run has changed.
  public internal(set) var isEverything = false

  init(_ bound: Int) {
    runs = FixedBuffer(repeating: 0, count: bound)
    isListed = FixedBuffer(repeating: false, count: bound)
  }

  func begin() {
    for index in 0..<count { isListed.base[Int(runs.base[index])] = false }
    count = 0
    isEverything = false
  }

  func insert(_ run: Int) {
    if isListed.base[run] { return }
    isListed.base[run] = true
    runs.base[count] = Int32(run)
    count += 1
  }

  /// Calls `body` with every run that has changed, of a table that has so many.
  @inline(__always)
  package func forEach(of total: Int, _ body: (Int) -> Void) {
    if isEverything {
      for run in 0..<total { body(run) }
    } else {
      for index in 0..<count { body(Int(runs.base[index])) }
    }
  }
}
