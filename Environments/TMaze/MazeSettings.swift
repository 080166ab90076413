import ActiveInference

/// The values of the parameters that T-mazes share, and what follows from them.
struct MazeSettings {
  /// The labels of the contexts.
  static let contexts = ["reward left", "reward right"]
  /// The labels of what a place may give.
  static let rewards = ["none", "reward", "punishment"]

  var rewardProbability = 1.0
  var punishmentProbability = 1.0
  var cueValidity = 1.0
  var dependentOutcomes = true
  /// The context, where it is not drawn.
  let rewardCondition: Int?
  let rewardPreference: Double
  let punishmentPreference: Double

  /// The parameters that every T-maze has.
  static func parameters(reward: Double) -> [EnvironmentParameter] {
    [
      EnvironmentParameter(
        "rewardCondition", .none, "where the reward is, left or right; none: drawn"),
      EnvironmentParameter(
        "rewardPreference", .number(reward), "log preference of reward in nats"),
      EnvironmentParameter(
        "punishmentPreference", .number(-3), "log preference of punishment in nats"),
    ]
  }

  /// The parameters of pymdp 1.x.
  static let outcomeParameters = [
    EnvironmentParameter(
      "rewardProbability", .number(1), "P(reward) in the arm that has it, 0...1"),
    EnvironmentParameter("punishmentProbability", .number(1), "P(punishment) in the other, 0...1"),
    EnvironmentParameter("cueValidity", .number(0.95), "P(the cue tells the truth), 0...1"),
    EnvironmentParameter(
      "dependentOutcomes", .boolean(false), "whether an arm always gives reward or punishment"),
  ]

  /// The parameters that every T-maze has.
  init(shared reader: inout ParameterReader) {
    rewardCondition = reader.choice("rewardCondition", of: ["left", "right"])
    rewardPreference = reader.finite("rewardPreference")
    punishmentPreference = reader.finite("punishmentPreference")
  }

  /// Those and the parameters of pymdp 1.x.
  init(_ reader: inout ParameterReader) {
    self.init(shared: &reader)
    rewardProbability = reader.probability("rewardProbability")
    punishmentProbability = reader.probability("punishmentProbability")
    cueValidity = reader.probability("cueValidity")
    dependentOutcomes = reader.flag("dependentOutcomes")
  }

  /// P(first context) as the agent believes it.
  var believedContext: Column { [0.5, 0.5] }

  /// P(first context) as it is.
  var trueContext: Column {
    rewardCondition.map { Column(certain: MazeSettings.contexts[$0]) } ?? believedContext
  }

  /// Log preferences in nats.
  var preference: Preference {
    ["reward": rewardPreference, "punishment": punishmentPreference]
  }

  /// What a place gives.
  func reward(_ state: JointState) -> Column {
    let reward = rewardProbability
    let punishment = punishmentProbability
    switch (state["location"], state["context"]) {
    case ("left", "reward left"), ("right", "reward right"):
      return ["reward": reward, dependentOutcomes ? "punishment" : "none": 1 - reward]
    case ("left", _), ("right", _):
      if dependentOutcomes { return ["punishment": reward, "reward": 1 - reward] }
      return ["punishment": punishment, "none": 1 - punishment]
    default: return "none"
    }
  }

  /// What the cue says where it can be seen, in the words of a modality.
  func cue(_ state: JointState, left: String, right: String) -> Column {
    let isLeft = state["context"] == "reward left"
    return [
      left: isLeft ? cueValidity : 1 - cueValidity, right: isLeft ? 1 - cueValidity : cueValidity,
    ]
  }
}
