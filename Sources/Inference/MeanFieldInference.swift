import GenerativeModel
import Kernels

/// What the mean-field schemes share: log likelihoods by scope, messages and free energy.
///
///     ln q_f(s_f) = ln prior_f(s_f) + sum_m E_{q of the other parents of m}[ln P(o_m | s)] + constant
///
/// ``FixedPointIteration`` and ``CoordinateAscent`` differ only in the order of these updates.
final class MeanFieldInference {
  /// Modalities whose likelihoods depend on the same factors in the same order.
  struct Group {
    let factors: [Int]
    let sizes: [Int]
    let columns: Int
    /// Where its log likelihood begins.
    let offset: Int
    /// Its modalities, and for each of their columns the group's column where they differ.
    let modalities: [Int]
    let maps: [FixedBuffer<Int32>?]
  }

  let space: BeliefSpace
  let settings: InferenceSettings
  let groups: [Group]
  /// The groups that send messages: more than one factor.
  let messengers: [Int]
  let logLikelihood: FixedBuffer<Double>
  /// ln prior, by factor and state.
  let logPrior: FixedBuffer<Double>
  /// ln prior plus what depends on one factor alone.
  let base: FixedBuffer<Double>
  /// ln q before normalisation, by factor and state.
  let logBelief: FixedBuffer<Double>
  /// Messages, contractions and soft likelihoods in the making.
  let scratch: FixedBuffer<Double>
  /// One modality's likelihood, or one factor's message.
  private let likelihood: FixedBuffer<Double>
  /// By factor and state: ruled out neither by the prior nor by an outcome that depends on this factor
  /// alone.
  private let possible: FixedBuffer<Bool>
  /// The sum of the log likelihoods that depend on no factor.
  private var constant = 0.0

  init(_ space: BeliefSpace, _ settings: InferenceSettings) {
    self.space = space
    self.settings = settings
    let groups =
      settings.convention == .pymdp007
      ? MeanFieldInference.jointGroup(space.compiled)
      : MeanFieldInference.groupsByScope(space.compiled)
    self.groups = groups
    messengers = groups.indices.filter { groups[$0].factors.count > 1 }
    let columns = groups.map(\.columns).max() ?? 1
    logLikelihood = FixedBuffer(repeating: 0, count: groups.reduce(0) { $0 + $1.columns })
    logPrior = FixedBuffer(repeating: 0, count: space.size)
    base = FixedBuffer(repeating: 0, count: space.size)
    logBelief = FixedBuffer(repeating: 0, count: space.size)
    scratch = FixedBuffer(repeating: 0, count: max(2 * columns, space.scratchCount, space.size))
    likelihood = FixedBuffer(repeating: 0, count: max(columns, space.size))
    possible = FixedBuffer(repeating: true, count: space.size)
  }

  private static func groupsByScope(_ compiled: CompiledModel) -> [Group] {
    var offset = 0
    var groups: [Group] = []
    for (index, scope) in compiled.scopes.enumerated() {
      let modalities = (0..<compiled.modalities.count).filter {
        compiled.modalities.base[$0].scope == index
      }
      if modalities.isEmpty { continue }
      groups.append(
        Group(
          factors: scope.factors, sizes: scope.sizes, columns: scope.columns, offset: offset,
          modalities: modalities, maps: modalities.map { _ in nil }))
      offset += scope.columns
    }
    return groups
  }

  /// pymdp 0.0.7 takes the logarithm of the likelihood of all modalities together (`fpi.py`, line 57),
  /// so there is one group over all factors.
  private static func jointGroup(_ compiled: CompiledModel) -> [Group] {
    let all = Array(compiled.model.factors.indices)
    let sizes = compiled.model.factors.map(\.size)
    let modalities = Array(compiled.model.modalities.indices)
    return [
      Group(
        factors: all, sizes: sizes, columns: compiled.jointStateCount, offset: 0,
        modalities: modalities,
        maps: compiled.model.likelihoods.map {
          $0.given == all ? nil : projection(of: $0.given, in: all, sizes: sizes)
        })
    ]
  }

