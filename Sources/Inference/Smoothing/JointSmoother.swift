import GenerativeModel
import Kernels

/// What happened, where a smoother reads it.
struct ObservedSequence {
  /// `[step][modality]`.
  let observations: [[Observation]]
  /// `[step][factor]`: the joint action that led from a step to the next.
  let actions: FixedBuffer<Int>
  let factorCount: Int

  var count: Int { observations.count }

  /// The joint actions between a step and the next, by factor.
  func actions(after step: Int) -> UnsafePointer<Int> {
    UnsafePointer(actions.base + step * factorCount)
  }
}

/// An observation of probability zero, given everything before it.
struct ImpossibleStep: Error {
  let step: Int
  let modality: Int
}

/// Smooths the joint states of one group of factors: forward by Bayes' rule, back by
///
///     q(s_t | o_1...T) = q(s_t | o_1...t) sum_s' P(s' | s_t, u) q(s' | o_1...T) / P(s' | o_1...t)
///
/// (Rauch, Tung and Striebel's form), each step summing to one, so that nothing underflows however long
/// the sequence.
final class JointSmoother: @unchecked Sendable {
  // Unchecked: written by the one who smooths and afterwards only read.

  let group: FactorGroup
  private let settings: InferenceSettings
  /// `[step][joint state]`: given the observations up to the step.
  let filtered: FixedBuffer<Double>
  /// `[step][joint state]`: at first given the observations before the step, in the end given all, where the
  /// whole sequence is smoothed.
  let smoothed: FixedBuffer<Double>
  private let forward: FixedBuffer<Double>
  private let backward: FixedBuffer<Double>
  private let message: FixedBuffer<Double>
  private let current: FixedBuffer<Double>
  private let likelihood: FixedBuffer<Double>
  private let scratch: FixedBuffer<Double>
  /// By step: ln P(observations of the step | those before, actions), in nats.
  let logEvidence: FixedBuffer<Double>
  /// `[step][modality of the group]`: whether it was impossible and has been ignored.
  let ignored: FixedBuffer<Bool>

  /// A power of two, so that it changes no digit: ratios to the smallest number there is stay finite.
  private static let ratioScale = 0x1p-500

  init(_ group: FactorGroup, _ settings: InferenceSettings, steps: Int) {
    self.group = group
    self.settings = settings
    filtered = FixedBuffer(zeros: steps * group.size)
    smoothed = FixedBuffer(zeros: steps * group.size)
    logEvidence = FixedBuffer(zeros: steps)
    forward = FixedBuffer(zeros: group.intermediateCount)
    backward = FixedBuffer(zeros: group.intermediateCount)
    message = FixedBuffer(zeros: group.size)
    current = FixedBuffer(zeros: group.size)
    ignored = FixedBuffer(repeating: false, count: steps * group.modalities.count)
    let compiled = group.compiled
    let widest = group.modalities.map { compiled.modalities.base[$0].columns }.max() ?? 1
    likelihood = FixedBuffer(zeros: widest)
    scratch = FixedBuffer(zeros: max(widest, group.size))
  }

  /// The numbers that smoothing so many steps takes.
  static func numbers(_ group: FactorGroup, steps: Int) -> Double {
    Double(steps) + (2 * Double(steps) + 3) * Double(group.size) + 2
      * Double(group.intermediateCount)
  }

  // MARK: - Forward

  /// Filters the sequence.
  ///
  /// - Returns: ln P(observations of the group's modalities | actions), in nats.
  func filter(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>
  ) throws(ImpossibleStep) -> Double {
    var logEvidence = 0.0
    for step in 0..<sequence.count {
      let prior = smoothed.base + step * group.size
      if step == 0 {
        setIndependent(tables.initialStates.base, prior)
      } else {
        group.predict(
          filtered.base + (step - 1) * group.size, sequence.actions(after: step - 1),
          tables.transitions.base, tables: forward.base, into: prior)
      }
      let weight = try weigh(sequence.observations[step], step, tables, prior)
      self.logEvidence.base[step] = weight
      logEvidence += weight
    }
    return logEvidence
  }

