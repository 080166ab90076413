extension ModelDescription {
  /// What a document says, with the faults of its form; nothing else is checked.
  init(document: DocumentValue) {
    let faults = FaultList()
    let keys = [
      "format", "name", "factors", "modalities", "controls", "A", "B", "C", "D", "E", "policies",
      "concentration", "H",
    ]
    let root = ObjectReader(document, keys: keys, faults)
    root.checkFormat("aif.model/1")
    name = root.string("name") ?? ""
    factors = variables(root, "factors", required: true)
    modalities = variables(root, "modalities", required: true)
    controls = variables(root, "controls", required: false)
    readLikelihoods(root)
    readTransitions(root)
    preferences = tables(root, "C", "modality", dense: "logPreference")
    initialStates = tables(root, "D", "factor", dense: "probability")
    readHabit(root, "probability", \.habit, \.habitShape)
    policies = readPolicies(root)
    if let value = root.value("concentration") {
      readConcentration(value, at: "concentration", faults)
    }
    readGoals(root)
    self.faults = faults.faults
  }

  /// Reads `{A, B, C, D, E}` of counts.
  mutating func readConcentration(_ value: DocumentValue, at place: String, _ faults: FaultList) {
    let root = ObjectReader(value, at: place, keys: ["A", "B", "C", "D", "E"], faults)
    likelihoodCounts = tables(root, "A", "modality", dense: "counts")
    transitionCounts = tables(root, "B", "factor", dense: "counts")
    preferenceCounts = tables(root, "C", "modality", dense: "counts")
    initialStateCounts = tables(root, "D", "factor", dense: "counts")
    readHabit(root, "counts", \.habitCounts, \.habitCountsShape)
  }

  /// Reads numbers over policies: a list, or a table where they are given states.
  private mutating func readHabit(
    _ root: ObjectReader, _ key: String, _ values: WritableKeyPath<ModelDescription, [Double]?>,
    _ shape: WritableKeyPath<ModelDescription, [Int]?>
  ) {
    guard let entry = root.object("E", keys: ["given", key]) else { return }
    let given = entry.strings("given") ?? []
    // Of the two, E is read first.
    if habit != nil && given != habitGiven {
      entry.faults.add(
        entry.place(of: "given"), "is \(given) but E is given \(habitGiven)",
        remedy: "make them equal")
      return
    }
    habitGiven = given
    if given.isEmpty {
      self[keyPath: values] = entry.numbers(key, required: true)
    } else if let table = entry.value(key, required: true).flatMap({
      Tensor(nested: $0, at: entry.place(of: key), entry.faults)
    }) {
      self[keyPath: values] = table.values
      self[keyPath: shape] = table.shape
    } else {
      // Why there are none has been told.
      habitGiven = []
    }
  }

  private mutating func variables(
    _ root: ObjectReader, _ key: String, required: Bool
  ) -> [Variable] {
    // A list that is missing or is no list has been told; that it is empty need not be.
    let isListed = root.value(key)?.items != nil
    if !isListed && (required || root.value(key) != nil) { unreadable.insert(key) }
    let entries = root.objects(
      key, keys: ["name", "size", "labels"], name: "name", required: required)
    return entries.enumerated().map { index, entry in
      let name = entry.string("name", required: true)
      let labels = entry.strings("labels")
      let size = entry.integer("size")
      let hasLabels = entry.has("labels")
      let hasSize = entry.has("size")
      if entry.isObject && hasLabels == hasSize {
        root.faults.add(
          entry.place, hasSize ? "has both labels and size" : "has neither labels nor size",
          remedy: "give one of them")
      }
      if let name, let labels, !hasSize { return Variable(name, labels) }
      if let name, let size, !hasLabels { return Variable(name, size: size) }
      unreadable.insert("\(key)[\(index)]")
      return Variable(name ?? "", size: 0)
    }
  }

  private mutating func readLikelihoods(_ root: ObjectReader) {
    if root.value("A")?.items == nil { unreadable.insert("A") }
    let keys = ["modality", "given", "probability", "sparse"]
    for entry in root.objects("A", keys: keys, name: "modality", required: true) {
      let given = entry.strings("given", required: true)
      let table = tensor(entry, dense: "probability")
      guard let modality = entry.string("modality", required: true) else {
        unreadable.insert("A")
        continue
      }
      if given == nil { unreadable.insert(entry.place + ".given") }
      if table == nil && hasTensor(entry, "probability") { unreadable.insert(entry.place) }
      likelihoods.append(Likelihood(modality, given: given ?? [], table))
    }
  }

  private mutating func readTransitions(_ root: ObjectReader) {
    if root.value("B")?.items == nil { unreadable.insert("B") }
    let keys = ["factor", "given", "controls", "probability", "sparse"]
    for entry in root.objects("B", keys: keys, name: "factor", required: true) {
      let given = entry.strings("given", required: true)
      let controls = entry.strings("controls", required: true)
      let table = tensor(entry, dense: "probability")
      guard let factor = entry.string("factor", required: true) else {
        unreadable.insert("B")
        continue
      }
      if given == nil || controls == nil { unreadable.insert(entry.place + ".given") }
      if table == nil && hasTensor(entry, "probability") { unreadable.insert(entry.place) }
      transitions.append(Transition(factor, given: given ?? [], controls: controls ?? [], table))
    }
  }

  /// Tables that belong to a variable each; one with a fault of its form is left out.
  private mutating func tables(
    _ root: ObjectReader, _ key: String, _ kind: String, dense: String
  ) -> [Table] {
    root.objects(key, keys: [kind, dense, "sparse"], name: kind).compactMap { entry in
      let table = tensor(entry, dense: dense)
      if table == nil && entry.isObject && !hasTensor(entry, dense) {
        root.faults.add(entry.place, "key '\(dense)' is missing")
      }
      guard let name = entry.string(kind, required: true) else { return nil }
      // That the counts have a fault does not mean that there are none.
      if table == nil { unreadable.insert("\(key)[\(name)]") }
      return table.map { Table(name, $0) }
    }
  }

  /// Reads H: of each factor a goal, states to be avoided, or both.
  private mutating func readGoals(_ root: ObjectReader) {
    for entry in root.objects("H", keys: ["factor", "goal", "avoid", "sparse"], name: "factor") {
      let goal = tensor(entry, dense: "goal")
      let avoided = entry.value("avoid").flatMap {
        Tensor(nested: $0, at: entry.place(of: "avoid"), entry.faults)
      }
      if entry.isObject && !hasTensor(entry, "goal") && entry.value("avoid") == nil {
        root.faults.add(entry.place, "key 'goal' is missing")
      }
      guard let name = entry.string("factor", required: true) else { continue }
      if let goal { goals.append(Table(name, goal)) }
      if let avoided { self.avoided.append(Table(name, avoided)) }
    }
  }

  private func hasTensor(_ entry: ObjectReader, _ dense: String) -> Bool {
    entry.value(dense) != nil || entry.value("sparse") != nil
  }

  /// The numbers of an entry, dense or sparse; nil where there are none or they have a fault.
  private func tensor(_ entry: ObjectReader, dense: String) -> Tensor? {
    if let sparse = entry.value("sparse") {
      if entry.value(dense) != nil {
        entry.faults.add(
          entry.place, "has both \(dense) and sparse", remedy: "give one of them")
        return nil
      }
      return Tensor(sparse: sparse, at: entry.place(of: "sparse"), entry.faults)
    }
    return entry.value(dense).flatMap {
      Tensor(nested: $0, at: entry.place(of: dense), entry.faults)
    }
  }

  private func readPolicies(_ root: ObjectReader) -> [[[Int]]]? {
    guard let reader = root.object("policies", keys: ["list"]),
      let list = reader.list("list", required: true)
    else { return nil }
    var policies: [[[Int]]] = []
    var run = FaultRun()
    for (index, policy) in list.enumerated() {
      let steps = policy.items?.compactMap(\.wholeNumbers)
      if let steps, steps.count == policy.items?.count {
        policies.append(steps)
      } else {
        run.add(
          Fault(
            "policies.list[\(index)]", "is no list of steps",
            remedy: "a step is a list with the index of one action a control"))
      }
    }
    root.faults.add(run.summary("policies.list", one: "policy", many: "policies"))
    return run.count == 0 ? policies : nil
  }
}
