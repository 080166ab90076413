import ActiveInference
import EngineTestSupport

private typealias Preset = AgentConfiguration.Preset

/// One row for each preset.
private func eachPreset(
  _ title: String, _ settings: [String] = [], among presets: [Preset] = Preset.stepByStep,
  where includes: @escaping @Sendable (ConformanceCase) -> Bool
) -> [ConformanceRow] {
  presets.map { preset in
    ConformanceRow("\(title), preset \(preset.rawValue)", settings + ["preset=\(preset.rawValue)"])
    {
      $0.configuration.preset == preset && includes($0)
    }
  }
}

extension ConformanceSection {
  // MARK: - Inference

  static let inference = ConformanceSection(
    title: "State inference",
    rows: eachPreset("the joint filter", ["inference.algorithm=exact"]) {
      $0.configuration.inference.algorithm == .exact
    }
      + eachPreset("coordinate ascent", ["inference.algorithm=cavi"]) {
        $0.configuration.inference.algorithm == .coordinateAscent
      }
      + eachPreset("fixed-point iteration", ["inference.algorithm=fpi"]) {
        $0.configuration.inference.algorithm == .fixedPoint
      }
      + eachPreset("windows of messages, vmp", ["inference.algorithm=vmp"]) {
        $0.algorithm == .variationalMessagePassing
      }
      + eachPreset("windows of messages, mmp", ["inference.algorithm=mmp"]) {
        $0.algorithm == .marginalMessagePassing
      } + [
        .init("windows of a few steps, which slide", ["inference.horizon"]) {
          $0.algorithm.hasWindow
            && ($0.configuration.inference.horizon ?? .max) < $0.record.observations.count
        },
        .init("windows of all steps so far") {
          $0.algorithm.hasWindow && $0.configuration.inference.horizon == nil
        },
        .init("windows whose counts are learned") {
          $0.algorithm.hasWindow && $0.configuration.learning != LearningSettings()
        },
        .init(
          "messages by policy over the episode",
          [
            "inference.algorithm=mmp-spm", "inference.policyMessages.tau",
            "inference.policyMessages.erp", "inference.policyMessages.zeta",
          ]
        ) { $0.configuration.inference.algorithm == .policyMessages },
        .init(
          "messages by policy over a window",
          ["inference.algorithm=mmp-legacy", "inference.policyMessages.tau", "inference.horizon"]
        ) { $0.configuration.inference.algorithm == .windowedPolicyMessages },
        .init("messages by policy over a window that slides", ["inference.horizon"]) {
          $0.configuration.inference.algorithm == .windowedPolicyMessages
            && ($0.configuration.inference.horizon ?? .max) < $0.record.observations.count
        },
        .init("SPM's scheme whole", ["preset=spm", "action.mode=joint"]) {
          $0.configuration.preset == .spm
        },
        .init("the scheme that fits the model", ["inference.algorithm=auto"]) {
          $0.configuration.inference.algorithm == .automatic
        },
        .init("other numbers of sweeps", ["inference.iterations"]) {
          $0.algorithm != .exact && $0.findsEnd
            && $0.configuration.inference.iterations
              != AgentConfiguration(preset: $0.configuration.preset).inference.iterations
        },
        .init("when coordinate ascent ends", ["inference.tolerance"]) {
          $0.algorithm == .coordinateAscent && $0.findsEnd
        },
        .init("episodes of a lower level that end early", ["inference.chi"]) {
          $0.configuration.inference.chi != nil
        },
        .init("whole records smoothed as fits", ["inference.smoothing.method=auto"]) {
          $0.configuration.inference.smoothing?.method == .automatic
        },
        .init("whole records smoothed exactly", ["inference.smoothing.method=exact"]) {
          $0.configuration.inference.smoothing?.method == .exact
        },
        .init("the last steps smoothed, with a fixed lag", ["inference.horizon"]) {
          $0.configuration.inference.smoothing != nil && $0.configuration.inference.horizon != nil
        },
        .init(
          "whole records smoothed factor by factor",
          [
            "inference.smoothing.method=structured", "inference.smoothing.sweeps",
            "inference.smoothing.tolerance",
          ]
        ) {
          $0.configuration.inference.smoothing?.method == .structured
        },
        .init("when fixed-point iteration ends, preset pymdp-0.0.7", ["inference.tolerance"]) {
          $0.algorithm == .fixedPoint && $0.configuration.preset == .pymdp007
        },
      ])

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

