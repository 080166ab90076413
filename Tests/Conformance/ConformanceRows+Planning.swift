import ActiveInference
import EngineTestSupport

extension ConformanceSection {
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
}