  func infer(
    _ prior: UnsafePointer<Double>, _ observations: [Observation], _ tables: ModelTables,
    _ logs: LogLikelihoodTables, _ ignored: FixedBuffer<Bool>,
    into belief: UnsafeMutablePointer<Double>,
    iterates: ((UnsafePointer<Double>, Double) -> Void)?
  ) throws(StateInference.ImpossibleObservation) -> StateInference.Outcome {
    if settings.impossible != .floored {
      try findImpossible(prior, observations, tables, ignored)
    }
    if settings.convention == .pymdp007 {
      fillJoint(observations, tables, ignored)
    } else {
      fillByScope(observations, tables, logs, ignored)
    }
    settings.convention.logarithms(prior, into: logPrior.base, count: space.size)
    for state in 0..<space.size { base.base[state] = logPrior.base[state] }
    constant = 0
    for group in groups where group.factors.count < 2 {
      let values = logLikelihood.base + group.offset
      guard let factor = group.factors.first else {
        constant += values[0]
        continue
      }
      let target = base.base + space.compiled.factors.base[factor].stateOffset
      for state in 0..<group.columns { target[state] += values[state] }
    }
    if settings.convention == .standard {
      // Outside expectations the logarithm of zero is exact: what is ruled out stays so.
      for state in 0..<space.size where !possible.base[state] { base.base[state] = -.infinity }
    }
    switch settings.algorithm {
    case .fixedPoint: return iterateFixedPoint(into: belief, iterates: iterates)
    case .coordinateAscent, .automatic, .exact:
      return ascendCoordinates(prior, into: belief, iterates: iterates)
    }
  }

  /// Finds the states that are ruled out, and marks observations whose probability under the prior is
  /// zero or throws the first.
  private func findImpossible(
    _ prior: UnsafePointer<Double>, _ observations: [Observation], _ tables: ModelTables,
    _ ignored: FixedBuffer<Bool>
  ) throws(StateInference.ImpossibleObservation) {
    for state in 0..<space.size { possible.base[state] = prior[state] > 0 }
    for modality in 0..<observations.count {
      if case .missing = observations[modality] { continue }
      let plan = space.compiled.modalities.base[modality]
      expectedLikelihood(observations[modality], plan, tables, into: likelihood.base)
      if isPossible(plan, prior) { continue }
      guard settings.impossible == .ignore else {
        throw StateInference.ImpossibleObservation(modality: modality)
      }
      ignored.base[modality] = true
    }
  }

  /// Whether the likelihood at hand leaves some state possible; where it depends on one factor alone,
  /// rules that factor's other states out.
  private func isPossible(
    _ plan: CompiledModel.ModalityPlan, _ prior: UnsafePointer<Double>
  ) -> Bool {
    let factors = space.compiled.scopes[plan.scope].factors
    if factors.count == 1 {
      let run = possible.base + space.compiled.factors.base[factors[0]].stateOffset
      var isPossible = false
      for state in 0..<plan.columns where run[state] && likelihood.base[state] > 0 {
        isPossible = true
        break
      }
      if !isPossible { return false }
      for state in 0..<plan.columns where likelihood.base[state] == 0 { run[state] = false }
      return true
    }
    let states = space.distribution(of: plan.scope, in: prior, scratch: scratch.base)
    for column in 0..<plan.columns where states[column] > 0 && likelihood.base[column] > 0 {
      return true
    }
    return false
  }

  private func fillByScope(
    _ observations: [Observation], _ tables: ModelTables, _ logs: LogLikelihoodTables,
    _ ignored: FixedBuffer<Bool>
  ) {
    for index in groups.indices {
      let values = logLikelihood.base + groups[index].offset
      for column in 0..<groups[index].columns { values[column] = 0 }
      for modality in groups[index].modalities where !ignored.base[modality] {
        logs.add(
          observations[modality], modality: modality, tables: tables, to: values,
          scratch: scratch.base)
      }
    }
  }

