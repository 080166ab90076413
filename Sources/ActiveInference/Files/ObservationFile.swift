/// One modality's entry in the files: an outcome's index, a probability for each outcome, or null.
extension Observation {
  /// Its value in a file.
  package var document: DocumentValue {
    switch self {
    case .outcome(let outcome): .integer(outcome)
    case .distribution(let weights): weights.isEmpty ? .array([]) : .numbers(weights)
    case .missing: .null
    }
  }

  /// What a file's value says; nil, and a fault, where it says nothing of the kind.
  init?(_ value: DocumentValue, at place: @autoclosure () -> String, _ faults: FaultList) {
    if value == .null {
      self = .missing
    } else if let outcome = value.wholeNumber {
      self = .outcome(outcome)
    } else if let weights = value.doubles {
      self = .distribution(weights)
    } else {
      faults.expected("an outcome's index, a list of probabilities or null", place(), value)
      return nil
    }
  }

  /// What is wrong with it as an observation of a modality; nil where nothing is.
  ///
  /// A distribution sums to 1 within 1e-6.
  func fault(in modality: Variable, at place: @autoclosure () -> String) -> Fault? {
    switch self {
    case .missing: return nil
    case .outcome(let outcome):
      if (0..<modality.size).contains(outcome) { return nil }
      return Fault(place(), "outcome \(outcome) is not in 0...\(modality.size - 1)")
    case .distribution(let weights):
      guard weights.count == modality.size else {
        return Fault(place(), "has \(weights.count) probabilities for \(modality.size) outcomes")
      }
      if let outcome = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        return Fault(
          place(), "the probability of \(modality.label(outcome)) is \(weights[outcome])",
          remedy: "give a number from 0")
      }
      let sum = weights.reduce(0, +)
      if abs(sum - 1) <= 1e-6 { return nil }
      // Seven digits, so that 0.98 is not 0.9799999999999999.
      return Fault(place(), "sums to \(Float(sum))", remedy: "make it sum to 1")
    }
  }
}

extension FaultList {
  /// Looks at the steps of a list in turn; those with faults beyond the eighth are only counted.
  func addBySteps(_ steps: Range<Int>, _ key: String, _ faults: (Int) -> [Fault]) {
    var faulty = 0
    for step in steps {
      let found = faults(step)
      if found.isEmpty { continue }
      faulty += 1
      if faulty <= 8 { add(found) }
    }
    if faulty > 8 { add(key, "and \(faulty - 8) more step\(faulty == 9 ? "" : "s")") }
  }
}
