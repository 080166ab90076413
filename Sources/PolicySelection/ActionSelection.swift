import GenerativeModel
import Kernels

/// Policies one after the other that begin with the same joint action: each run is one sum.
private struct PolicyRun: BitwiseCopyable {
  let action: Int
  let count: Int
}

/// Chooses the next action from the policy posterior.
///
/// One object serves one agent, or the agents of all lanes; a choice allocates nothing.
public final class ActionSelection<Arithmetic: StepArithmetic> {
  /// What a probability is.
  public typealias Number = Arithmetic.Number

  private let settings: ActionSettings
  private let policies: PolicySet
  private let policyCount: Int
  private let sizes: FixedBuffer<Int>
  /// Where a control's marginal begins, and where all end.
  public let marginalOffsets: FixedBuffer<Int>
  /// P(action) by control: the policy posterior summed by first action.
  public let marginals: FixedBuffer<Number>
  /// The joint actions of the policies, one entry a control. A copy of one's own: were the arrays of the
  /// policies read, threads would wait for one another to count the references.
  private let actions: FixedBuffer<Int>
  private let firstActions: UnsafePointer<Int32>
  /// Where policies are sequences over a whole episode, the joint action of each in the step at hand.
  @exclusivity(unchecked) private var stepActions: UnsafePointer<Int32>?
  private let runs: FixedBuffer<PolicyRun>
  /// The policy posterior by first joint action.
  private let jointMarginals: FixedBuffer<Number>
  private let weights: FixedBuffer<Double>
  /// The policy that was chosen last, where a policy is chosen.
  @exclusivity(unchecked) public private(set) var chosenPolicy = 0

  /// Choice among the policies of a model.
  public init(_ model: GenerativeModel, _ policies: PolicySet, _ settings: ActionSettings) {
    self.settings = settings
    self.policies = policies
    policyCount = policies.count
    let sizes = model.controls.map(\.size)
    var offsets = [0]
    for size in sizes { offsets.append(offsets[offsets.count - 1] + size) }
    self.sizes = FixedBuffer(sizes)
    marginalOffsets = FixedBuffer(offsets)
    marginals = FixedBuffer(zeros: offsets[offsets.count - 1])
    actions = FixedBuffer(Array(policies.actions.joined()))
    firstActions = UnsafePointer(policies.firstActions.base)
    var runs: [PolicyRun] = []
    var first = 0
    while first < policies.firstActions.count {
      let action = firstActions[first]
      var end = first + 1
      while end < policies.firstActions.count && firstActions[end] == action { end += 1 }
      runs.append(PolicyRun(action: Int(action), count: end - first))
      first = end
    }
    self.runs = FixedBuffer(runs)
    jointMarginals = FixedBuffer(zeros: policies.actions.count)
    weights = FixedBuffer(
      repeating: 0, count: max(policies.count, policies.actions.count, sizes.max() ?? 0))
  }

  /// Has the policies mean other actions than their first: one joint action a policy, in memory that
  /// outlives this object.
  public func take(_ actions: UnsafePointer<Int32>) { stepActions = actions }

  /// Sums the policy posterior by joint action.
  private func fillJointMarginals(_ posterior: UnsafePointer<Number>) {
    for action in 0..<jointMarginals.count { jointMarginals.base[action] = .zero }
    if let stepActions {
      for policy in 0..<policyCount {
        jointMarginals.base[Int(stepActions[policy])] += posterior[policy]
      }
      return
    }
    var policy = posterior
    for index in 0..<runs.count {
      let run = runs.base[index]
      jointMarginals.base[run.action] += Number.sum(policy, count: run.count)
      policy += run.count
    }
  }

  /// Sums the policy posterior by first action (pymdp `control.get_marginals`).
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == SharedLaneArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func fillMarginals(_ posterior: UnsafePointer<Number>) {
    for index in 0..<marginals.count { marginals.base[index] = .zero }
    fillJointMarginals(posterior)
    for joint in 0..<jointMarginals.count {
      for control in 0..<sizes.count {
        let action = actions.base[joint * sizes.count + control]
        marginals.base[marginalOffsets.base[control] + action] += jointMarginals.base[joint]
      }
    }
  }

  /// The chosen action of a lane, one entry a control, written to `choice`.
  ///
  /// - Parameters:
  ///   - posterior: one probability a policy.
  ///   - marginals: P(action) by control, as ``fillMarginals(_:)`` finds them.
  ///   - seed: with the episode and the step the address of this choice among all random numbers; each
  ///     control draws from a stream of its own.
  @specialized(where Arithmetic == SingleArithmetic)
  @specialized(where Arithmetic == SharedLaneArithmetic)
  @specialized(where Arithmetic == OwnLaneArithmetic)
  public func choose(
    _ posterior: UnsafePointer<Number>, marginals: UnsafePointer<Number>, lane: Int = 0,
    seed: UInt64, episode: UInt64, step: UInt64, into choice: UnsafeMutablePointer<Int>
  ) {
    guard sizes.count > 0 else { return }
    switch settings.mode {
    case .full:
      let policy = pick(
        posterior, policyCount, lane,
        RandomStream(seed: seed, episode: episode, step: step, purpose: .action))
      chosenPolicy = policy
      write(Int((stepActions ?? firstActions)[policy]), to: choice)
    case .marginal:
      for control in 0..<sizes.count {
        choice[control] = pick(
          marginals + marginalOffsets.base[control], sizes.base[control], lane,
          RandomStream(
            seed: seed, episode: episode, step: step, purpose: .action, index: UInt32(control)))
      }
    case .joint:
      fillJointMarginals(posterior)
      write(
        pick(
          jointMarginals.base, jointMarginals.count, lane,
          RandomStream(seed: seed, episode: episode, step: step, purpose: .action)), to: choice)
    }
  }

  /// Writes a joint action, one entry a control.
  private func write(_ joint: Int, to choice: UnsafeMutablePointer<Int>) {
    let action = actions.base + joint * sizes.count
    for control in 0..<sizes.count { choice[control] = action[control] }
  }

  /// The most probable, the lowest index first; or a draw in proportion to probability^alpha.
  private func pick(
    _ p: UnsafePointer<Number>, _ count: Int, _ lane: Int, _ stream: RandomStream
  ) -> Int {
    let lanes = Number.laneCount
    let numbers = numbers(p) + lane
    var best = 0
    if lanes == 1 {
      let greatest = Double.greatest(numbers, count: count)
      while best < count - 1 && numbers[best] != greatest { best += 1 }
    } else {
      for index in 1..<max(count, 1) where numbers[index * lanes] > numbers[best * lanes] {
        best = index
      }
    }
    if settings.selection == .deterministic || count == 1 { return best }
    // Relative to the largest, so that no power underflows to nothing.
    for index in 0..<count {
      weights.base[index] = numbers[index * lanes] / numbers[best * lanes]
    }
    VectorMath.log(inPlace: weights.base, count: count)
    for index in 0..<count {
      weights.base[index] =
        numbers[index * lanes] > 0 ? settings.alpha * weights.base[index] : -.infinity
    }
    VectorMath.exp(inPlace: weights.base, count: count)
    var random = stream
    return random.categorical(UnsafeBufferPointer(start: weights.base, count: count))
  }
}
