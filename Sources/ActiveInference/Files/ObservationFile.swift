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
}
