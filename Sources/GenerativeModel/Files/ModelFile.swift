/// `aif.model/1`: the file a model is read from and written to.
extension GenerativeModel {
  /// Reads and checks a model file, JSON or YAML.
  ///
  /// ```swift
  /// let model = try GenerativeModel(contentsOf: bytes, source: "tmaze.yaml")
  /// ```
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - source: what to call it in messages.
  /// - Throws: ``InvalidInput`` with every fault of the file, or the first where it is not JSON or
  ///   YAML at all.
  public init(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) {
    try self.init(document: Document.read(bytes, source: source), source: source)
  }

  /// Reads and checks a model.
  package init(document: DocumentValue, source: String) throws(InvalidInput) {
    let description = ModelDescription(document: document)
    do {
      try self.init(description)
    } catch {
      throw InvalidInput(source: source, error.faults)
    }
  }

  /// The model as indented JSON that reads back as an equal model, bit for bit.
  public var jsonText: String { JSONWriter.text(document, isPretty: true) + "\n" }

  /// The model as YAML that reads back as an equal model, bit for bit.
  public var yamlText: String { YAMLWriter.text(document) }

  /// The counts of an agent of this model in the form of the key `concentration`.
  package func concentrationDocument(_ counts: Concentration) -> DocumentValue {
    func tables(_ values: [Tensor?], _ kind: String, _ variables: [Variable]) -> DocumentValue {
      entries(values, variables, kind) { [content($0, dense: "counts")] }
    }
    func vectors(_ values: [[Double]?]) -> DocumentValue {
      entries(values, factors, "factor") { [.init("counts", .numbers($0))] }
    }
    return .object(
      present([
        .init("A", tables(counts.likelihood, "modality", modalities)),
        .init("B", tables(counts.transition, "factor", factors)),
        .init("C", tables(counts.preference, "modality", modalities)),
        .init("D", vectors(counts.initialState)),
        .init("E", habitDocument(counts.habit, "counts")),
      ]))
  }

  /// Counts from the form of the key `concentration`.
  package func concentration(
    document: DocumentValue, at place: String = "concentration", source: String
  ) throws(InvalidInput) -> Concentration {
    let faults = FaultList()
    var counts = ModelDescription()
    counts.readConcentration(document, at: place, faults)
    try faults.check(source: source)
    do {
      return try replacing(counts).concentration
    } catch {
      throw InvalidInput(source: source, error.faults)
    }
  }
}

extension ModelDescription {
  /// Reads a model file, JSON or YAML, and checks nothing: what is wrong with its form joins the faults
  /// of ``GenerativeModel/init(_:)``.
  ///
  /// - Throws: ``InvalidInput`` where it is not JSON or YAML at all.
  public init(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) {
    self.init(document: try Document.read(bytes, source: source))
  }
}

extension GenerativeModel {
  /// The model as a document.
  ///
  /// Only what is present is written; of a table with counts, only the counts, so that nothing can
  /// disagree.
  package var document: DocumentValue {
    let counts = concentration
    let preferences = zip(preferences, counts.preference).map { $1 == nil ? $0 : nil }
    let initialStates = zip(initialStates, counts.initialState).map { $1 == nil ? $0 : nil }
    let habit = counts.habit == nil ? habit : nil
    let concentration = concentrationDocument(counts)
    return .object(
      present([
        .init("format", .string("aif.model/1")),
        .init("name", name.isEmpty ? .null : .string(name)),
        .init("factors", .array(factors.map(\.document))),
        .init("modalities", .array(modalities.map(\.document))),
        .init("controls", .array(controls.map(\.document))),
        .init("A", likelihoodDocument),
        .init("B", transitionDocument),
        .init(
          "C",
          entries(preferences, modalities, "modality") { [content($0, dense: "logPreference")] }),
        .init(
          "D", entries(initialStates, factors, "factor") { [.init("probability", .numbers($0))] }),
        .init("E", habitDocument(habit, "probability")),
        .init("policies", policies.map { .object([.init("list", list($0))]) } ?? .null),
        .init("concentration", concentration == .object([]) ? .null : concentration),
        .init("H", goalDocument),
      ]))
  }

  private var goalDocument: DocumentValue {
    let marks = zip(goals, avoided).map { goal, avoided in
      goal == nil && avoided == nil ? nil : (goal: goal, avoided: avoided)
    }
    return entries(marks, factors, "factor") { mark in
      present([
        .init("goal", mark.goal.map { .numbers($0) } ?? .null),
        .init("avoid", mark.avoided.map { .numbers($0) } ?? .null),
      ])
    }
  }

  private var likelihoodDocument: DocumentValue {
    .array(
      likelihoods.enumerated().map { index, table in
        let hasCounts = concentration.likelihood[index] != nil
        return .object(
          [
            .init("modality", .string(modalities[index].name)),
            .init("given", names(table.given, of: factors)),
          ] + (hasCounts ? [] : [content(table.probability, dense: "probability")]))
      })
  }

  private var transitionDocument: DocumentValue {
    .array(
      transitions.enumerated().map { index, table in
        let hasCounts = concentration.transition[index] != nil
        return .object(
          [
            .init("factor", .string(factors[index].name)),
            .init("given", names(table.given, of: factors)),
            .init("controls", names(table.controls, of: controls)),
          ] + (hasCounts ? [] : [content(table.probability, dense: "probability")]))
      })
  }

  private func habitDocument(_ values: [Double]?, _ key: String) -> DocumentValue {
    guard let values else { return .null }
    if habitGiven.isEmpty { return .object([.init(key, .numbers(values))]) }
    return .object([
      .init("given", names(habitGiven, of: factors)), .init(key, habitTable(values).document),
    ])
  }

  private func names(_ indices: [Int], of variables: [Variable]) -> DocumentValue {
    .array(indices.map { .string(variables[$0].name) })
  }

  private func list(_ policies: [[[Int]]]) -> DocumentValue {
    .array(
      policies.map { steps in
        .array(steps.map { .integers($0) })
      })
  }

  private func content(_ tensor: Tensor, dense key: String) -> DocumentValue.Member {
    if case .sparse = tensor.storage { return .init("sparse", tensor.document) }
    return .init(key, tensor.document)
  }

  /// One object for each variable that has something.
  private func entries<Value>(
    _ values: [Value?], _ variables: [Variable], _ kind: String,
    _ content: (Value) -> [DocumentValue.Member]
  ) -> DocumentValue {
    let objects: [DocumentValue] = zip(values, variables).compactMap { value, variable in
      value.map { .object([.init(kind, .string(variable.name))] + content($0)) }
    }
    return objects.isEmpty ? .null : .array(objects)
  }

  /// The members that say something.
  private func present(_ members: [DocumentValue.Member]) -> [DocumentValue.Member] {
    members.filter { $0.value != .null }
  }
}

extension Variable {
  fileprivate var document: DocumentValue {
    let values: DocumentValue.Member
    if let labels {
      values = .init("labels", .array(labels.map { .string($0) }))
    } else {
      values = .init("size", .integer(size))
    }
    return .object([.init("name", .string(name)), values])
  }
}