  // MARK: - Planning

  static let planning = ConformanceSection(
    title: "Planning",
    rows: sophisticated + sequences + [
      .init("every sequence of actions", ["planning.method=enumerate"]) {
        $0.configuration.planning.method == .enumerate && $0.model.policies == nil
          && !$0.model.controls.isEmpty
      },
      .init("a list of policies", ["planning.method=enumerate"]) { $0.model.policies != nil },
      .init("horizons", ["planning.horizon"]) {
        $0.model.policies == nil && $0.configuration.planning.horizon != nil
      },
      .init("policy precision", ["planning.gamma"]) {
        !$0.model.controls.isEmpty && $0.configuration.planning.precision == nil
      },
      .init(
        "policy precision inferred", ["planning.precision.beta", "planning.precision.updates"]
      ) { $0.configuration.planning.precision != nil },
      .init("habits (E)") { $0.model.habit != nil },
      .init("habits that depend on states (E)") { !$0.model.habitGiven.isEmpty },
      .init(
        "when refining a plan ends", ["planning.hybrid.sweeps", "planning.hybrid.tolerance"]
      ) { $0.configuration.planning.method == .hybrid && !$0.model.controls.isEmpty },
    ]
      + Objective.allCases.flatMap { objective in
        eachPreset("objective \(objective.rawValue)", ["planning.objective=\(objective.rawValue)"])
        {
          $0.configuration.planning.objective == objective && !$0.model.controls.isEmpty
        }
      }
      + PlanningSettings.OutcomeJoint.allCases.flatMap { joint in
        eachPreset("biased joint \(joint.rawValue)", ["planning.biasedJoint=\(joint.rawValue)"]) {
          $0.configuration.planning.biasedJoint == joint && !$0.model.controls.isEmpty
        }
      }
      + eachPreset("plans refined from habit", ["planning.method=hybrid"]) {
        $0.configuration.planning.method == .hybrid
      }
      + eachPreset("preferences (C)", ["planning.utility=true"]) {
        $0.configuration.planning.utility && $0.model.preferences.contains { $0 != nil }
      }
      + eachPreset("preferences by planning step", ["planning.utility=true"]) {
        $0.configuration.planning.utility
          && $0.model.preferences.contains { $0?.shape.count == 2 }
      } + [
        .init("without preferences", ["planning.utility=false"]) {
          !$0.configuration.planning.utility
        }
      ]
      + gain("joint", .joint) + gain("perModality", .perModality) + [
        .init("without state information gain", ["planning.stateInformationGain=false"]) {
          !$0.configuration.planning.stateInformationGain
        }
      ]
      + novelty("exact", .exact) + novelty("heuristic", .heuristic) + [
        .init("parameter information gain, spm", ["planning.novelty=spm"]) {
          $0.configuration.planning.novelty == .spm
            && ($0.model.concentration.likelihood + $0.model.concentration.transition)
              .contains { $0 != nil }
        },
        .init(
          "counts, but no parameter information gain",
          [
            "planning.parameterInformationGain=false"
          ]
        ) {
          $0.configuration.planning.method == .enumerate
            && !$0.configuration.planning.parameterInformationGain
            && $0.model.concentration.likelihood.contains { $0 != nil }
        },
      ]
      + eachPreset(
        "inductive planning",
        [
          "planning.inductive.depth", "planning.inductive.threshold",
          "planning.inductive.epsilon",
        ]
      ) { $0.configuration.planning.inductive != nil }
      + SoftControlSettings.Mode.allCases.map { mode in
        .init(
          "control as inference, \(mode.rawValue)",
          ["planning.method=soft-control", "planning.softControl.mode=\(mode.rawValue)"]
        ) {
          $0.configuration.planning.method == .softControl
            && $0.configuration.planning.softControl.mode == mode
        }
      })

