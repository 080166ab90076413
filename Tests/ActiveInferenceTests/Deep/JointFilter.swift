import ActiveInference
import Foundation

/// All levels of a deep agent as one hidden Markov model, filtered by enumeration of its joint states.
///
/// It shares no computation with the library: tables are written out from the tensors, entry by entry.
struct JointFilter {
  private let models: [GenerativeModel]
  private let links: [[DeepAgent.Link]]
  /// By level, every joint state, the last factor varying fastest.
  private let states: [[[Int]]]
  /// By level but the highest: P(first state | state of the level above).
  private let starts: [[[Double]]]
  /// By joint state of all levels, that of the lowest varying fastest.
  private(set) var belief: [Double] = []
  private(set) var logEvidence = 0.0

  init(_ models: [GenerativeModel], _ links: [[DeepAgent.Link]]) {
    self.models = models
    self.links = links
    let states = models.map { JointFilter.sequences($0.factors.map(\.size)) }
    self.states = states
    starts = links.indices.map { level in
      states[level + 1].map { above in
        JointFilter.start(models[level], links[level], models[level + 1], above, states[level])
      }
    }
  }

  // MARK: - Tables

  static func sequences(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { lists, size in lists.flatMap { list in (0..<size).map { list + [$0] } } }
  }

  private static func entry(_ tensor: Tensor, _ coordinates: [Int]) -> Double {
    tensor.values[zip(tensor.shape, coordinates).reduce(0) { $0 * $1.0 + $1.1 }]
  }

  static func likelihood(
    _ model: GenerativeModel, _ modality: Int, _ outcome: Int, _ state: [Int]
  ) -> Double {
    let table = model.likelihoods[modality]
    return entry(table.probability, [outcome] + table.given.map { state[$0] })
  }

  static func transition(
    _ model: GenerativeModel, _ from: [Int], _ action: [Int], _ to: [Int]
  ) -> Double {
    model.transitions.indices.reduce(1) { product, factor in
      let table = model.transitions[factor]
      return product
        * entry(
          table.probability,
          [to[factor]] + table.given.map { from[$0] } + table.controls.map { action[$0] })
    }
  }

  static func first(_ model: GenerativeModel, _ factor: Int, _ state: Int) -> Double {
    model.initialStates[factor]?[state] ?? 1 / Double(model.factors[factor].size)
  }

  /// P(first state of a level | state above): the sum over all joint outcomes of the linked modalities.
  private static func start(
    _ model: GenerativeModel, _ links: [DeepAgent.Link], _ above: GenerativeModel, _ state: [Int],
    _ states: [[Int]]
  ) -> [Double] {
    let sizes = above.modalities.map(\.size)
    let linked = Set(links.map(\.modality))
    let used = above.modalities.indices.filter { linked.contains(above.modalities[$0].name) }
    return states.map { first in
      sequences(used.map { sizes[$0] }).reduce(0) { sum, outcomes in
        var p = 1.0
        for (modality, outcome) in zip(used, outcomes) {
          p *= likelihood(above, modality, outcome, state)
        }
        for (factor, value) in first.enumerated() {
          let name = model.factors[factor].name
          guard let link = links.first(where: { $0.target == .initialState(factor: name) }) else {
            p *= JointFilter.first(model, factor, value)
            continue
          }
          let modality = above.modalities.firstIndex { $0.name == link.modality } ?? 0
          let outcome = outcomes[used.firstIndex(of: modality) ?? 0]
          p *= link.table?[value][outcome] ?? (value == outcome ? 1 : 0)
        }
        return sum + p
      }
    }
  }

  // MARK: - Filtering

  /// Begins an episode.
  mutating func begin() {
    let top = models.count - 1
    belief = states[top].map { state in
      state.indices.reduce(1) { $0 * JointFilter.first(models[top], $1, state[$1]) }
    }
    logEvidence = 0
    descend(from: top)
  }

  /// A level takes an action; those below begin anew.
  mutating func move(_ level: Int, _ action: [Int]) {
    let inner = states[..<level].reduce(1) { $0 * $1.count }
    var rest = [Double](repeating: 0, count: belief.count / inner)
    for (cell, p) in belief.enumerated() { rest[cell / inner] += p }
    let count = states[level].count
    let table = states[level].map { from in
      states[level].map { JointFilter.transition(models[level], from, action, $0) }
    }
    var moved = [Double](repeating: 0, count: rest.count)
    for (cell, p) in rest.enumerated() {
      for to in 0..<count { moved[cell / count * count + to] += p * table[cell % count][to] }
    }
    belief = moved
    descend(from: level)
  }

