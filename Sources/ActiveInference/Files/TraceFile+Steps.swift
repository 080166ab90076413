import PolicySelection

/// Reads the steps of a trace, each list in the shape that the model gives it.
struct StepReader {
  private let model: GenerativeModel
  /// The number of policies; nil where it cannot be known.
  private let policies: Int?
  /// What is seen and done, which is more than of the model where levels are above it.
  private let interface: WorldInterface
  /// Those of the levels above.
  private let above: [StepReader]

  private static let keys = [
    "t", "observation", "states", "impossible", "beliefs", "windowStart",
    "smoothedBeliefs", "logEvidence", "logEvidenceBound", "freeEnergy",
    "negativeExpectedFreeEnergy", "terms", "policyPosterior", "actionMarginals", "action", "choice",
    "search", "iterates", "policyFreeEnergy", "precision", "precisionUpdates",
  ]
  private static let terms = [
    "utility", "stateInformationGain", "parameterInformationGain", "inductive",
  ]

  /// - Parameter above: of a deep agent, the levels above the one whose model and configuration these are.
  init(_ model: GenerativeModel, _ agent: AgentConfiguration?, above: [Trace.Level] = []) {
    self.model = model
    interface =
      LevelOutline([model] + above.map(\.model), links: above.map(\.links)).interface
    self.above = above.map { StepReader($0.model, $0.agent) }
    policies = agent.flatMap {
      let planning = $0.planning
      return StepReader.policyCount(
        model, horizon: planning.method == .enumerate ? planning.horizon ?? 1 : 1)
    }
  }

  /// What a step says; nil, and faults, where its place in the trace or its observation has none.
  ///
  /// - Parameter expected: its number; nil where it may be any.
  func step(
    _ value: DocumentValue, _ expected: Int?, at place: String, _ faults: FaultList
  ) -> StepRecord? {
    let reader = ObjectReader(
      value, at: place, keys: StepReader.keys + (above.isEmpty ? [] : ["levels"]), faults)
    let found = reader.integer("t", in: (expected == nil ? 0 : Int.min)...Int.max, required: true)
    if let found, let expected, found != expected {
      faults.add(reader.place(of: "t"), "is \(found), expected \(expected)")
    }
    let t = expected ?? found ?? 0
    var record = StepRecord(t: t, observation: observation(reader))
    record.states = states(reader)
    record.impossible = impossible(reader)
    record.beliefs = reader.value("beliefs").flatMap {
      beliefs($0, reader.place(of: "beliefs"), faults)
    }
    record.smoothed = smoothed(reader, t)
    record.freeEnergy = reader.double("freeEnergy")
    record.negativeExpectedFreeEnergy = values(reader, "negativeExpectedFreeEnergy")
    record.terms = terms(reader)
    record.policyPosterior = values(reader, "policyPosterior")
    record.policyFreeEnergy = values(reader, "policyFreeEnergy")
    record.precision = reader.double("precision")
    record.precisionUpdates = reader.numbers("precisionUpdates")
    record.actionMarginals = reader.value("actionMarginals").flatMap {
      table($0, model.controls, "actions", reader.place(of: "actionMarginals"), faults)
    }
    record.action = action(reader, "action", of: interface)
    record.choice = action(reader, "choice", of: model.interface)
    record.search = search(reader)
    record.iterates = iterates(reader)
    record.levels = levels(reader)
    return record
  }

  /// The steps that levels above took at the same time, from the next one up.
  private func levels(_ reader: ObjectReader) -> [StepRecord]? {
    guard let list = reader.list("levels") else { return nil }
    let place = reader.place(of: "levels")
    if list.isEmpty || list.count > above.count {
      reader.faults.add(
        place, "has \(list.count) steps", remedy: "1 to \(above.count), or leave it out")
    }
    return zip(above, list).enumerated().compactMap { index, step in
      step.0.step(step.1, nil, at: "\(place)[\(index)]", reader.faults)
    }
  }

  private func observation(_ reader: ObjectReader) -> [Observation] {
    guard let value = reader.value("observation", required: true) else { return [] }
    let place = reader.place(of: "observation")
    let faults = FaultList()
    let observation = BehaviourRecord.observation(value, place, faults)
    if faults.faults.isEmpty { faults.add(interface.faults(of: observation, at: place)) }
    reader.faults.add(faults.faults)
    return observation
  }

  /// The states of a process that may have other factors than the model.
  private func states(_ reader: ObjectReader) -> [Int]? {
    let states = reader.integers("states")
    for (factor, state) in (states ?? []).enumerated() where state < 0 {
      let place = "\(reader.place(of: "states"))[\(factor)]"
      reader.faults.add(place, "is \(state)", remedy: "0 or more")
    }
    return states
  }

  private func impossible(_ reader: ObjectReader) -> [String] {
    let names = reader.strings("impossible") ?? []
    if names.isEmpty { return [] }
    let known = model.modalities.map(\.name)
    let set = Set(known)
    var run = FaultRun()
    for name in names where !set.contains(name) {
      run.add(
        Fault(
          reader.place(of: "impossible"), "unknown modality '\(name)'",
          remedy: suggestion(for: name, among: known, kind: "modality")))
    }
    reader.faults.add(
      run.summary(
        reader.place(of: "impossible"), one: "unknown modality", many: "unknown modalities"))
    return names
  }

  private func beliefs(
    _ value: DocumentValue, _ place: String, _ faults: FaultList
  ) -> [[Double]]? {
    table(value, model.factors, "states", place, faults)
  }

