import GenerativeModel
import Inference
import Kernels

/// The joint information gain of SPM's `spm_MDP_G` as pymdp 0.0.7 computes it (`maths.py`, line 376),
/// constants and cut-offs included.
///
///     sum_{s in S} q(s) sum_o P(o|s) ln(P(o|s) + e^-16) - sum_o q(o) ln(q(o) + 1e-16)
///
/// or as SPM itself does, which adds e^-16 in both; with S the joint states of probability above e^-16 and
/// o the joint outcome of all modalities.
final class LegacyInformationGain<Parameter: StepNumber> {
  private let insideOffset = VectorMath.exp(-16)
  private let outsideOffset: Double
  private let space: BeliefSpace
  private let outcomes: Int
  private let maps: [FixedBuffer<Int32>]
  private let states: FixedBuffer<Double>
  private let joint: FixedBuffer<Double>
  private let marginals: FixedBuffer<Double>
  private let distribution: FixedBuffer<Double>
  private let column: FixedBuffer<Double>
  private let logs: FixedBuffer<Double>

  /// - Throws: ``InvalidInput`` where there are more than 2^20 joint outcomes or joint states.
  init(_ space: BeliefSpace, _ convention: PlanningConvention) throws(InvalidInput) {
    self.space = space
    outsideOffset = convention == .spm ? insideOffset : legacyOffset
    let compiled = space.compiled
    let model = compiled.model
    outcomes = try legacyOutcomeCount(compiled)
    let all = Array(model.factors.indices)
    maps = model.likelihoods.map {
      projection(of: $0.given, in: all, sizes: model.factors.map(\.size))
    }
    states = FixedBuffer(repeating: 0, count: compiled.jointStateCount)
    joint = FixedBuffer(repeating: 0, count: outcomes)
    marginals = FixedBuffer(repeating: 0, count: compiled.stateCount)
    distribution = FixedBuffer(
      repeating: 0, count: compiled.model.modalities.map(\.size).max() ?? 1)
    column = FixedBuffer(repeating: 0, count: outcomes)
    logs = FixedBuffer(repeating: 0, count: outcomes)
  }

  func gain(
    _ beliefs: Belief<Lanes>, lane: Int, _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) -> Double {
    for state in 0..<marginals.count { marginals.base[state] = beliefs.base[state][lane] }
    states.base[0] = 1
    var count = 1
    for factor in 0..<space.compiled.factors.count {
      let plan = space.compiled.factors.base[factor]
      count = outerProduct(states.base, count, marginals.base + plan.stateOffset, plan.states)
    }
    for outcome in 0..<outcomes { joint.base[outcome] = 0 }
    var expected = 0.0
    for state in 0..<states.count where states.base[state] > insideOffset {
      fillColumn(state, lane, likelihoods)
      Contraction.addScaled(states.base[state], column.base, to: joint.base, count: outcomes)
      expected += states.base[state] * negentropy(column.base, insideOffset)
    }
    return expected - negentropy(joint.base, outsideOffset)
  }

  /// P(joint outcome | joint state), the last modality varying fastest.
  private func fillColumn(
    _ state: Int, _ lane: Int, _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) {
    column.base[0] = 1
    var count = 1
    for modality in 0..<maps.count {
      let table = likelihoods[modality]
      let run = Int(maps[modality].base[state])
      if Parameter.laneCount == 1 && !table.isSparse {
        let cells = numbers(table.cells + run * table.length)
        count = outerProduct(column.base, count, cells, table.length)
        continue
      }
      for outcome in 0..<table.length { distribution.base[outcome] = 0 }
      for cell in table.cells(of: run) {
        distribution.base[table.place(cell, in: run)] = table.cells[cell][lane: lane]
      }
      count = outerProduct(column.base, count, distribution.base, table.length)
    }
  }

  private func negentropy(_ p: UnsafePointer<Double>, _ offset: Double) -> Double {
    for outcome in 0..<outcomes { logs.base[outcome] = p[outcome] + offset }
    VectorMath.log(inPlace: logs.base, count: outcomes)
    return Contraction.dot(p, logs.base, count: outcomes)
  }
}
