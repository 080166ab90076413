import Inference
import PolicySelection

/// Everything an agent needs beside its model: `aif.agent/1`.
public struct AgentConfiguration: Hashable, Sendable {
  /// A named set of defaults.
  public enum Preset: String, Hashable, Sendable, CaseIterable {
    /// Correct by default.
    case `default`
    /// inferactively-pymdp 1.x.
    case pymdp1 = "pymdp-1"
    /// inferactively-pymdp 0.0.7.
    case pymdp007 = "pymdp-0.0.7"
    /// SPM's active inference by policy (`spm_MDP_VB_X.m`).
    case spm
  }

  /// What holds for everything not said otherwise.
  public let preset: Preset
  /// How beliefs about states are found.
  public var inference: InferenceSettings
  /// How policies are scored.
  public var planning: PlanningSettings
  /// How the next action is chosen.
  public var action: ActionSettings
  /// Which counts are learned and how fast; at first none.
  public var learning: LearningSettings

  /// The settings of a preset.
  public init(preset: Preset = .default) {
    self.preset = preset
    inference = InferenceSettings()
    planning = PlanningSettings()
    action = ActionSettings()
    learning = LearningSettings()
    switch preset {
    case .default: break
    case .pymdp1:
      inference.algorithm = .fixedPoint
      inference.impossible = .floored
      inference.convention = .pymdp1
      planning.gamma = 1
      planning.informationGain = .perModality
      planning.convention = .pymdp1
      action.alpha = 1
    case .pymdp007:
      inference.algorithm = .fixedPoint
      inference.iterations = 10
      inference.tolerance = 1e-3
      inference.impossible = .floored
      inference.convention = .pymdp007
      planning.novelty = .heuristic
      planning.convention = .pymdp007
      action.mode = .marginal
    case .spm:
      inference.algorithm = .policyMessages
      inference.impossible = .floored
      inference.convention = .spm
      planning.gamma = 1
      planning.precision = PrecisionSettings()
      planning.parameterInformationGain = true
      planning.novelty = .spm
      planning.convention = .spm
      action.selection = .stochastic
      action.mode = .joint
      action.alpha = 512
    }
  }
}