  /// One list a variable, one number a value; nil, and a fault, where it is something else.
  private func table(
    _ value: DocumentValue, _ variables: [Variable], _ noun: String, _ place: String,
    _ faults: FaultList
  ) -> [[Double]]? {
    guard let rows = value.items else {
      faults.expected("a list of lists", place, value)
      return nil
    }
    guard rows.count == variables.count else {
      faults.add(place, "has \(rows.count) lists, expected \(variables.count)")
      return nil
    }
    var table: [[Double]] = []
    for (variable, row) in zip(variables, rows) {
      let inside = "\(place)[\(variable.name)]"
      guard let numbers = row.doubles else {
        faults.expected("a list of numbers", inside, row)
        continue
      }
      if numbers.count != variable.size {
        faults.add(inside, "has \(numbers.count) numbers for \(variable.size) \(noun)")
      }
      table.append(numbers)
    }
    return table
  }

  /// One number a policy.
  private func values(_ reader: ObjectReader, _ key: String, required: Bool = false) -> [Double]? {
    let values = reader.numbers(key, required: required)
    if let values, let policies, values.count != policies {
      reader.faults.add(
        reader.place(of: key), "has \(values.count) numbers for \(policies) policies")
    }
    return values
  }

  private func terms(_ reader: ObjectReader) -> PolicyTerms? {
    guard let terms = reader.object("terms", keys: StepReader.terms) else { return nil }
    let parts = StepReader.terms.map { values(terms, $0, required: true) ?? [] }
    return PolicyTerms(
      utility: parts[0], stateInformationGain: parts[1], parameterInformationGain: parts[2],
      inductive: parts[3])
  }

  private func action(
    _ reader: ObjectReader, _ key: String, of interface: WorldInterface
  ) -> [Int]? {
    guard let action = reader.integers(key) else { return nil }
    reader.faults.add(interface.faults(of: action, at: reader.place(of: key)))
    return action
  }

  private func search(_ reader: ObjectReader) -> SearchReport? {
    let keys = ["nodes", "gap", "prunedMass", "sweeps"]
    guard let search = reader.object("search", keys: keys) else { return nil }
    let nodes = search.integer("nodes", in: 0...Int.max, required: true)
    let mass = search.double("prunedMass", required: true)
    return SearchReport(
      nodes: nodes ?? 0, gap: search.double("gap"), prunedMass: mass ?? 0,
      sweeps: search.integer("sweeps", in: 0...Int.max))
  }

  private func smoothed(_ reader: ObjectReader, _ t: Int) -> SmoothedBeliefs? {
    guard let times = reader.list("smoothedBeliefs") else {
      for key in ["windowStart", "logEvidence", "logEvidenceBound"] where reader.value(key) != nil {
        reader.faults.add(reader.place(of: key), "is without 'smoothedBeliefs'")
      }
      return nil
    }
    let place = reader.place(of: "smoothedBeliefs")
    if times.isEmpty { reader.faults.add(place, "is empty") }
    return SmoothedBeliefs(
      windowStart: reader.integer("windowStart", in: 0...max(t, 0), required: true) ?? 0,
      beliefs: times.enumerated().compactMap { time, value in
        beliefs(value, "\(place)[\(time)]", reader.faults)
      },
      logEvidence: reader.double("logEvidence"),
      logEvidenceBound: reader.double("logEvidenceBound"))
  }

  private func iterates(_ reader: ObjectReader) -> Iterates? {
    let keys = ["freeEnergy", "beliefs", "converged", "policyBeliefs"]
    guard let iterates = reader.object("iterates", keys: keys) else { return nil }
    let freeEnergy = iterates.numbers("freeEnergy", required: true) ?? []
    let sweeps = iterates.list("beliefs", required: true) ?? []
    if sweeps.count != freeEnergy.count {
      iterates.faults.add(
        iterates.place,
        "has \(freeEnergy.count) free energies but beliefs of \(sweeps.count) sweeps")
    }
    var result = Iterates(
      freeEnergy: freeEnergy,
      beliefs: sweeps.enumerated().compactMap { sweep, value in
        beliefs(value, "\(iterates.place(of: "beliefs"))[\(sweep)]", iterates.faults)
      },
      converged: iterates.boolean("converged", required: true) ?? false)
    result.policyBeliefs = policyBeliefs(iterates, sweeps: sweeps.count)
    return result
  }

  /// `[sweep][policy][time][factor][state]`.
  private func policyBeliefs(_ iterates: ObjectReader, sweeps: Int) -> [[[[[Double]]]]]? {
    guard let found = iterates.list("policyBeliefs") else { return nil }
    let place = iterates.place(of: "policyBeliefs")
    if found.count != sweeps {
      iterates.faults.add(place, "has \(found.count) sweeps, expected \(sweeps)")
    }
    func lists(_ value: DocumentValue, _ place: String) -> [DocumentValue] {
      if let items = value.items { return items }
      iterates.faults.expected("a list", place, value)
      return []
    }
    return found.enumerated().map { sweep, value in
      let inSweep = "\(place)[\(sweep)]"
      let byPolicy = lists(value, inSweep)
      if let policies, byPolicy.count != policies {
        iterates.faults.add(inSweep, "has \(byPolicy.count) lists for \(policies) policies")
      }
      return byPolicy.enumerated().map { policy, value in
        lists(value, "\(inSweep)[\(policy)]").enumerated().compactMap { time, value in
          beliefs(value, "\(inSweep)[\(policy)][\(time)]", iterates.faults)
        }
      }
    }
  }

  private static func policyCount(_ model: GenerativeModel, horizon: Int) -> Int? {
    if let list = model.policies { return list.count }
    if model.controls.isEmpty { return 1 }
    var count = 1
    for _ in 0..<min(horizon, 64) {
      for control in model.controls {
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: control.size)
        if isTooLarge { return nil }
        count = product
      }
    }
    return count
  }
}
