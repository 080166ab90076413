import ActiveInference
import CueChaining
import GridWorld
import TMaze

/// A model with nothing regular in it: every entry of A and B is random and positive.
///
/// One control drives every factor; each factor has a modality of its own, which also depends on the
/// next factor.
///
/// - Throws: ``InvalidInput`` where a size is not positive.
public func randomModel(
  factors: Int = 1, states: Int, outcomes: Int, actions: Int
) throws(InvalidInput) -> GenerativeModel {
  var random = RandomStream(seed: 7, episode: 0, step: 0, purpose: .user)
  func table(_ shape: [Int]) -> Tensor { randomTable(shape, &random) }
  var model = ModelDescription()
  model.name = "random"
  model.controls = [Variable("move", size: actions)]
  for factor in 0..<factors {
    model.factors.append(Variable("factor \(factor)", size: states))
    model.modalities.append(Variable("outcome \(factor)", size: outcomes))
  }
  for factor in 0..<factors {
    let parents = factors == 1 ? [0] : [factor, (factor + 1) % factors]
    model.likelihoods.append(
      .init(
        "outcome \(factor)", given: parents.map { "factor \($0)" },
        table([outcomes] + parents.map { _ in states })))
    model.transitions.append(
      .init(
        "factor \(factor)", given: ["factor \(factor)"], controls: ["move"],
        table([states, states, actions])))
    let preference = (0..<outcomes).map { _ in random.nextUnit() }
    model.preferences.append(.init("outcome \(factor)", Tensor(shape: [outcomes], preference)))
  }
  return try GenerativeModel(model)
}

/// A model in which every outcome and every next state depends on all factors, every entry of A and B random
/// and positive; one control drives every factor.
///
/// - Throws: ``InvalidInput`` where a size is not positive.
public func entangledModel(
  factors: [Int], outcomes: [Int], actions: Int
) throws(InvalidInput) -> GenerativeModel {
  var random = RandomStream(seed: 7, episode: 0, step: 0, purpose: .user)
  var model = ModelDescription()
  model.name = "entangled"
  model.controls = [Variable("move", size: actions)]
  for (index, size) in factors.enumerated() {
    model.factors.append(Variable("factor \(index)", size: size))
  }
  let names = model.factors.map(\.name)
  for (index, size) in outcomes.enumerated() {
    model.modalities.append(Variable("outcome \(index)", size: size))
    model.likelihoods.append(
      .init("outcome \(index)", given: names, randomTable([size] + factors, &random)))
  }
  for (index, size) in factors.enumerated() {
    model.transitions.append(
      .init(
        names[index], given: names, controls: ["move"],
        randomTable([size] + factors + [actions], &random)))
  }
  return try GenerativeModel(model)
}

/// Positive numbers, of which each column sums to one.
private func randomTable(_ shape: [Int], _ random: inout RandomStream) -> Tensor {
  let columns = shape.dropFirst().reduce(1, *)
  var values = (0..<shape[0] * columns).map { _ in 0.01 + random.nextUnit() }
  for column in 0..<columns {
    let entries = stride(from: column, to: values.count, by: columns)
    let sum = entries.reduce(0) { $0 + values[$1] }
    for entry in entries { values[entry] /= sum }
  }
  return Tensor(shape: shape, values)
}

/// pymdp's T-maze, the likelihood and the transition of which are ten observations of each column old.
///
/// - Throws: never in practice.
public func mazeWithCounts() throws(InvalidInput) -> GenerativeModel {
  var model = ModelDescription(try TMaze().model)
  model.likelihoodCounts = model.likelihoods.compactMap { table in
    table.probability.map { .init(table.modality, $0.mapStored { value in 10 * value }) }
  }
  model.transitionCounts = model.transitions.compactMap { table in
    table.probability.map { .init(table.factor, $0.mapStored { value in 10 * value }) }
  }
  return try GenerativeModel(model)
}

/// A square grid without walls on slippery ground; the walk begins in a corner.
///
/// - Throws: ``InvalidInput`` where there are no cells.
public func grid(side: Int) throws(InvalidInput) -> GenerativeModel {
  try GridWorld(parameters: [
    "rows": .integer(side), "columns": .integer(side), "start": .text("(0, 0)"),
    "successProbability": .number(0.9),
  ]).model
}

/// pymdp's 5 x 7 grid of chained cues, with four moves.
///
/// - Throws: never in practice.
public func cueChaining() throws(InvalidInput) -> GenerativeModel {
  try CueChaining(parameters: ["includeStay": .boolean(false)]).model
}

/// A preset that looks so many actions ahead.
public func configuration(
  _ preset: AgentConfiguration.Preset, horizon: Int
) -> AgentConfiguration {
  var configuration = AgentConfiguration(preset: preset)
  configuration.planning.horizon = horizon
  return configuration
}

/// An agent that infers and plans at every step, however often it has been there before.
///
/// - Throws: ``InvalidInput`` where the configuration does not fit the model.
public func forgetfulAgent(
  _ model: GenerativeModel, _ configuration: AgentConfiguration
) throws(InvalidInput) -> ActiveInferenceAgent {
  try ActiveInferenceAgent(
    CompiledAgent(model, configuration, savings: [.mergedBeliefs, .endedIterations]))
}