  private mutating func descend(from level: Int) {
    for below in (0..<level).reversed() {
      let count = states[below + 1].count
      belief = belief.indices.flatMap { cell in
        starts[below][cell % count].map { belief[cell] * $0 }
      }
    }
  }

  /// A level observes what the world shows it; what is missing says nothing.
  mutating func observe(_ level: Int, _ observation: [Observation]) {
    let inner = states[..<level].reduce(1) { $0 * $1.count }
    let weights = states[level].map { state in
      observation.indices.reduce(1.0) { product, modality in
        guard case .outcome(let outcome) = observation[modality] else { return product }
        return product * JointFilter.likelihood(models[level], modality, outcome, state)
      }
    }
    for cell in belief.indices { belief[cell] *= weights[cell / inner % weights.count] }
    let total = belief.reduce(0, +)
    belief = belief.map { $0 / total }
    logEvidence += log(total)
  }

  /// What is believed of the factors of a level.
  func marginals(of level: Int) -> [[Double]] {
    let inner = states[..<level].reduce(1) { $0 * $1.count }
    var result = models[level].factors.map { [Double](repeating: 0, count: $0.size) }
    for (cell, p) in belief.enumerated() {
      let state = states[level][cell / inner % states[level].count]
      for (factor, value) in state.enumerated() { result[factor][value] += p }
    }
    return result
  }
}

/// A world that is what all levels together believe.
struct DeepWorld {
  private let models: [GenerativeModel]
  private let links: [[DeepAgent.Link]]
  private let own: [[Int]]
  private var states: [[Int]]
  private var random: RandomStream

  init(_ agent: CompiledDeepAgent, seed: UInt64) {
    models = agent.levels.map(\.model)
    links = agent.lower.map(\.links)
    own = zip(agent.levels, [[]] + agent.lower.map(\.links)).map { level, links in
      level.model.modalities.indices.filter { index in
        !links.contains { $0.modality == level.model.modalities[index].name }
      }
    }
    states = models.map { $0.factors.map { _ in 0 } }
    random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
  }

  private mutating func draw(_ size: Int, _ probability: (Int) -> Double) -> Int {
    var rest = random.nextUnit()
    var last = 0
    for value in 0..<size where probability(value) > 0 {
      rest -= probability(value)
      last = value
      if rest < 0 { break }
    }
    return last
  }

  mutating func begin() {
    let top = models.count - 1
    let model = models[top]
    let first = model.factors.enumerated().map { factor, variable in
      draw(variable.size) { JointFilter.first(model, factor, $0) }
    }
    states[top] = first
    descend(from: top)
  }

  mutating func move(_ level: Int, _ action: [Int]) {
    let model = models[level]
    let options = JointFilter.sequences(model.factors.map(\.size))
    let from = states[level]
    let next = draw(options.count) { JointFilter.transition(model, from, action, options[$0]) }
    states[level] = options[next]
    descend(from: level)
  }

  private mutating func descend(from level: Int) {
    for below in (0..<level).reversed() {
      let above = models[below + 1]
      let state = states[below + 1]
      let outcomes = above.modalities.enumerated().map { modality, variable in
        draw(variable.size) { JointFilter.likelihood(above, modality, $0, state) }
      }
      let model = models[below]
      let links = links[below]
      let first = model.factors.enumerated().map { factor, variable in
        let link = links.first { $0.target == .initialState(factor: variable.name) }
        guard let link,
          let modality = above.modalities.firstIndex(where: { $0.name == link.modality })
        else { return draw(variable.size) { JointFilter.first(model, factor, $0) } }
        return draw(variable.size) {
          link.table?[$0][outcomes[modality]] ?? ($0 == outcomes[modality] ? 1 : 0)
        }
      }
      states[below] = first
    }
  }

  /// What the world shows a level, with gaps where its modalities are linked.
  mutating func observation(of level: Int) -> [Observation] {
    var entries = models[level].modalities.map { _ in Observation.missing }
    for modality in own[level] {
      let (model, state) = (models[level], states[level])
      entries[modality] = .outcome(
        draw(model.modalities[modality].size) {
          JointFilter.likelihood(model, modality, $0, state)
        })
    }
    return entries
  }

  /// What of these the deep agent is given.
  func given(_ entries: [[Observation]]) -> [Observation] {
    zip(entries, own).flatMap { entries, own in own.map { entries[$0] } }
  }
}
