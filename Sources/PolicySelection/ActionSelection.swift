import GenerativeModel
import Kernels

/// Chooses the next action from the policy posterior.
///
/// One object serves one agent; a choice allocates nothing.
public final class ActionSelection {
  private let settings: ActionSettings
  private let policies: PolicySet
  private let sizes: [Int]
  /// Where a control's marginal begins, and where all end.
  public let marginalOffsets: [Int]
  /// P(action) by control: the policy posterior summed by first action.
  public let marginals: FixedBuffer<Double>
  /// The joint actions of the policies, one entry a control. A copy of one's own: were the arrays of the
  /// policies read, threads would wait for one another to count the references.
  private let actions: FixedBuffer<Int>
  /// The policy posterior by first joint action.
  private let jointMarginals: FixedBuffer<Double>
  private let weights: FixedBuffer<Double>

  /// Choice among the policies of a model.
  public init(_ model: GenerativeModel, _ policies: PolicySet, _ settings: ActionSettings) {
    self.settings = settings
    self.policies = policies
    sizes = model.controls.map(\.size)
    var offsets = [0]
    for size in sizes { offsets.append(offsets[offsets.count - 1] + size) }
    marginalOffsets = offsets
    marginals = FixedBuffer(repeating: 0, count: offsets[offsets.count - 1])
    actions = FixedBuffer(Array(policies.actions.joined()))
    jointMarginals = FixedBuffer(repeating: 0, count: policies.actions.count)
    weights = FixedBuffer(repeating: 0, count: max(policies.count, sizes.max() ?? 0))
  }

  /// Sums the policy posterior by first action (pymdp `control.get_marginals`).
  public func fillMarginals(_ posterior: UnsafePointer<Double>) {
    for index in 0..<marginals.count { marginals.base[index] = 0 }
    for action in 0..<jointMarginals.count { jointMarginals.base[action] = 0 }
    let first = policies.firstActions.base
    for policy in 0..<policies.firstActions.count {
      jointMarginals.base[Int(first[policy])] += posterior[policy]
    }
    for joint in 0..<jointMarginals.count {
      for control in sizes.indices {
        let action = actions.base[joint * sizes.count + control]
        marginals.base[marginalOffsets[control] + action] += jointMarginals.base[joint]
      }
    }
  }

  /// The chosen action, one entry a control, written to `choice`.
  ///
  /// - Parameters:
  ///   - seed: with the episode and the step the address of this choice among all random numbers; each
  ///     control draws from a stream of its own.
  public func choose(
    _ posterior: UnsafePointer<Double>, seed: UInt64, episode: UInt64, step: UInt64,
    into choice: UnsafeMutablePointer<Int>
  ) {
    guard !sizes.isEmpty else { return }
    switch settings.mode {
    case .full:
      let policy = pick(
        posterior, policies.count,
        RandomStream(seed: seed, episode: episode, step: step, purpose: .action))
      let action = actions.base + Int(policies.firstActions.base[policy]) * sizes.count
      for control in sizes.indices { choice[control] = action[control] }
    case .marginal:
      for control in sizes.indices {
        choice[control] = pick(
          UnsafePointer(marginals.base) + marginalOffsets[control], sizes[control],
          RandomStream(
            seed: seed, episode: episode, step: step, purpose: .action, index: UInt32(control)))
      }
    }
  }

  /// The most probable, the lowest index first; or a draw in proportion to probability^alpha.
  private func pick(_ p: UnsafePointer<Double>, _ count: Int, _ stream: RandomStream) -> Int {
    var best = 0
    for index in 1..<max(count, 1) where p[index] > p[best] { best = index }
    if settings.selection == .deterministic || count == 1 { return best }
    // Relative to the largest, so that no power underflows to nothing.
    for index in 0..<count { weights.base[index] = p[index] / p[best] }
    VectorMath.log(inPlace: weights.base, count: count)
    for index in 0..<count {
      weights.base[index] = p[index] > 0 ? settings.alpha * weights.base[index] : -.infinity
    }
    VectorMath.exp(inPlace: weights.base, count: count)
    var random = stream
    return random.categorical(UnsafeBufferPointer(start: weights.base, count: count))
  }
}