  private static let sophisticated: [ConformanceRow] = {
    typealias Meant = @Sendable (PlanningSettings) -> Bool
    func searches(
      _ title: String, _ settings: [String], where isMeant: @escaping Meant
    ) -> ConformanceRow {
      ConformanceRow("sophisticated inference, \(title)", settings) {
        $0.configuration.planning.method == .sophisticated && !$0.model.controls.isEmpty
          && isMeant($0.configuration.planning)
      }
    }
    return [
      searches("every branch", ["planning.method=sophisticated"]) {
        $0.sophisticated.policyThreshold == 0 && $0.sophisticated.outcomeThreshold == 0
      },
      searches("mean of what follows", ["planning.backup=softmax"]) {
        $0.sophisticated.backup == .softmax
      },
      searches("best of what follows", ["planning.backup=max"]) { $0.sophisticated.backup == .max },
      searches("improbable actions left out", ["planning.policyThreshold"]) {
        $0.sophisticated.policyThreshold > 0
      },
      searches("improbable outcomes left out", ["planning.outcomeThreshold"]) {
        $0.sophisticated.outcomeThreshold > 0
      },
      searches("nodes enough", ["planning.budget.nodes"]) { $0.budget.nodes != nil },
      searches("time enough", ["planning.budget.microseconds"]) { $0.budget.microseconds != nil },
      searches("memory enough", ["planning.budget.mebibytes"]) { _ in true },
    ]
  }()

  private static let sequences: [ConformanceRow] = [
    .init("best sequences, branch and bound", ["planning.method=branch-and-bound"]) {
      $0.configuration.planning.method == .branchAndBound && !$0.model.controls.isEmpty
    },
    .init(
      "best sequences, beams of some width", ["planning.method=beam", "planning.beam.width"]
    ) {
      $0.configuration.planning.method == .beam && !$0.model.controls.isEmpty
    },
    .init(
      "tree search, the same draws", ["planning.method=mcts", "planning.mcts.simulations"]
    ) {
      $0.configuration.planning.method == .treeSearch && !$0.model.controls.isEmpty
    },
    .init("plans gone on with", ["planning.replanEvery"]) {
      $0.configuration.planning.replanEvery > 1
    },
  ]

  private static func gain(
    _ name: String, _ kind: PlanningSettings.InformationGain
  ) -> [ConformanceRow] {
    eachPreset(
      "state information gain, \(name)",
      ["planning.stateInformationGain=true", "planning.informationGain=\(name)"]
    ) {
      $0.configuration.planning.method == .enumerate
        && $0.configuration.planning.stateInformationGain
        && $0.configuration.planning.informationGain == kind
    }
  }

  private static func novelty(
    _ name: String, _ kind: PlanningSettings.Novelty
  ) -> [ConformanceRow] {
    eachPreset(
      "parameter information gain, \(name)",
      ["planning.parameterInformationGain=true", "planning.novelty=\(name)"]
    ) {
      $0.configuration.planning.parameterInformationGain
        && $0.configuration.planning.novelty == kind
    }
  }

  static let successor = ConformanceSection(
    title: "Successor values",
    rows: eachPreset("joint actions by successor values", ["planning.method=successor"]) {
      $0.configuration.planning.method == .successor
    }
      + SuccessorSettings.BasePolicy.allCases.map { policy in
        ConformanceRow(
          "of the base policy \(policy.rawValue)",
          ["planning.successor.basePolicy=\(policy.rawValue)"]
        ) {
          $0.configuration.planning.method == .successor && !$0.model.controls.isEmpty
            && $0.configuration.planning.successor.basePolicy == policy
        }
      }
      + SuccessorSettings.Reward.allCases.map { reward in
        ConformanceRow(
          "of the reward \(reward.rawValue)", ["planning.successor.reward=\(reward.rawValue)"]
        ) {
          $0.configuration.planning.method == .successor && !$0.model.controls.isEmpty
            && $0.configuration.planning.successor.reward == reward
        }
      } + [
        .init("at discounts", ["planning.successor.discount"]) {
          $0.configuration.planning.method == .successor && !$0.model.controls.isEmpty
        },
        .init("over some factors", ["planning.successor.factors"]) {
          $0.configuration.planning.method == .successor && !$0.model.controls.isEmpty
            && $0.configuration.planning.successor.factors != nil
        },
        .init("where likelihoods, transitions, preferences and habits are learned") {
          $0.configuration.planning.method == .successor
            && $0.configuration.learning.transition != nil
        },
      ])

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
