import Kernels

/// What simulations draw of the worth of each action, by how many actions came before, and sums of such draws
/// as a difference between levels needs them.
final class SimulationDraws {
  private typealias Terms = ExpectedFreeEnergyTerms

  private let actions: Int
  /// `[level][drawn | first few | one half | other half | sum][action]`
  private let terms: FixedBuffer<ExpectedFreeEnergyTerms>
  private static let runs = 5

  init(levels: Int, actions: Int) {
    self.actions = actions
    terms = FixedBuffer(repeating: Terms(), count: levels * SimulationDraws.runs * actions)
  }

  private func run(_ level: Int, _ number: Int) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> {
    terms.base + (level * SimulationDraws.runs + number) * actions
  }

  /// Where a draw is put.
  func last(_ level: Int) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> { run(level, 0) }

  /// The sum of the first few.
  func first(_ level: Int) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> { run(level, 1) }

  /// The sum of one half.
  func half(_ level: Int, _ number: Int) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> {
    run(level, 2 + number)
  }

  /// The sum of both halves.
  func sum(_ level: Int) -> UnsafeMutablePointer<ExpectedFreeEnergyTerms> {
    let sum = run(level, 4)
    for action in 0..<actions {
      sum[action] = half(level, 0)[action]
      sum[action] += half(level, 1)[action]
    }
    return sum
  }

  /// Forgets the sums of a level.
  func begin(_ level: Int) {
    let first = first(level)
    for index in 0..<3 * actions { first[index] = Terms() }
  }

  /// Adds the last draw of a level to its sums.
  func add(_ level: Int, toHalf number: Int, isFirst: Bool) {
    let (drawn, half, first) = (last(level), half(level, number), first(level))
    for action in 0..<actions {
      half[action] += drawn[action]
      if isFirst { first[action] += drawn[action] }
    }
  }
}

/// The mean of what the actions of a belief are worth, under softmax(gamma G + ln E).
struct ActionMean {
  private let planning: PlanningTables<Double>
  private let gamma: Double
  private let values: FixedBuffer<Double>
  private let posterior: FixedBuffer<Double>

  init(_ context: PlannerContext) {
    planning = context.planning
    gamma = context.settings.gamma
    values = FixedBuffer(zeros: context.policies.actions.count)
    posterior = FixedBuffer(zeros: values.count)
  }

  /// - Parameter scale: what each is multiplied with before.
  func callAsFunction(
    _ actions: UnsafePointer<ExpectedFreeEnergyTerms>, scaledBy scale: Double
  ) -> ExpectedFreeEnergyTerms {
    for action in 0..<values.count { values.base[action] = actions[action].scaled(by: scale).total }
    fillPolicyPosterior(
      values.base, count: values.count, logHabit: { planning.logHabit.base[$0] },
      hasImpossiblePolicies: planning.hasImpossiblePolicies, gamma: gamma, into: posterior.base)
    var sum = ExpectedFreeEnergyTerms()
    for action in 0..<values.count where posterior.base[action] > 0 {
      sum += actions[action].scaled(by: scale).scaled(by: posterior.base[action])
    }
    return sum
  }
}
