import GenerativeModel
import Inference
import Kernels

// What the level above another expects, and what it makes of the evidence that ascends.

extension ActiveInferenceAgent {
  /// Finds the prior of the next step before anything is observed in it.
  func anticipate() {
    settle()
    predict()
    engine.swapBeliefs()
  }

  /// The probability of each joint outcome of some modalities at the next step, the last one varying fastest;
  /// once that has been anticipated.
  func expectedOutcomes(_ modalities: [Int]) -> [Double] {
    let scope = JointOutcomes(self, modalities)
    var result = [Double](repeating: 0, count: scope.count)
    for (state, p) in marginal(engine.prior, scope.factors).enumerated() where p > 0 {
      for (outcome, likelihood) in scope.likelihood(state).enumerated() {
        result[outcome] += p * likelihood
      }
    }
    return result
  }

  /// What evidence about joint outcomes says of states.
  ///
  /// - Parameter likelihood: of what was observed below, by joint outcome of the modalities; up to scale.
  func message(_ likelihood: [Double], from modalities: [Int]) -> LevelEvidence.Message? {
    if modalities.isEmpty { return nil }
    let scope = JointOutcomes(self, modalities)
    let byState = (0..<scope.columns).map { state in
      zip(scope.likelihood(state), likelihood).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return LevelEvidence.Message(factors: scope.factors, likelihood: byState)
  }

  /// Has what ascended change the belief of a step that is half taken.
  ///
  /// The free energy is then that of the level's own observations once the evidence is known, for the evidence
  /// has been counted below.
  ///
  /// - Throws: ``AgentFailure/impossible(step:modality:outcome:)`` where that leaves no state possible.
  func take(_ message: LevelEvidence.Message) throws {
    let joint = zip(belief(over: message.factors), message.likelihood).map { $0 * $1 }
    let total = joint.reduce(0, +)
    guard total > 0 else {
      withdraw()
      throw AgentFailure.impossible(
        step: step, modality: "the level below", outcome: "what was observed there")
    }
    let expected = zip(try prior(over: message.factors), message.likelihood)
      .reduce(0) { $0 + $1.0 * $1.1 }
    try adopt(joint.map { $0 / total }, over: message.factors)
    outcome.freeEnergy += VectorMath.log(expected) - VectorMath.log(total)
    outcome.complexity = divergenceFromPrior
    outcome.accuracy = outcome.complexity - outcome.freeEnergy
  }

  /// KL[q(s) || prior(s)] in nats; 0 ln 0 is 0.
  private var divergenceFromPrior: Double {
    let (belief, prior) = (engine.belief.base, engine.prior.base)
    return (0..<engine.belief.count).reduce(0) { sum, cell in
      belief[cell] > 0 ? sum + belief[cell] * VectorMath.log(belief[cell] / prior[cell]) : sum
    }
  }
}

/// The outcomes of several modalities together, by the states that they depend on.
private struct JointOutcomes {
  private let tables: ModelTables<Double>
  private let modalities: [Int]
  /// By modality, the column of its likelihood for each joint state.
  private let places: [FixedBuffer<Int32>]
  /// All factors that some likelihood depends on.
  let factors: [Int]
  /// Their joint states.
  let columns: Int
  /// The number of joint outcomes.
  let count: Int

  init(_ agent: ActiveInferenceAgent, _ modalities: [Int]) {
    tables = agent.engine.tables
    self.modalities = modalities
    let model = agent.blueprint.model
    let factors = Set(modalities.flatMap { model.likelihoods[$0].given }).sorted()
    let sizes = model.factors.map(\.size)
    self.factors = factors
    places = modalities.map {
      projection(of: model.likelihoods[$0].given, in: factors, sizes: factors.map { sizes[$0] })
    }
    columns = factors.reduce(1) { $0 * sizes[$1] }
    count = modalities.reduce(1) { $0 * model.modalities[$1].size }
  }

  /// P(joint outcome | joint state).
  func likelihood(_ state: Int) -> [Double] {
    var result = [1.0]
    for (index, modality) in modalities.enumerated() {
      let table = tables.likelihoodColumns.base[modality]
      let run = Int(places[index].base[state])
      var column = [Double](repeating: 0, count: table.length)
      for cell in table.cells(of: run) { column[table.place(cell, in: run)] = table.cells[cell] }
      result = result.flatMap { p in column.map { p * $0 } }
    }
    return result
  }
}
