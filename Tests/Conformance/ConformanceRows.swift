import ActiveInference
import EngineTestSupport

extension ConformanceSection {
  /// One row for each preset.
  static func eachPreset(
    _ title: String, _ settings: [String] = [],
    among presets: [AgentConfiguration.Preset] = AgentConfiguration.Preset.stepByStep,
    where includes: @escaping @Sendable (ConformanceCase) -> Bool
  ) -> [ConformanceRow] {
    presets.map { preset in
      ConformanceRow(
        "\(title), preset \(preset.rawValue)", settings + ["preset=\(preset.rawValue)"]
      ) {
        $0.configuration.preset == preset && includes($0)
      }
    }
  }

  // MARK: - Observations

  static let observations = ConformanceSection(
    title: "Observations",
    rows: eachPreset("distributions over outcomes") {
      $0.observes { if case .distribution = $0 { true } else { false } }
    }
      + eachPreset("missing observations") { $0.observes { $0 == .missing } }
      + eachPreset("impossible, an error", ["inference.impossible=error"]) {
        $0.meetsImpossible && $0.configuration.inference.impossible == .error
      }
      + eachPreset("impossible, left out", ["inference.impossible=ignore"]) {
        $0.meetsImpossible && $0.configuration.inference.impossible == .ignore
      }
      + eachPreset(
        "impossible, at a finite cost", ["inference.impossible=floored"],
        among: [.pymdp1, .pymdp007]
      ) {
        $0.meetsImpossible && $0.configuration.inference.impossible == .floored
      })

  // MARK: - Choice

  static let choice = ConformanceSection(
    title: "Choice of the next action",
    rows: [ActionSettings.Selection.deterministic, .stochastic].flatMap { selection in
      [ActionSettings.Mode.full, .marginal, .joint].map { mode in
        ConformanceRow(
          "\(selection.rawValue), \(mode.rawValue)",
          ["action.selection=\(selection.rawValue)", "action.mode=\(mode.rawValue)"]
        ) {
          $0.configuration.action.selection == selection && $0.configuration.action.mode == mode
            && !$0.model.controls.isEmpty
        }
      }
    } + [
      .init("action precision", ["action.alpha"]) {
        $0.configuration.action.selection == .stochastic && !$0.model.controls.isEmpty
      }
    ])

  // MARK: - Learning

  static let learning = ConformanceSection(
    title: "Learning",
    rows: learned("A", \.likelihood, subset: "modalities")
      + learned("B", \.transition, subset: "factors")
      + [
        .init("transitions (B) from joint beliefs") {
          $0.configuration.learning.transition != nil && $0.algorithm == .exact
        }
      ]
      + learned("C", \.preference, subset: "modalities")
      + learned("D", \.initialState, subset: "factors")
      + learned("E", \.habit, subset: nil)
      + [
        .init("habits of each state (E)") {
          $0.configuration.learning.habit != nil && !$0.model.habitGiven.isEmpty
        }
      ]
      + [
        .init("A, B and D from whole records", ["learning.smoothing"]) {
          $0.configuration.learning.smoothing
        }
      ]
      + eachPreset("anything learned") { $0.configuration.learning != LearningSettings() })

  private static func learned(
    _ letter: String, _ path: any KeyPath<LearningSettings, LearningSettings.Rule?> & Sendable,
    subset: String?
  ) -> [ConformanceRow] {
    var rows: [ConformanceRow] = [
      .init("\(letter), with rates", ["learning.\(letter).rate"]) {
        $0.configuration.learning[keyPath: path] != nil
      },
      .init("\(letter), with forgetting", ["learning.\(letter).forgetting"]) {
        ($0.configuration.learning[keyPath: path]?.forgetting ?? 0) > 0
      },
      .init("\(letter), with an asymptote", ["learning.\(letter).asymptote"]) {
        $0.configuration.learning[keyPath: path]?.asymptote != nil
      },
    ]
    if letter == "A" || letter == "B" {
      rows.append(
        .init("\(letter), actively", ["learning.\(letter).activeLearningPrecision"]) {
          $0.configuration.learning[keyPath: path]?.activeLearningPrecision != nil
        })
    }
    if let subset {
      rows.append(
        .init("\(letter), of some tables alone", ["learning.\(letter).\(subset)"]) {
          $0.configuration.learning[keyPath: path]?.subset != nil
        })
    }
    return rows
  }

  // MARK: - Models

  static let models = ConformanceSection(
    title: "Models",
    rows: [
      .init("several factors") { $0.model.factors.count > 1 },
      .init("factors that drive one another") {
        $0.model.transitions.enumerated().contains { factor, table in
          table.given.contains { $0 != factor }
        }
      },
      .init("factors that do not depend on themselves") {
        $0.model.transitions.enumerated().contains { !$1.given.contains($0) }
      },
      .init("several modalities") { $0.model.modalities.count > 1 },
      .init("controls that drive several factors, or none") {
        let driven = $0.model.transitions.flatMap(\.controls)
        return Set(driven).count < driven.count
          || $0.model.transitions.contains { $0.controls.isEmpty }
      },
      .init("variables of one value") {
        ($0.model.factors + $0.model.modalities).contains { $0.size == 1 }
      },
      .init("structural zeros") { $0.isSharp },
      .init("sparse tables") { $0.isSparse },
    ])
}
