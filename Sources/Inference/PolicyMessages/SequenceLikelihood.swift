import GenerativeModel
import Kernels

/// The likelihood of everything observed at each time of a sequence, over the joint states of all factors.
final class SequenceLikelihood {
  private let compiled: CompiledModel
  private let settings: InferenceSettings
  private let count: Int
  private let sizes: FixedBuffer<Int>
  /// `[time][joint state]`, the last factor varying fastest.
  private let values: StepRows<Double>
  /// By scope that some modality has: for each joint state of all factors the scope's.
  private let maps: [FixedBuffer<Int32>?]
  private let single: FixedBuffer<Double>
  /// What is left of the joint states while factors are averaged out.
  private let remaining: FixedBuffer<Double>
  /// The modalities whose last observation was impossible and has been ignored.
  let ignored: FixedBuffer<Bool>

  init(_ compiled: CompiledModel, _ settings: InferenceSettings, times: Int) {
    self.compiled = compiled
    self.settings = settings
    count = compiled.jointStateCount
    let states = compiled.model.factors.map(\.size)
    sizes = FixedBuffer(states)
    values = StepRows(0, width: count, capacity: times)
    maps = compiled.scopes.indices.map { scope in
      let factors = compiled.scopes[scope].factors
      return compiled.modalitiesOfScope[scope].isEmpty || factors == Array(states.indices)
        ? nil : projection(of: factors, in: Array(states.indices), sizes: states)
    }
    let widest =
      compiled.scopes.indices.filter { !compiled.modalitiesOfScope[$0].isEmpty }
      .map { compiled.scopes[$0].columns }.max() ?? 1
    single = FixedBuffer(zeros: widest)
    remaining = FixedBuffer(zeros: count)
    ignored = FixedBuffer(repeating: false, count: compiled.modalities.count)
  }

  /// Makes room for as many times.
  func reserve(_ times: Int) { values.reserve(times) }

  /// Multiplies what the modalities say of the joint states of a time.
  ///
  /// - Throws: ``ImpossibleObservation`` where that leaves no state and the settings call it an error.
  func observe(
    _ evidence: Evidence, _ tables: ModelTables<Double>, time: Int
  ) throws(ImpossibleObservation) {
    let joint = values.row(time)
    for state in 0..<count { joint[state] = 1 }
    for modality in 0..<ignored.count { ignored.base[modality] = false }
    for modality in 0..<ignored.count where evidence.isObserved(modality) {
      SingleArithmetic.expectedLikelihood(
        evidence, modality, tables.likelihoodRows.base[modality], into: single.base)
      let map = maps[compiled.modalities.base[modality].scope]?.base
      if settings.impossible != .floored && !leavesSome(joint, map) {
        guard settings.impossible == .ignore else {
          throw ImpossibleObservation(modality: modality)
        }
        ignored.base[modality] = true
        continue
      }
      for state in 0..<count { joint[state] *= single.base[column(state, map)] }
    }
  }

  private func leavesSome(
    _ joint: UnsafePointer<Double>, _ map: UnsafePointer<Int32>?
  ) -> Bool {
    for state in 0..<count where joint[state] > 0 && single.base[column(state, map)] > 0 {
      return true
    }
    return false
  }

  @inline(__always)
  private func column(_ state: Int, _ map: UnsafePointer<Int32>?) -> Int {
    map.map { Int($0[state]) } ?? state
  }

  /// The likelihood of a time for each state of a factor, averaged over the beliefs about the others.
  ///
  /// - Parameter belief: the marginals of all factors, one after the other.
  /// - Complexity: O(joint states).
  func average(
    _ time: Int, _ belief: UnsafePointer<Double>, over factor: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    var left = UnsafePointer(values.row(time))
    var size = count
    // The last factors first: a run of the states of each stands together.
    var other = sizes.count - 1
    while other > factor {
      let states = sizes.base[other]
      let weights = belief + compiled.factors.base[other].stateOffset
      size /= states
      for index in 0..<size {
        remaining.base[index] = Double.dot(left + index * states, weights, count: states)
      }
      left = UnsafePointer(remaining.base)
      other -= 1
    }
    other = 0
    while other < factor {
      let states = sizes.base[other]
      let weights = belief + compiled.factors.base[other].stateOffset
      size /= states
      // In place: what is written first has been read.
      for index in 0..<size { remaining.base[index] = weights[0] * left[index] }
      for state in 1..<max(states, 1) {
        Contraction.addScaled(
          weights[state], left + state * size, to: remaining.base, count: size)
      }
      left = UnsafePointer(remaining.base)
      other += 1
    }
    result.update(from: left, count: size)
  }
}
