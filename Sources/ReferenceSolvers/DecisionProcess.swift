import ActiveInference

/// A Markov decision process with rewards, partially observed or not, in which the best that any agent can
/// do is a number.
///
/// An action u in a state s gains r(s, u), and leads to s' with P(s' | s, u), where an outcome is seen. An
/// agent is judged by the expected sum of discount^t r over the actions it takes, the first at t = 0. In a
/// terminal state nothing happens and nothing is gained any more.
///
/// ```swift
/// let process = try DecisionProcess(model, discount: 0.95)
/// let solution = try ValueIteration(process)
/// ```
public struct DecisionProcess: Sendable {
  /// A state that an action leads to.
  public struct Transition: Hashable, Sendable {
    /// The state.
    public var next: Int
    /// Its probability.
    public var probability: Double
    /// What is gained on the way there.
    public var reward: Double

    /// A state that an action leads to, with its probability and what is gained.
    public init(to next: Int, probability: Double, reward: Double) {
      self.next = next
      self.probability = probability
      self.reward = reward
    }
  }

  /// An outcome that a state may show.
  public struct Outcome: Hashable, Sendable {
    /// Its index; the same outcome has the same index wherever it is seen.
    public var index: Int
    /// Its probability.
    public var probability: Double

    /// An outcome and its probability.
    public init(_ index: Int, probability: Double) {
      self.index = index
      self.probability = probability
    }
  }

  /// The number of states.
  public let stateCount: Int
  /// The number of actions.
  public let actionCount: Int
  /// What a reward is worth an action later, 0 to 1.
  public let discount: Double
  /// Whether a state ends the process.
  public let isTerminal: [Bool]
  /// P(first state).
  public let initialBelief: [Double]
  /// What the first outcomes are worth on average, before any action; no value has it in it.
  public let firstReward: Double
  /// r(s, u) as `[action][state]`, expected over where the action leads.
  public let rewards: [Double]
  /// Where the cells of each `[action][state]` begin, and where the last one's end.
  let starts: [Int]
  let nextStates: [Int32]
  let probabilities: [Double]
  /// By state arrived at, the outcomes it may show; nil where the state itself is seen.
  let outcomes: [[Outcome]]?

  /// The most transitions, or outcomes of all states, that are held.
  static let largestCount = 1 << 26

  /// Where an action leads from a state; empty in a terminal state.
  func cells(_ action: Int, _ state: Int) -> Range<Int> {
    let run = action * stateCount + state
    return starts[run]..<starts[run + 1]
  }

  /// Whether every outcome tells the state.
  public var isFullyObserved: Bool {
    guard let outcomes else { return true }
    var stateOf: [Int: Int] = [:]
    for (state, seen) in outcomes.enumerated() {
      for outcome in seen where stateOf.updateValue(state, forKey: outcome.index) ?? state != state
      {
        return false
      }
    }
    return true
  }

  /// A process whose rewards and transitions are given.
  ///
  /// - Parameters:
  ///   - outcomes: by state arrived at, what may be seen there, whatever led to it; nil where the state
  ///     itself is seen.
  ///   - terminal: states that end the process.
  ///   - initialBelief: P(first state); nil for equal probabilities.
  ///   - transitions: where an action leads from a state, and what is gained; not asked of terminal states.
  /// - Throws: ``InvalidInput`` with every fault: a discount outside of 0...1, probabilities that do not
  ///   sum to 1 within 1e-9, a reward that is not finite, a state that there is none of.
  public init(
    states: Int, actions: Int, discount: Double, outcomes: [[Outcome]]? = nil,
    terminal: Set<Int> = [], initialBelief: [Double]? = nil,
    transitions: (_ action: Int, _ state: Int) -> [Transition]
  ) throws(InvalidInput) {
    var check = ProcessCheck(states: states, actions: actions, discount: discount)
    try check.finish()
    check.check(outcomes, initialBelief, terminal)
    var parts = Parts(states: states, actions: actions)
    for action in 0..<actions {
      for state in 0..<states {
        let cells = terminal.contains(state) ? [] : transitions(action, state)
        if !terminal.contains(state) { check.check(cells, action, state) }
        parts.append(cells.filter { $0.probability > 0 })
      }
    }
    try check.finish()
    self.init(
      parts, discount, isTerminal: (0..<states).map(terminal.contains),
      initialBelief: initialBelief ?? [Double](repeating: 1 / Double(states), count: states),
      firstReward: 0, outcomes: outcomes)
  }

  /// A process whose parts fit each other.
  init(
    _ parts: Parts, _ discount: Double, isTerminal: [Bool], initialBelief: [Double],
    firstReward: Double, outcomes: [[Outcome]]?
  ) {
    stateCount = isTerminal.count
    actionCount = parts.rewards.count / max(isTerminal.count, 1)
    self.discount = discount
    self.isTerminal = isTerminal
    self.initialBelief = initialBelief
    self.firstReward = firstReward
    rewards = parts.rewards
    starts = parts.starts
    nextStates = parts.nextStates
    probabilities = parts.probabilities
    self.outcomes = outcomes
  }

  /// Transitions as they are laid out.
  struct Parts {
    var starts = [0]
    var nextStates: [Int32] = []
    var probabilities: [Double] = []
    var rewards: [Double] = []

    init(states: Int, actions: Int) {
      starts.reserveCapacity(states * actions + 1)
      rewards.reserveCapacity(states * actions)
    }

    /// Adds the next state's transitions under an action.
    mutating func append(_ cells: [Transition]) {
      var reward = 0.0
      for cell in cells {
        nextStates.append(Int32(cell.next))
        probabilities.append(cell.probability)
        reward += cell.probability * cell.reward
      }
      rewards.append(reward)
      starts.append(nextStates.count)
    }
  }
}
