import ActiveInference

/// How far each quantity of a trace may lie from what is expected.
///
/// ```swift
/// let tolerances = try Tolerances(.ulps(4), ["terms": .absolute(1e-9), "beliefs": .exact])
/// ```
///
/// Only real numbers have a tolerance. Whole numbers, names and lengths are equal or different.
public struct Tolerances: Hashable, Sendable {
  /// How far two real numbers may lie apart; a bound of zero asks for the same bits, as `exact` does.
  ///
  /// Under every bound a number that is not finite equals only its like.
  public enum Bound: Hashable, Sendable {
    /// Not at all: they have the same bits, so that even 0 and -0 differ.
    case exact
    /// So many representable doubles. 0 and -0 are neighbours, one apart.
    case ulps(UInt64)
    /// This far, in the unit of the quantity.
    case absolute(Double)
    /// This share of the larger of the two magnitudes.
    case relative(Double)
  }

  private let general: Bound
  private let byQuantity: [String: Bound]

  /// The same bits everywhere.
  public static let exact = Tolerances(unchecked: .exact, [:])

  private init(unchecked general: Bound, _ byQuantity: [String: Bound]) {
    self.general = general
    self.byQuantity = byQuantity
  }

  /// A bound for all quantities, and bounds of their own for some.
  ///
  /// - Parameters:
  ///   - bound: what holds for every quantity that is not named.
  ///   - byQuantity: keys as in a trace: `beliefs`; `terms` covers `terms.utility`, `final` covers
  ///     `final.concentration.A`.
  /// - Throws: ``InvalidInput`` with every fault: a bound that is negative or not finite, a key that
  ///   is none of a trace (the nearest is named) or holds no real numbers.
  public init(
    _ bound: Bound = .exact, _ byQuantity: [String: Bound] = [:]
  ) throws(InvalidInput) {
    let faults = FaultList()
    bound.check(at: "", faults)
    for (quantity, bound) in byQuantity.sorted(by: { $0.key < $1.key }) {
      bound.check(at: quantity, faults)
      Tolerances.check(quantity, faults)
    }
    try faults.check(source: "tolerances")
    self.init(unchecked: bound, byQuantity)
  }

  /// The bound of a quantity: that of the longest key which is the quantity or a prefix of it that
  /// ends at a dot.
  public func bound(for quantity: String) -> Bound {
    var key = quantity[...]
    while !byQuantity.isEmpty {
      if let bound = byQuantity[String(key)] { return bound }
      guard let dot = key.lastIndex(of: ".") else { break }
      key = key[..<dot]
    }
    return general
  }

  // MARK: - Quantities

  /// The keys of a trace that hold real numbers, and those that such keys lie in.
  public static let quantities = [
    "observation", "beliefs", "smoothedBeliefs", "logEvidence", "logEvidenceBound", "freeEnergy",
    "negativeExpectedFreeEnergy", "terms",
    "terms.utility", "terms.stateInformationGain", "terms.parameterInformationGain",
    "terms.inductive", "policyPosterior", "actionMarginals", "search", "search.gap",
    "search.prunedMass", "iterates", "iterates.freeEnergy", "iterates.beliefs", "final",
    "final.concentration", "final.concentration.A",
    "final.concentration.B", "final.concentration.C", "final.concentration.D",
    "final.concentration.E",
  ]

  /// The keys of a trace that hold whole numbers and names alone.
  private static let wholes = [
    "steps", "t", "windowStart", "states", "impossible", "action", "choice", "search.nodes",
    "search.sweeps",
    "iterates.converged",
  ]

  private static func check(_ quantity: String, _ faults: FaultList) {
    if quantities.contains(quantity) { return }
    if wholes.contains(quantity) {
      faults.add(
        quantity, "holds no real numbers", remedy: "leave it out: it is equal or different")
    } else {
      let inside = quantities.first { $0.hasSuffix("." + quantity) }
      faults.add(
        quantity, "is no quantity of a trace",
        remedy: inside.map { "did you mean '\($0)'?" }
          ?? suggestion(for: quantity, among: quantities, kind: "quantity"))
    }
  }
}

extension Tolerances.Bound {
  /// Whether two numbers are close enough.
  public func allows(_ expected: Double, _ actual: Double) -> Bool {
    if expected.bitPattern == actual.bitPattern || expected.isNaN && actual.isNaN { return true }
    guard expected.isFinite && actual.isFinite else { return false }
    switch self {
    case .exact, .ulps(0), .absolute(0), .relative(0): return false
    case .ulps(let count): return distance(expected, actual) <= count
    case .absolute(let bound): return abs(actual - expected) <= bound
    case .relative(let share):
      return abs(actual - expected) <= share * max(expected.magnitude, actual.magnitude)
    }
  }

  fileprivate func check(at quantity: String, _ faults: FaultList) {
    guard case .absolute(let bound) = self else {
      if case .relative(let bound) = self { check(bound, quantity, faults) }
      return
    }
    check(bound, quantity, faults)
  }

  private func check(_ bound: Double, _ quantity: String, _ faults: FaultList) {
    if bound >= 0 && bound.isFinite { return }
    faults.add(quantity, "a bound of \(bound)", remedy: "give a finite number, 0 or more")
  }

  /// How many steps from one representable number to the next lie between two.
  private func distance(_ a: Double, _ b: Double) -> UInt64 {
    /// The place among all doubles in order, -0 before 0.
    func place(_ value: Double) -> UInt64 {
      let sign: UInt64 = 1 << 63
      return value.sign == .minus ? ~value.bitPattern : value.bitPattern | sign
    }
    let (one, other) = (place(a), place(b))
    return max(one, other) - min(one, other)
  }
}
