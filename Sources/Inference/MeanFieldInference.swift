import GenerativeModel
import Kernels

/// What the mean-field schemes share: log likelihoods by scope, messages and free energy.
///
///     ln q_f(s_f) = ln prior_f(s_f) + sum_m E_{q of the other parents of m}[ln P(o_m | s)] + constant
///
/// ``FixedPointIteration`` and ``CoordinateAscent`` differ only in the order of these updates. All of it
/// is about the states of a ``StateFrame``: all states, or of a wide factor those that are possible.
final class MeanFieldInference<Arithmetic: StepArithmetic> {
  typealias Number = Arithmetic.Number

  /// Modalities whose likelihoods depend on the same factors in the same order.
  struct Group {
    let factors: [Int]
    /// Its modalities, and for each of their columns the group's column where they differ.
    let modalities: [Int]
    let maps: [FixedBuffer<Int32>?]
    /// Whether one of its factors is wide.
    let isWide: Bool
  }

  /// A modality of a group.
  struct Member: BitwiseCopyable {
    let group: Int
    let modality: Int
    let isWide: Bool
  }

  let space: BeliefSpace
  let settings: InferenceSettings
  let endsIterations: Bool
  let dynamics: BeliefDynamics<Arithmetic>
  let frame: StateFrame
  let groups: [Group]
  /// The groups that send messages: more than one factor.
  let messengers: [Int]
  /// Every message that a sweep takes: of a group to a factor.
  let messages: FixedBuffer<Message>
  /// By group its factors where they are two, else -1.
  let pairs: FixedBuffer<Pair>
  /// Every modality with the group that it is in; both in their order.
  let members: FixedBuffer<Member>
  /// By group: its joint states, and where its log likelihood begins.
  let columns: FixedBuffer<Int>
  let offsets: FixedBuffer<Int>
  let logLikelihood: FixedBuffer<Number>
  /// ln prior, by factor and state.
  let logPrior: FixedBuffer<Number>
  /// ln prior plus what depends on one factor alone.
  let base: FixedBuffer<Number>
  /// ln q before normalisation, by factor and state.
  let logBelief: FixedBuffer<Number>
  /// Messages, contractions and soft likelihoods in the making.
  let scratch: FixedBuffer<Number>
  /// One modality's likelihood, or one factor's message.
  let likelihood: FixedBuffer<Number>
  /// By factor and state: 1, or 0 where the prior rules it out or an outcome that depends on this factor
  /// alone.
  let possible: FixedBuffer<Number>
  /// The sum of the log likelihoods that depend on no factor.
  @exclusivity(unchecked) var constant = Number.zero
  /// Whether the frame leaves out what the prior rules out. Only where zero is zero, and where no message
  /// is about states that have been ruled out: fixed-point iteration begins with uniform beliefs.
  let narrows: Bool
  /// Prior and belief in the frame, where that is not the belief's own memory.
  let framed: (prior: FixedBuffer<Number>, belief: FixedBuffer<Number>)?

  init(
    _ space: BeliefSpace, _ settings: InferenceSettings, _ dynamics: BeliefDynamics<Arithmetic>,
    endsIterations: Bool
  ) {
    self.endsIterations = endsIterations
    self.space = space
    self.settings = settings
    self.dynamics = dynamics
    frame = StateFrame(space)
    let groups =
      settings.convention == .pymdp007
      ? MeanFieldInference.jointGroup(space) : MeanFieldInference.groupsByScope(space)
    self.groups = groups
    let messengers = groups.indices.filter { groups[$0].factors.count > 1 }
    self.messengers = messengers
    messages = FixedBuffer(
      messengers.flatMap { group in
        groups[group].factors.enumerated().map {
          Message(group: group, position: $0.offset, factor: $0.element)
        }
      })
    pairs = FixedBuffer(
      groups.map {
        $0.factors.count == 2
          ? Pair(first: $0.factors[0], second: $0.factors[1]) : Pair(first: -1, second: -1)
      })
    members = FixedBuffer(
      groups.enumerated().flatMap { index, group in
        group.modalities.map { Member(group: index, modality: $0, isWide: group.isWide) }
      })
    narrows =
      settings.convention == .standard && settings.impossible != .floored
      && !(settings.algorithm.beginsUniform && messengers.contains { groups[$0].isWide })
    let sizes = space.compiled.model.factors.map(\.size)
    let all = groups.map { $0.factors.reduce(1) { $0 * sizes[$1] } }
    columns = FixedBuffer(all)
    offsets = FixedBuffer(repeating: 0, count: groups.count)
    var offset = 0
    for group in groups.indices {
      offsets.base[group] = offset
      offset += all[group]
    }
    let widest = max(all.max() ?? 1, space.compiled.scopes.map(\.columns).max() ?? 1)
    logLikelihood = FixedBuffer(zeros: offset)
    logPrior = FixedBuffer(zeros: space.size)
    base = FixedBuffer(zeros: space.size)
    logBelief = FixedBuffer(zeros: space.size)
    scratch = FixedBuffer(zeros: max(2 * widest, space.size))
    likelihood = FixedBuffer(zeros: max(widest, space.size))
    possible = FixedBuffer(zeros: space.size)
    framed =
      space.hasWideFactors
      ? (FixedBuffer(zeros: space.size), FixedBuffer(zeros: space.size)) : nil
  }

  private static func groupsByScope(_ space: BeliefSpace) -> [Group] {
    let compiled = space.compiled
    return compiled.scopes.indices.compactMap { index in
      let modalities = compiled.modalitiesOfScope[index]
      if modalities.isEmpty { return nil }
      return Group(
        factors: compiled.scopes[index].factors, modalities: modalities,
        maps: modalities.map { _ in nil }, isWide: space.shapes.base[index].isWide)
    }
  }

