import ActiveInference

/// A fork in the road: one arm pays, a sign may tell which.
let fork = """
  format: aif.model/1
  name: fork
  factors: [{name: place, labels: [fork, left, right]}, {name: context, labels: [left pays, right pays]}]
  modalities: [{name: where, labels: [fork, left, right]}, {name: reward, labels: [none, reward]}]
  controls: [{name: go, labels: [back, left, right]}]
  A:
    - {modality: where, given: [place], probability: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
    - {modality: reward, given: [place, context]}
  B:
    - {factor: place, given: [], controls: [go], probability: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
    - {factor: context, given: [context], controls: [], probability: [[1, 0], [0, 1]]}
  C: [{modality: reward, logPreference: [0, 2]}]
  D: [{factor: place, probability: [1, 0, 0]}]
  concentration:
    A:
      - {modality: reward, counts: [[[4, 4], [1, 7], [8, 1]], [[4, 4], [8, 1], [1, 6]]]}
    D: [{factor: context, counts: [3, 2]}]
    E: {counts: [1, 1, 1, 1, 2, 1, 1, 1, 1]}

  """

/// An episode at the fork.
func forkTrace(_ level: RecordLevel = .full) throws -> Trace {
  let model = try GenerativeModel(contentsOf: Array(fork.utf8), source: "fork.yaml")
  var configuration = AgentConfiguration()
  configuration.planning.horizon = 2
  configuration.inference.algorithm = .coordinateAscent
  configuration.learning.likelihood = .init()
  configuration.learning.initialState = .init()
  var agent = try ActiveInferenceAgent(model, configuration)
  agent.recordsIterates = level == .iterates
  let simulation = try Simulation(ModelEnvironment(model), steps: 5, seed: 2, level: level)
  let episode = try simulation.run(&agent, episode: 0)
  return Trace(
    build: "0", model: model, agent: configuration,
    environment: .init(id: "model", parameters: [:], process: nil), seed: 2, episode: 0,
    steps: episode.steps.map { $0.reduced(to: level) }, final: agent.concentration)
}