  private func setIndependent(
    _ marginals: UnsafePointer<Double>, _ joint: UnsafeMutablePointer<Double>
  ) {
    joint[0] = 1
    var count = 1
    for factor in group.factors {
      let plan = group.compiled.factors.base[factor]
      count = outerProduct(joint, count, marginals + plan.stateOffset, plan.states)
    }
  }

  /// Bayes' rule, one modality after the other, as in ``ExactInference``.
  private func weigh(
    _ observation: [Observation], _ step: Int, _ tables: ModelTables<Double>,
    _ prior: UnsafePointer<Double>
  ) throws(ImpossibleStep) -> Double {
    let belief = filtered.base + step * group.size
    belief.update(from: prior, count: group.size)
    var logEvidence = 0.0
    var isWeighed = false
    for (index, modality) in group.modalities.enumerated() {
      ignored.base[step * group.modalities.count + index] = false
      if case .missing = observation[modality] { continue }
      let likelihood = likelihood(of: observation, modality, tables)
      let columns = group.columns[index].base
      for state in 0..<group.size {
        scratch.base[state] = belief[state] * likelihood[Int(columns[state])]
      }
      let total = Contraction.sum(scratch.base, count: group.size)
      if total > 0 {
        logEvidence += VectorMath.log(total)
        isWeighed = true
        for state in 0..<group.size { belief[state] = scratch.base[state] / total }
      } else if settings.impossible == .ignore {
        ignored.base[step * group.modalities.count + index] = true
      } else {
        throw ImpossibleStep(step: step, modality: modality)
      }
    }
    if !isWeighed { normalize(belief) }
    return logEvidence
  }

  /// What an observation says of each joint state of its scope.
  private func likelihood(
    of observation: [Observation], _ modality: Int, _ tables: ModelTables<Double>
  ) -> UnsafePointer<Double> {
    let rows = tables.likelihoodRows.base[modality]
    let isFloored = settings.impossible == .floored
    if case .outcome(let outcome) = observation[modality], !rows.isSparse, !isFloored {
      return UnsafePointer(rows.cells + outcome * rows.length)
    }
    let evidence = Evidence.observations(observation)
    if settings.convention == .pymdp1, let weights = evidence.weights(modality) {
      SingleArithmetic.geometricLikelihood(
        weights, rows, settings.convention, into: likelihood.base, scratch: scratch.base)
    } else {
      SingleArithmetic.expectedLikelihood(evidence, modality, rows, into: likelihood.base)
    }
    if isFloored {
      for column in 0..<rows.length {
        likelihood.base[column] = max(likelihood.base[column], smallestProbability)
      }
    }
    return UnsafePointer(likelihood.base)
  }

  private func normalize(_ belief: UnsafeMutablePointer<Double>) {
    let total = Contraction.sum(belief, count: group.size)
    for state in 0..<group.size { belief[state] /= total }
  }

  // MARK: - Backward

  /// Smooths the whole sequence, which has been filtered.
  ///
  /// - Parameters:
  ///   - marginals: takes `[step][state]`, the states of all factors of the model one after the other.
  ///   - statistics: takes what is expected to have happened.
  func smooth(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    marginals: UnsafeMutablePointer<Double>?, statistics: SequenceStatistics?
  ) {
    smooth(
      0..<sequence.count, sequence, tables, marginals: marginals, statistics: statistics,
      keepsPriors: false)
  }

