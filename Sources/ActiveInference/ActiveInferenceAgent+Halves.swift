import GenerativeModel
import Inference

// A step in two halves, between which others may have a say in what is believed.

extension ActiveInferenceAgent {
  /// Takes in an observation: the first half of a step, prior and belief.
  ///
  /// What ``act(on:)`` does is this and ``decide()``, with the same bits. An observation that was taken in
  /// and not decided upon is forgotten.
  ///
  /// - Throws: ``AgentFailure`` where the observation does not fit the model or is impossible; the agent is
  ///   then as it was before. ``InvalidInput`` under `mmp-spm` and `mmp-legacy`, where beliefs come after policies.
  public func perceive(_ observation: [Observation]) throws {
    if blueprint.infersByPolicy {
      throw InvalidInput([
        Fault(
          "inference.algorithm",
          "under \(blueprint.inference.algorithm.rawValue) beliefs follow from policies, so a step is not taken in halves",
          remedy: "use another algorithm")
      ])
    }
    withdraw()
    try beginStep(observation)
    // What is believed from here on need not follow from the observation.
    leaveMemory()
    perceived = observation
  }

  /// Plans, chooses and learns from what is believed now: the second half of a step.
  ///
  /// - Throws: ``AgentFailure`` where nothing has been perceived or policies cannot be scored; the agent is
  ///   then as it was before the step.
  public func decide() throws -> [Int] {
    guard let observation = perceived else { throw AgentFailure.nothingPerceived(step: step) }
    perceived = nil
    let action = try endStep(observation, nil)
    memory?.planned()
    return action
  }

  /// Forgets what was perceived in a step that is half taken.
  func withdraw() {
    if perceived == nil { return }
    perceived = nil
    undoBeliefs()
  }

  // MARK: - Some factors alone

  /// What is believed of some factors together, the last one varying fastest.
  ///
  /// - Precondition: the numbers are of factors, each once.
  public func belief(over factors: [Int]) -> [Double] {
    settle()
    return marginal(engine.belief, factors)
  }

  /// What was believed of them before the observation of a step that is half taken.
  ///
  /// - Throws: ``AgentFailure/nothingPerceived(step:)``.
  public func prior(over factors: [Int]) throws(AgentFailure) -> [Double] {
    if perceived == nil { throw .nothingPerceived(step: step) }
    return marginal(engine.prior, factors)
  }

  /// Takes over a belief about some factors; what is believed of the others given these stays (Jeffrey's
  /// rule), and plans, learning and the next prior go on from there.
  ///
  /// The free energy stays that of the agent's own inference.
  ///
  /// - Parameters:
  ///   - belief: over the joint states of the factors, the last one varying fastest.
  ///   - factors: several only under exact inference, for else their beliefs are held apart.
  /// - Throws: ``AgentFailure/nothingPerceived(step:)``; ``InvalidInput`` where this is no such belief, or
  ///   thinks a state possible that the agent knows is not.
  public func adopt(_ belief: [Double], over factors: [Int]) throws {
    if perceived == nil { throw AgentFailure.nothingPerceived(step: step) }
    let own = marginal(engine.belief, factors)
    try check(belief, own, factors)
    let cells = engine.belief.base
    if blueprint.space.isJoint {
      let places = projection(of: factors)
      for cell in 0..<engine.belief.count where cells[cell] > 0 {
        let place = Int(places.base[cell])
        cells[cell] *= belief[place] / own[place]
      }
    } else if let factor = factors.first {
      let offset = blueprint.compiled.factors.base[factor].stateOffset
      for (state, p) in belief.enumerated() { cells[offset + state] = p }
      engine.dynamics.noteSupports(engine.belief.belief)
    }
  }

  func marginal(_ buffer: BeliefBuffer<Double>, _ factors: [Int]) -> [Double] {
    let plans = blueprint.compiled.factors.base
    let sizes = factors.map { plans[$0].states }
    var result = [Double](repeating: 0, count: sizes.reduce(1, *))
    if blueprint.space.isJoint {
      let places = projection(of: factors)
      for cell in 0..<buffer.count { result[Int(places.base[cell])] += buffer.base[cell] }
      return result
    }
    result = [1]
    for (factor, size) in zip(factors, sizes) {
      let own = buffer.base + plans[factor].stateOffset
      result = result.flatMap { p in (0..<size).map { p * own[$0] } }
    }
    return result
  }

  /// By joint state of the model, that of some factors.
  private func projection(of factors: [Int]) -> FixedBuffer<Int32> {
    let all = blueprint.model.factors
    return Inference.projection(
      of: factors, in: Array(all.indices), sizes: all.map(\.size))
  }

  private func check(
    _ belief: [Double], _ own: [Double], _ factors: [Int]
  ) throws(InvalidInput) {
    let names = factors.map { blueprint.model.factors[$0].name }.joined(separator: ", ")
    let place = "belief about \(names)"
    var faults: [Fault] = []
    if window != nil {
      faults.append(
        Fault(
          place, "the next window would be inferred without it",
          remedy: "use another inference.algorithm than vmp and mmp"))
    }
    if factors.count != 1 && !blueprint.space.isJoint {
      faults.append(
        Fault(
          place, "beliefs about several factors are held apart",
          remedy: "use inference.algorithm exact, or one factor at a time"))
    }
    if belief.count != own.count || !isDistribution(belief) {
      faults.append(Fault(place, "is not a distribution over \(own.count) states"))
    } else if let state = own.indices.first(where: { own[$0] == 0 && belief[$0] > 0 }) {
      faults.append(Fault(place, "state \(state) is possible, which this agent knows is not"))
    }
    if !faults.isEmpty { throw InvalidInput(faults) }
  }
}
