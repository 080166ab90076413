import ActiveInference

/// Two factors, three modalities and two controls, with counts of everything: what data, agents and
/// states of the corpus are for.
func makeKeptModel() throws(InvalidInput) -> GenerativeModel {
  let text = """
    format: aif.model/1
    name: kept
    factors: [{name: arm, labels: [left, right, none]}, {name: mood, size: 2}]
    modalities: [{name: win, labels: ["no", "yes"]}, {name: seen, size: 3}, {name: bell, size: 2}]
    controls: [{name: pull, labels: [left, right, leave]}, {name: push, size: 2}]
    A:
      - {modality: win, given: [arm, mood]}
      - {modality: seen, given: [arm], probability: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
      - {modality: bell, given: [mood], probability: [[0.9, 0.2], [0.1, 0.8]]}
    B:
      - {factor: arm, given: [], controls: [pull], probability: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}
      - {factor: mood, given: [mood], controls: [push]}
    C: [{modality: win, logPreference: [0, 2]}]
    H: [{factor: mood, goal: [0, 1]}]
    concentration:
      A: [{modality: win, counts: [[[3, 1], [1, 3], [2, 2]], [[1, 3], [3, 1], [2, 2]]]}]
      B: [{factor: mood, counts: [[[9, 5], [1, 5]], [[1, 5], [9, 5]]]}]
      C: [{modality: bell, counts: [2, 1]}]
      D: [{factor: mood, counts: [1, 1]}]
    """
  return try GenerativeModel(contentsOf: Array(text.utf8), source: "the kept model")
}

/// The kept model, whose mood a day sets: what states of several levels are for.
func makeKeptLevels(_ kept: GenerativeModel) throws(InvalidInput) -> CompiledDeepAgent {
  let text = """
    format: aif.model/1
    name: day
    factors: [{name: day, labels: [good, bad]}]
    modalities: [{name: mood, size: 2}, {name: hope, size: 2}, {name: weather, labels: [sun, rain]}]
    controls: [{name: rest, labels: ["no", "yes"]}]
    A:
      - {modality: mood, given: [day]}
      - {modality: hope, given: [day], probability: [[0.75, 0.5], [0.25, 0.5]]}
      - {modality: weather, given: [day], probability: [[0.625, 0.25], [0.375, 0.75]]}
    B:
      - factor: day
        given: [day]
        controls: [rest]
        probability: [[[0.75, 0.5], [0.25, 0.5]], [[0.25, 0.5], [0.75, 0.5]]]
    concentration:
      A: [{modality: mood, counts: [[3, 1], [1, 3]]}]
    """
  let day = try GenerativeModel(contentsOf: Array(text.utf8), source: "the day")
  var configuration = AgentConfiguration()
  configuration.learning.likelihood = .init()
  let links: [DeepAgent.Link] = [
    .initialState(of: "mood", from: "mood"),
    .preference(in: "win", from: "hope", logPreference: [[1, -1], [0, 2]]),
  ]
  return try CompiledDeepAgent(
    lower: [.init(CompiledAgent(kept, configuration), steps: 2, links: links)],
    highest: CompiledAgent(day, configuration))
}
