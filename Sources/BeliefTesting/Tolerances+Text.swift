import ActiveInference

// The text forms, for command lines: `exact`, `4ulp`, `1e-9`, `1e-9rel`; `beliefs=4ulp`.

extension Tolerances.Bound: CustomStringConvertible {
  /// The bound that a text names: `exact`, `4ulp`, `1e-9` (absolute) or `1e-9rel`.
  ///
  /// - Throws: ``InvalidInput`` where it names none, or one that is negative or not finite.
  public init(text: String) throws(InvalidInput) {
    func fault() -> InvalidInput {
      InvalidInput([
        Fault(
          "", "'\(text)' is no bound",
          remedy: "give exact, a count of doubles as 4ulp, a number from 0 as 1e-9, or a share of "
            + "the larger number as 1e-9rel")
      ])
    }
    func number(_ digits: some StringProtocol) throws(InvalidInput) -> Double {
      guard let number = Double(digits), number.isFinite, number >= 0 else { throw fault() }
      return number
    }
    if text == "exact" {
      self = .exact
    } else if text.hasSuffix("ulp") {
      guard let count = UInt64(text.dropLast(3)) else { throw fault() }
      self = .ulps(count)
    } else if text.hasSuffix("rel") {
      self = .relative(try number(text.dropLast(3)))
    } else {
      self = .absolute(try number(text))
    }
  }

  /// The text that names it.
  public var description: String {
    switch self {
    case .exact: "exact"
    case .ulps(let count): "\(count)ulp"
    case .absolute(let bound): "\(bound)"
    case .relative(let share): "\(share)rel"
    }
  }
}

extension Tolerances {
  /// The tolerances that a list of texts names, as a command line has them: each a bound, or a
  /// quantity with one, `beliefs=4ulp`.
  ///
  /// - Throws: ``InvalidInput`` with every fault; what is given twice is one.
  public init(texts: [String]) throws(InvalidInput) {
    let faults = FaultList()
    var bounds: [String: Bound] = [:]
    for text in texts {
      // The bound for everything has the empty key.
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let quantity = parts.count == 2 ? String(parts[0]) : ""
      do {
        let bound = try Bound(text: String(parts[parts.count - 1]))
        if parts.count == 2 && quantity.isEmpty {
          faults.add("", "'\(text)' names no quantity", remedy: "give one as in beliefs=4ulp")
        } else if bounds.updateValue(bound, forKey: quantity) != nil {
          faults.add(quantity, "is given twice", remedy: "give one bound")
        }
      } catch {
        faults.add(error.faults.map { Fault(quantity, $0.problem, remedy: $0.remedy) })
      }
    }
    let general = bounds.removeValue(forKey: "") ?? .exact
    do {
      self = try Tolerances(general, bounds)
    } catch {
      faults.add(error.faults)
      throw InvalidInput(source: "tolerances", faults.faults)
    }
    try faults.check(source: "tolerances")
  }
}
