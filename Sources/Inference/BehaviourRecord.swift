import GenerativeModel

/// What happened to somebody: observations and the actions taken between them.
public struct BehaviourRecord: Hashable, Sendable {
  /// `[step][modality]`.
  public var observations: [[Observation]]
  /// `[step][control]`; one fewer than observations, or as many.
  public var actions: [[Int]]

  /// A record of behaviour.
  public init(observations: [[Observation]], actions: [[Int]]) {
    self.observations = observations
    self.actions = actions
  }
}

extension BehaviourRecord {
  /// Checks that this could have happened to an agent with a model.
  ///
  /// There is at least one step; each has one entry a modality, an outcome in range, a distribution
  /// that sums to 1 within 1e-6, or nothing; there are as many actions as observations, or one fewer,
  /// each with one entry a control, in range.
  ///
  /// - Throws: ``InvalidInput`` with every fault, placed as `observations[3][reward]`.
  public func check(
    against model: GenerativeModel, source: String = "data"
  ) throws(InvalidInput) {
    try check(against: model.interface, source: source)
  }

  /// Checks that this could have happened to an agent that sees and does so much.
  package func check(
    against interface: WorldInterface, source: String = "data"
  ) throws(InvalidInput) {
    let faults = FaultList()
    if observations.isEmpty {
      faults.add("observations", "is empty", remedy: "give at least one step")
    }
    faults.addBySteps(observations.indices, "observations") { step in
      interface.faults(of: observations[step], at: "observations[\(step)]")
    }
    if !observations.isEmpty && !(observations.count - 1...observations.count ~= actions.count) {
      faults.add(
        "actions", "has \(actions.count) steps for \(observations.count) observations",
        remedy: "give \(observations.count - 1) or \(observations.count)")
    }
    faults.addBySteps(actions.indices, "actions") { step in
      interface.faults(of: actions[step], at: "actions[\(step)]")
    }
    try faults.check(source: source)
  }
}

extension Observation {
  /// What is wrong with it as an observation of a modality; nil where nothing is.
  ///
  /// A distribution sums to 1 within 1e-6.
  package func fault(in modality: Variable, at place: @autoclosure () -> String) -> Fault? {
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
  package func addBySteps(_ steps: Range<Int>, _ key: String, _ faults: (Int) -> [Fault]) {
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
