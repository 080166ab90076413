import ActiveInference

/// What `aif describe` tells of a model and an agent.
struct Description {
  private let model: GenerativeModel
  private let cost: StepCost

  init(_ model: GenerativeModel, _ configuration: AgentConfiguration) throws {
    self.model = model
    cost = try StepCost(of: model, configuration)
  }

  /// Whether this machine has the memory.
  var fits: Bool { cost.fits }

  // MARK: - For people

  /// The headings of the rows.
  static let heading = ["what", "name", "size", "depends on"]

  /// What, name, size and dependencies.
  var rows: [[String]] {
    func list(_ names: [String]) -> String {
      names.isEmpty ? "nothing" : names.joined(separator: ", ")
    }
    var rows = zip(model.factors, model.transitions).map { factor, transition in
      [
        "factor", factor.name, count(factor.size, "state"),
        list(names(model.factors, transition.given) + names(model.controls, transition.controls)),
      ]
    }
    rows += zip(model.modalities, model.likelihoods).map { modality, likelihood in
      [
        "modality", modality.name, count(modality.size, "outcome"),
        list(names(model.factors, likelihood.given)),
      ]
    }
    rows += model.controls.map { ["control", $0.name, count($0.size, "action"), ""] }
    rows.append(["inference", cost.algorithm.rawValue, cost.beliefText, ""])
    rows.append([
      "policies", model.policies == nil ? "all sequences" : "listed",
      grouped(cost.policies),
      "horizon \(cost.horizon), "
        + count(cost.prefixes, "distinct prefix", "distinct prefixes"),
    ])
    rows.append(["memory", "model tables", bytes(cost.tableBytes), "shared"])
    rows.append([
      "memory", "agent", bytes(cost.agentBytes),
      cost.fits ? "one a thread" : "more than the \(bytes(StepCost.machineBytes)) of this machine",
    ])
    rows.append([
      "cost", "a step", "at most " + count(cost.operations, "multiplication"), "",
    ])
    return rows
  }

  private func count(_ value: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(value)) \(value == 1 ? one : many ?? one + "s")"
  }

  private func bytes(_ count: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(count)
    var unit = 0
    while value >= 1024 && unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(fixed(value, 1)) \(units[unit])"
  }

  // MARK: - For programs

  /// The same with numbers as numbers.
  var document: DocumentValue {
    .object([
      .init("name", .string(model.name)),
      .init(
        "factors",
        .array(
          zip(model.factors, model.transitions).map { factor, transition in
            .object([
              .init("name", .string(factor.name)), .init("states", .integer(factor.size)),
              .init("given", .names(names(model.factors, transition.given))),
              .init("controls", .names(names(model.controls, transition.controls))),
            ])
          })),
      .init(
        "modalities",
        .array(
          zip(model.modalities, model.likelihoods).map { modality, likelihood in
            .object([
              .init("name", .string(modality.name)), .init("outcomes", .integer(modality.size)),
              .init("given", .names(names(model.factors, likelihood.given))),
            ])
          })),
      .init(
        "controls",
        .array(
          model.controls.map {
            .object([.init("name", .string($0.name)), .init("actions", .integer($0.size))])
          })),
      .init(
        "inference",
        .object([
          .init("algorithm", .string(cost.algorithm.rawValue)),
          .init("isJoint", .boolean(cost.isJoint)), .init("beliefSize", .integer(cost.beliefSize)),
        ])),
      .init(
        "policies",
        .object([
          .init("count", .integer(cost.policies)),
          .init("horizon", .integer(cost.horizon)),
          .init("prefixes", .integer(cost.prefixes)),
          .init("areListed", .boolean(model.policies != nil)),
        ])),
      .init("tableBytes", .integer(cost.tableBytes)),
      .init("agentBytes", .integer(cost.agentBytes)),
      .init("fits", .boolean(cost.fits)),
      .init("multiplicationsPerStep", .integer(cost.operations)),
    ])
  }

  private func names(_ variables: [Variable], _ indices: [Int]) -> [String] {
    indices.map { variables[$0].name }
  }
}

extension DocumentValue {
  fileprivate static func names(_ names: [String]) -> DocumentValue {
    .array(names.map { .string($0) })
  }
}