  /// Smooths some steps of a sequence that has been filtered, given its observations up to the last of them.
  ///
  /// - Parameters:
  ///   - marginals: takes `[step][state]` at the places of these steps.
  ///   - keepsPriors: whether other steps of the sequence can be smoothed afterwards; where not, ``smoothed``
  ///     has these.
  func smooth(
    _ window: Range<Int>, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    marginals: UnsafeMutablePointer<Double>?, statistics: SequenceStatistics?, keepsPriors: Bool
  ) {
    let size = group.size
    let transitions = UnsafePointer(tables.transitions.base)
    current.base.update(from: filtered.base + (window.upperBound - 1) * size, count: size)
    for step in window.reversed() {
      fillMessage(from: current.base, prior: smoothed.base + step * size)
      if !keepsPriors { (smoothed.base + step * size).update(from: current.base, count: size) }
      read(step, sequence, tables, marginals, statistics)
      if step == window.lowerBound { break }
      let actions = sequence.actions(after: step - 1)
      let belief = UnsafePointer(filtered.base + (step - 1) * size)
      group.pullBack(
        message.base, to: belief, actions, transitions, tables: backward.base, into: current.base)
      for state in 0..<size { current.base[state] *= belief[state] }
      let total = Contraction.sum(current.base, count: size)
      for state in 0..<size { current.base[state] /= total }
      guard let statistics else { continue }
      group.predict(belief, actions, transitions, tables: forward.base, into: scratch.base)
      group.addPairs(
        belief, message.base, scale: 1 / total, actions, transitions, forward: forward.base,
        backward: backward.base, to: statistics.transitionCells.base)
    }
  }

  /// The ratio of what is believed in the end to what was expected, the message to the step before.
  private func fillMessage(from belief: UnsafePointer<Double>, prior: UnsafePointer<Double>) {
    for state in 0..<group.size {
      message.base[state] =
        prior[state] > 0 ? belief[state] * JointSmoother.ratioScale / prior[state] : 0
    }
  }

  /// Sums the belief of a step to what is asked for.
  private func read(
    _ step: Int, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ marginals: UnsafeMutablePointer<Double>?, _ statistics: SequenceStatistics?
  ) {
    let compiled = group.compiled
    if let marginals {
      let row = marginals + step * compiled.stateCount
      for (position, factor) in group.factors.enumerated() {
        let plan = compiled.factors.base[factor]
        group.sumMarginal(
          position, states: plan.states, current.base, into: row + plan.stateOffset)
      }
    }
    guard let statistics else { return }
    if step == 0 {
      for (position, factor) in group.factors.enumerated() {
        let plan = compiled.factors.base[factor]
        group.sumMarginal(position, states: plan.states, current.base, into: scratch.base)
        statistics.addInitialState(plan, scratch.base)
      }
    }
    for (index, modality) in group.modalities.enumerated() {
      if case .missing = sequence.observations[step][modality] { continue }
      if ignored.base[step * group.modalities.count + index] { continue }
      let count = compiled.modalities.base[modality].columns
      let columns = group.columns[index].base
      for column in 0..<count { likelihood.base[column] = 0 }
      for state in 0..<group.size {
        likelihood.base[Int(columns[state])] += current.base[state]
      }
      statistics.addOutcome(
        sequence.observations[step][modality], modality, likelihood.base, tables,
        settings.convention)
    }
  }

  // MARK: - Afterwards

  /// Adds the posterior of the states at a step and the next to their cells.
  func addPairs(
    after step: Int, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    to counts: UnsafePointer<UnsafeMutablePointer<Double>?>
  ) {
    let size = group.size
    let transitions = UnsafePointer(tables.transitions.base)
    let actions = sequence.actions(after: step)
    let belief = UnsafePointer(filtered.base + step * size)
    group.predict(belief, actions, transitions, tables: forward.base, into: scratch.base)
    fillMessage(from: smoothed.base + (step + 1) * size, prior: scratch.base)
    group.pullBack(
      message.base, to: belief, actions, transitions, tables: backward.base, into: current.base)
    let total = Contraction.dot(belief, current.base, count: size)
    group.addPairs(
      belief, message.base, scale: 1 / total, actions, transitions, forward: forward.base,
      backward: backward.base, to: counts)
  }
}
