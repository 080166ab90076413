import ActiveInference

// What infers the states of a step from the belief of the step before, and not by policy.

extension AgentConfiguration.Preset {
  package static let stepByStep: [AgentConfiguration.Preset] = [.default, .pymdp1, .pymdp007]
}

extension InferenceSettings.Algorithm {
  package static let stepByStep = allCases.filter { !$0.isByPolicy }
}
