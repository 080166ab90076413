import GenerativeModel

/// What is done in each joint state, P(joint action | joint state): the base policy of a successor map.
public enum StatePolicy: Hashable, Sendable {
  /// The same in every state: one weight a joint action, which need not sum to 1, such as E.
  case everywhere([Double])
  /// `[joint state][joint action]`, weights as above.
  case byState([[Double]])
  /// One joint action a state.
  case chosen([Int])

  /// Every joint action alike.
  public static func uniform(over transition: JointTransition) -> StatePolicy {
    .everywhere([Double](repeating: 1, count: transition.actions.count))
  }

  /// The weight of an action in a state.
  func weight(of action: Int, in state: Int) -> Double {
    switch self {
    case .everywhere(let weights): weights[action]
    case .byState(let rows): rows[state][action]
    case .chosen(let actions): actions[state] == action ? 1 : 0
    }
  }

  /// Refuses what is no policy over these states and actions.
  ///
  /// - Throws: ``InvalidInput`` where there are not as many rows and entries as states and actions, or
  ///   weights are no probabilities.
  func check(_ transition: JointTransition) throws(InvalidInput) {
    let states = transition.stateCount
    let actions = transition.actions.count
    func refuse(_ problem: String, _ remedy: String) throws(InvalidInput) {
      throw InvalidInput(source: "", [Fault("policy", problem, remedy: remedy)])
    }
    func isDistribution(_ weights: [Double]) -> Bool {
      weights.count == actions && weights.allSatisfy { $0 >= 0 && $0.isFinite }
        && (0x1p-1000...0x1p1000).contains(weights.reduce(0, +))
    }
    switch self {
    case .everywhere(let weights):
      if isDistribution(weights) { return }
      try refuse("is no distribution over \(actions) joint actions", "give a weight for each")
    case .byState(let rows):
      if rows.count == states && rows.allSatisfy(isDistribution) { return }
      try refuse(
        "is not a distribution over \(actions) joint actions for each of \(states) joint states",
        "give a weight for each")
    case .chosen(let chosen):
      if chosen.count == states && chosen.allSatisfy((0..<actions).contains) { return }
      try refuse(
        "is not one of \(actions) joint actions for each of \(states) joint states",
        "give one for each")
    }
  }
}
