import Inference
import Kernels

/// What an episode begins with in place of D, where the level above says it.
struct FirstStates {
  /// P(first state) by factor, one after the other.
  let marginals: FixedBuffer<Double>
  /// For the joint states of some factors, how much more probable they are than if these were independent;
  /// nil where they are.
  var correlation: (factors: [Int], ratio: [Double])?

  /// D with what is believed of some factors in its place.
  ///
  /// - Parameters:
  ///   - single: P(first state) of each of the factors.
  ///   - joint: the probability of each of their joint states, the last one varying fastest.
  init(
    _ engine: AgentStep<SingleArithmetic>, factors: [Int], single: [[Double]], joint: [Double]
  ) {
    let compiled = engine.blueprint.compiled
    marginals = FixedBuffer(engine.tables.initialStates.array(0..<compiled.stateCount))
    var independent = [1.0]
    for (factor, probability) in zip(factors, single) {
      let first = marginals.base + compiled.factors.base[factor].stateOffset
      for (state, p) in probability.enumerated() { first[state] = p }
      independent = independent.flatMap { p in probability.map { p * $0 } }
    }
    // Independent factors keep the bits of D, and beliefs that are held apart are independent.
    if joint != independent && factors.count > 1 && engine.blueprint.space.isJoint {
      correlation = (factors, zip(joint, independent).map { $1 > 0 ? $0 / $1 : 0 })
    }
  }

  /// D with some factors in a certain state.
  init(_ engine: AgentStep<SingleArithmetic>, factors: [Int], states: [Int]) {
    let compiled = engine.blueprint.compiled
    marginals = FixedBuffer(engine.tables.initialStates.array(0..<compiled.stateCount))
    for (factor, certain) in zip(factors, states) {
      let plan = compiled.factors.base[factor]
      for state in 0..<plan.states {
        marginals.base[plan.stateOffset + state] = state == certain ? 1 : 0
      }
    }
  }

  /// The probability of each value of one axis of a table.
  static func marginal(_ joint: [Double], _ sizes: [Int], _ axis: Int) -> [Double] {
    if sizes.count == 1 { return joint }
    let stride = sizes[(axis + 1)...].reduce(1, *)
    var result = [Double](repeating: 0, count: sizes[axis])
    for (cell, p) in joint.enumerated() { result[cell / stride % sizes[axis]] += p }
    return result
  }

  /// Makes it the belief before the first observation.
  func write(_ engine: AgentStep<SingleArithmetic>) { write(into: engine.prior, engine) }

  /// Makes it a belief.
  func write(into buffer: BeliefBuffer<Double>, _ engine: AgentStep<SingleArithmetic>) {
    engine.dynamics.setIndependent(marginals.base, buffer.belief)
    guard let correlation else { return }
    let sizes = engine.blueprint.model.factors.map(\.size)
    let places = projection(of: correlation.factors, in: Array(sizes.indices), sizes: sizes)
    for cell in 0..<buffer.count { buffer.base[cell] *= correlation.ratio[Int(places.base[cell])] }
  }
}
