import GenerativeModel
import Inference
import Kernels

/// How probable what a level has observed in an episode is under each joint state that its linked factors may
/// have begun with: P(o_1, ..., o_t | s_1).
///
/// A filter for each such state, over the tables and the actions of the level's agent. Under exact inference
/// it is exact; under another scheme the negative free energies stand for log evidence.
///
/// - Complexity: a step of inference for each first state that is possible.
final class FirstStateEvidence {
  private let engine: AgentStep<SingleArithmetic>
  private let inference: StateInference<SingleArithmetic>
  private let factors: [Int]
  private let states: [[Int]]
  private let prior: BeliefBuffer<Double>
  private var beliefs: [BeliefBuffer<Double>?]
  /// By joint first state, ln P(o_1, ..., o_t | s_1); -infinity where that is not possible.
  private(set) var logEvidence: [Double]

  /// - Parameter factors: those whose first state is asked for.
  init(_ engine: AgentStep<SingleArithmetic>, _ factors: [Int]) {
    self.engine = engine
    self.factors = factors
    let blueprint = engine.blueprint
    var settings = blueprint.inference
    // What is impossible under one first state is evidence for the others.
    if settings.impossible == .ignore { settings.impossible = .error }
    inference = StateInference(blueprint.space, settings, engine.dynamics)
    states = combinations(factors.map { blueprint.model.factors[$0].size })
    prior = BeliefBuffer(blueprint.space)
    beliefs = states.map { _ in nil }
    logEvidence = states.map { _ in 0 }
  }

  /// Begins an episode.
  ///
  /// - Parameter probability: of each joint first state.
  func begin(_ probability: [Double]) {
    for (index, p) in probability.enumerated() {
      logEvidence[index] = p > 0 ? 0 : -.infinity
      if p > 0 && beliefs[index] == nil { beliefs[index] = BeliefBuffer(engine.blueprint.space) }
    }
  }

  /// Takes in what the level has perceived in a step, before it learns from it.
  func take(_ evidence: LevelEvidence, isFirst: Bool) {
    for (index, first) in states.enumerated() where logEvidence[index] > -.infinity {
      guard let belief = beliefs[index] else { continue }
      if isFirst {
        FirstStates(engine, factors: factors, states: first).write(into: prior, engine)
      } else {
        engine.dynamics.predict(
          belief.belief, actions: engine.actions.base, engine.tables, into: prior.belief)
      }
      do throws(ImpossibleObservation) {
        try inference.infer(
          prior: prior.belief, .observations(evidence.observation), engine.tables, engine.logs,
          into: belief.belief)
        logEvidence[index] -= inference.outcome.freeEnergy
        if let message = evidence.message { weigh(index, belief, message) }
      } catch {
        logEvidence[index] = -.infinity
      }
    }
  }

  /// Multiplies a belief with what ascended from the level below.
  private func weigh(
    _ index: Int, _ belief: BeliefBuffer<Double>, _ message: LevelEvidence.Message
  ) {
    let sizes = engine.blueprint.model.factors.map(\.size)
    let places = projection(of: message.factors, in: Array(sizes.indices), sizes: sizes)
    for cell in 0..<belief.count {
      belief.base[cell] *= message.likelihood[Int(places.base[cell])]
    }
    let total = Double.sum(belief.base, count: belief.count)
    guard total > 0 else {
      logEvidence[index] = -.infinity
      return
    }
    for cell in 0..<belief.count { belief.base[cell] /= total }
    logEvidence[index] += VectorMath.log(total)
  }

  /// P(o_1, ..., o_t | s_1) by joint first state, scaled so that the greatest is 1; 1 for all where none is
  /// possible, as when an approximate scheme contradicts itself.
  var likelihood: [Double] {
    let greatest = logEvidence.reduce(-.infinity) { max($0, $1) }
    if greatest == -.infinity { return logEvidence.map { _ in 1 } }
    return logEvidence.map { $0 == -.infinity ? 0 : VectorMath.exp($0 - greatest) }
  }
}

extension FirstStateEvidence {
  /// What is known between two steps, by joint first state.
  var state: [DeepAgent.State.FirstState] {
    zip(logEvidence, beliefs).map { evidence, buffer in
      guard evidence > -.infinity, let buffer else { return .init(logEvidence: nil, belief: []) }
      return .init(
        logEvidence: evidence,
        belief: Array(UnsafeBufferPointer(start: buffer.base, count: buffer.count)))
    }
  }

  /// Goes on from there, in an episode that has begun.
  func resume(_ state: [DeepAgent.State.FirstState]) throws(InvalidInput) {
    let faults = FaultList()
    if state.count != states.count {
      faults.add("firstStates", "has \(state.count) entries for \(states.count) joint first states")
    }
    for (index, (first, own)) in zip(state, beliefs).enumerated() {
      guard let evidence = first.logEvidence else { continue }
      let place = "firstStates[\(index)]"
      if !evidence.isFinite { faults.add("\(place).logEvidence", "is \(evidence)") }
      if own == nil || logEvidence[index] == -.infinity {
        faults.add(place, "is possible, which the level above knows is not")
      } else if first.belief.count != prior.count
        || !first.belief.allSatisfy({ $0 >= 0 && $0.isFinite })
      {
        faults.add(
          "\(place).belief", "is not a belief of this level",
          remedy: "it has \(prior.count) entries")
      }
    }
    try faults.check(source: "state")
    for (index, first) in state.enumerated() {
      logEvidence[index] = first.logEvidence ?? -.infinity
      guard first.logEvidence != nil, let buffer = beliefs[index] else { continue }
      for (cell, value) in first.belief.enumerated() { buffer.base[cell] = value }
      engine.dynamics.noteSupports(buffer.belief)
    }
  }
}

/// What a level perceives in one of its steps.
struct LevelEvidence {
  /// How probable what was observed below is, for each joint state of some factors; up to scale.
  struct Message {
    var factors: [Int]
    var likelihood: [Double]
  }

  /// One entry a modality.
  var observation: [Observation]
  /// What ascended, where the level holds its belief over joint states.
  var message: Message?
}
