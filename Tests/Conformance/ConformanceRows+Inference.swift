import ActiveInference
import EngineTestSupport

extension ConformanceSection {
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
}
