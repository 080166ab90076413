import ActiveInference
import ArgumentParser

struct ObjectivesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "objectives",
    abstract: "Every action's value under every objective, from the first belief.",
    usage: "aif objectives <ENV|MODEL> [<options>]",
    discussion: """
      MODEL is an aif.model/1 file, ENV a name that `aif environments` lists. Values are in nats and \
      to be minimised, with preferences (C) normalised: EFE, expected free energy; FEF, free energy \
      of the future; FEEF, free energy of the expected future; evidence, -E[ln p(o)]; divergence, \
      KL[q(o) || p(o)]. What agent.planning.biasedJoint and informationGain say holds. --set may be \
      repeated.

      Example: aif objectives tmaze-legacy
      """)

  @OptionGroup var subject: WorldOptions

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = subject.faults()
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    let levels = try subject.described()
    guard let level = levels.first else { return }
    if levels.count > 1 {
      throw CommandFailure.input(
        "objectives: the agent in \(subject.world) has \(levels.count) levels"
          + " (\(levels.compactMap(\.name).joined(separator: ", "))); what a lower one first believes and prefers"
          + " comes from above, so it has no first values of its own; `aif simulate` shows those of each step"
      )
    }
    let table = try ObjectiveTable(level.model, level.agent.planning)
    let output = try OutputFile("-")
    output.append(text(table))
    try output.finish()
  }

  private func text(_ table: ObjectiveTable) -> String {
    switch format {
    case .table:
      var text = TextTable(table.heading)
      for row in table.rows({ fixed($0, 6) }) { text.add(row) }
      return text.text
    case .json: return table.document.prettyJSON
    case .csv:
      return ([table.heading] + table.rows { "\($0)" })
        .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }
}

/// The objectives of each action, as `aif objectives` tells them.
struct ObjectiveTable {
  private let model: GenerativeModel
  private let settings: PlanningSettings
  private let actions: [(action: [Int], terms: ObjectiveTerms)]

  init(_ model: GenerativeModel, _ settings: PlanningSettings) throws {
    self.model = model
    self.settings = settings
    let preferences = zip(model.modalities, model.preferences).map { modality, preference in
      // Of preferences by planning step those of the first.
      preference.map { Array($0.values.prefix(modality.size)) }
        ?? [Double](repeating: 0, count: modality.size)
    }
    let biased: BiasedJoint =
      switch settings.biasedJoint {
      case .exactPosterior: .exactPosterior(logPreferences: preferences)
      case .stateIndependent: .stateIndependent(logPreferences: preferences)
      }
    do {
      actions = try PredictedJoint.firstSteps(of: model)
        .map { ($0.action, try $0.predicted.terms(biased, over: settings.informationGain)) }
    } catch let faults as InvalidInput {
      throw InvalidInput(source: model.name, faults.faults)
    }
  }

  /// The objectives with what a column is called.
  private static let columns: [(heading: String, objective: Objective)] = [
    ("EFE", .expectedFreeEnergy), ("FEF", .freeEnergyOfFuture),
    ("FEEF", .freeEnergyOfExpectedFuture), ("evidence", .evidence), ("divergence", .divergence),
  ]
  private static let parts:
    [(heading: String, key: String, part: @Sendable (ObjectiveTerms) -> Double)] = [
      ("information gain", "informationGain", \.informationGain),
      ("ambiguity", "ambiguity", \.ambiguity), ("H[q(o)]", "outcomeEntropy", \.outcomeEntropy),
    ]

  var heading: [String] {
    ["action"] + ObjectiveTable.columns.map(\.heading) + ObjectiveTable.parts.map(\.heading)
  }

  func rows(_ text: (Double) -> String) -> [[String]] {
    actions.map { action, terms in
      [names(action).joined(separator: ", ")]
        + ObjectiveTable.columns.map { text(terms.value(of: $0.objective)) }
        + ObjectiveTable.parts.map { text($0.part(terms)) }
    }
  }

  var document: DocumentValue {
    .object([
      .init("biasedJoint", .string(settings.biasedJoint.rawValue)),
      .init("informationGain", .string(settings.informationGain.rawValue)),
      .init(
        "actions",
        .array(
          actions.map { action, terms in
            .object(
              [.init("action", .array(names(action).map { .string($0) }))]
                + ObjectiveTable.columns.map {
                  .init($0.objective.rawValue, .number(terms.value(of: $0.objective)))
                }
                + ObjectiveTable.parts.map { .init($0.key, .number($0.part(terms))) })
          })),
    ])
  }

  private func names(_ action: [Int]) -> [String] {
    zip(model.controls, action).map { $0.label($1) }
  }
}