  /// pymdp 0.0.7 takes the logarithm of the likelihood of all modalities together (`fpi.py`, line 57),
  /// so there is one group over all factors.
  private static func jointGroup(_ space: BeliefSpace) -> [Group] {
    let compiled = space.compiled
    let all = Array(compiled.model.factors.indices)
    let sizes = compiled.model.factors.map(\.size)
    let modalities = Array(compiled.model.modalities.indices)
    return [
      Group(
        factors: all, modalities: modalities,
        maps: compiled.model.likelihoods.map {
          $0.given == all ? nil : projection(of: $0.given, in: all, sizes: sizes)
        }, isWide: false)
    ]
  }

  func infer(
    _ prior: Belief<Number>, _ evidence: Evidence, _ tables: ModelTables<Arithmetic.Parameter>,
    _ logs: LogLikelihoodTables<Arithmetic.Parameter>, _ ignored: FixedBuffer<Bool>,
    into belief: Belief<Number>, iterates: ((Belief<Number>, Number) -> Void)?
  ) throws(ImpossibleObservation) -> LaneOutcome<Number> {
    guard let framed else {
      return try infer(
        framed: prior.base, prior, evidence, tables, logs, ignored, into: belief.base,
        iterates: iterates.map { report in { report(belief, $0) } })
    }
    frame.set(to: narrows ? prior : nil)
    layOutGroups()
    frame.gather(prior, into: framed.prior.base)
    let outcome = try infer(
      framed: framed.prior.base, prior, evidence, tables, logs, ignored,
      into: framed.belief.base,
      iterates: iterates.map { report in
        { [self] energy in
          frame.scatter(framed.belief.base, into: belief)
          report(belief, energy)
        }
      })
    frame.scatter(framed.belief.base, into: belief)
    return outcome
  }

  private func infer(
    framed prior: UnsafePointer<Number>, _ whole: Belief<Number>, _ evidence: Evidence,
    _ tables: ModelTables<Arithmetic.Parameter>,
    _ logs: LogLikelihoodTables<Arithmetic.Parameter>, _ ignored: FixedBuffer<Bool>,
    into belief: UnsafeMutablePointer<Number>, iterates: ((Number) -> Void)?
  ) throws(ImpossibleObservation) -> LaneOutcome<Number> {
    if settings.impossible != .floored {
      try findImpossible(prior, whole, evidence, tables, ignored)
    } else if settings.convention == .standard {
      for state in 0..<frame.count { possible.base[state] = Number(broadcast: 1) }
    }
    if settings.convention == .pymdp007 {
      fillJoint(evidence, tables, ignored)
    } else {
      fillByScope(evidence, tables, logs, ignored)
    }
    settings.convention.logarithms(prior, into: logPrior.base, count: frame.count)
    for state in 0..<frame.count { base.base[state] = logPrior.base[state] }
    constant = .zero
    for index in groups.indices where groups[index].factors.count < 2 {
      let values = logLikelihood.base + offsets.base[index]
      guard let factor = groups[index].factors.first else {
        constant += values[0]
        continue
      }
      let target = base.base + frame.offsets.base[factor]
      for state in 0..<columns.base[index] { target[state] += values[state] }
    }
    if settings.convention == .standard {
      // Outside expectations the logarithm of zero is exact: what is ruled out stays so.
      let never = Number(broadcast: -.infinity)
      for state in 0..<frame.count {
        base.base[state] = .choose(
          Number.isGreater(possible.base[state], .zero), base.base[state], never)
      }
    }
    switch settings.algorithm {
    // A window of one step is fixed-point iteration: so trees of plans are searched.
    case .fixedPoint, .variationalMessagePassing, .marginalMessagePassing:
      return iterateFixedPoint(into: belief, iterates: iterates)
    case .coordinateAscent, .automatic, .exact, .policyMessages,
      .windowedPolicyMessages:
      return ascendCoordinates(prior, into: belief, iterates: iterates)
    }
  }

  private func layOutGroups() {
    var offset = 0
    for index in groups.indices {
      var count = 1
      for factor in groups[index].factors { count *= frame.sizes.base[factor] }
      columns.base[index] = count
      offsets.base[index] = offset
      offset += count
    }
  }

  // MARK: - Free energy

  /// F = sum_f KL[q_f || prior_f] - E_q[ln P(o | s)] for the present belief, in nats.
  func freeEnergy(
    _ belief: UnsafePointer<Number>, accuracy includesAccuracy: Bool = true
  ) -> LaneOutcome<Number> {
    settings.convention.logarithms(belief, into: scratch.base, count: frame.count)
    var outcome = LaneOutcome<Number>()
    outcome.complexity =
      Number.dot(belief, scratch.base, count: frame.count)
      - Number.dot(belief, logPrior.base, count: frame.count)
    outcome.accuracy = constant
    if includesAccuracy {
      for index in groups.indices where !groups[index].factors.isEmpty {
        outcome.accuracy += expectedLogLikelihood(index, belief)
      }
    }
    outcome.freeEnergy = outcome.complexity - outcome.accuracy
    return outcome
  }

  private func expectedLogLikelihood(
    _ index: Int, _ belief: UnsafePointer<Number>
  ) -> Number {
    let factor = groups[index].factors[0]
    let q = belief + frame.offsets.base[factor]
    let count = frame.sizes.base[factor]
    if groups[index].factors.count == 1 {
      return Number.dot(logLikelihood.base + offsets.base[index], q, count: count)
    }
    let message = likelihood.base
    for state in 0..<count { message[state] = .zero }
    addMessage(of: index, table(of: index), to: 0, belief, message)
    return Number.dot(message, q, count: count)
  }
}