  private func fillJoint(
    _ observations: [Observation], _ tables: ModelTables, _ ignored: FixedBuffer<Bool>
  ) {
    let group = groups[0]
    let values = logLikelihood.base
    for column in 0..<group.columns { values[column] = 1 }
    for modality in group.modalities where !ignored.base[modality] {
      let plan = space.compiled.modalities.base[modality]
      expectedLikelihood(observations[modality], plan, tables, into: scratch.base)
      if let map = group.maps[modality]?.base {
        for column in 0..<group.columns { values[column] *= scratch.base[Int(map[column])] }
      } else {
        for column in 0..<group.columns { values[column] *= scratch.base[column] }
      }
    }
    settings.convention.logarithms(values, into: values, count: group.columns)
  }

  // MARK: - Updates

  /// Adds to `target` what a group says of one of its factors, given the others:
  /// E_{q of the others}[log likelihood].
  func addMessage(
    of group: Group, to position: Int, _ belief: UnsafePointer<Double>,
    _ target: UnsafeMutablePointer<Double>
  ) {
    let factors = space.compiled.factors.base
    let half = scratch.count / 2
    var source = UnsafePointer(logLikelihood.base + group.offset)
    var count = group.columns
    var buffer = 0
    // Sum out the axes behind, the last first: each is contiguous when its turn comes.
    var axis = group.factors.count - 1
    while axis > position {
      let n = group.sizes[axis]
      let q = belief + factors[group.factors[axis]].stateOffset
      count /= n
      let result = scratch.base + buffer * half
      for row in 0..<count { result[row] = Contraction.dot(source + row * n, q, count: n) }
      source = UnsafePointer(result)
      buffer = 1 - buffer
      axis -= 1
    }
    // Then the axes in front, the first first: each is a weighted sum of contiguous rows.
    for axis in 0..<position {
      let n = group.sizes[axis]
      let q = belief + factors[group.factors[axis]].stateOffset
      count /= n
      let result = scratch.base + buffer * half
      for cell in 0..<count { result[cell] = 0 }
      for row in 0..<n {
        Contraction.addScaled(q[row], source + row * count, to: result, count: count)
      }
      source = UnsafePointer(result)
      buffer = 1 - buffer
    }
    for state in 0..<count { target[state] += source[state] }
  }

  /// Turns the logarithms of one factor into its belief.
  func normalize(_ factor: Int, into belief: UnsafeMutablePointer<Double>) {
    let plan = space.compiled.factors.base[factor]
    for state in 0..<plan.states {
      belief[plan.stateOffset + state] = logBelief.base[plan.stateOffset + state]
    }
    softmax(inPlace: belief + plan.stateOffset, count: plan.states)
  }

  // MARK: - Free energy

  /// F = sum_f KL[q_f || prior_f] - E_q[ln P(o | s)] for the present belief, in nats.
  func freeEnergy(_ belief: UnsafePointer<Double>, accuracy includesAccuracy: Bool = true)
    -> StateInference.Outcome
  {
    settings.convention.logarithms(belief, into: scratch.base, count: space.size)
    let complexity =
      Contraction.dot(belief, scratch.base, count: space.size)
      - Contraction.dot(belief, logPrior.base, count: space.size)
    var accuracy = constant
    if includesAccuracy {
      for index in groups.indices where !groups[index].factors.isEmpty {
        accuracy += expectedLogLikelihood(groups[index], belief)
      }
    }
    return StateInference.Outcome(
      freeEnergy: complexity - accuracy, complexity: complexity, accuracy: accuracy)
  }

  private func expectedLogLikelihood(_ group: Group, _ belief: UnsafePointer<Double>) -> Double {
    let plan = space.compiled.factors.base[group.factors[0]]
    let q = belief + plan.stateOffset
    if group.factors.count == 1 {
      return Contraction.dot(logLikelihood.base + group.offset, q, count: plan.states)
    }
    let message = likelihood.base
    for state in 0..<plan.states { message[state] = 0 }
    addMessage(of: group, to: 0, belief, message)
    return Contraction.dot(message, q, count: plan.states)
  }
}
