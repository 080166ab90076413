import ActiveInference
import EngineTestSupport
import Foundation

extension EnumeratedFamily {
  private static let chiTitle = "an episode of a lower level ends when its first states are clear"

  /// Episodes that end early (`inference.chi`), against the enumeration of what they may have begun with.
  static func measureChi() -> ConformanceFamily {
    ConformanceFamily(
      oracle: .enumeration, title: chiTitle, cases: Result { try (0..<24).map(chiCase) })
  }

  /// Every family's title.
  package static let titles = all.map(\.title) + [sparseTitle, chiTitle]

  private static func chiCase(_ number: Int) throws -> ConformanceCase {
    var options = RandomModel.Options()
    options.largestJoint = 12
    var random = try RandomModel(seed: UInt64(8000 + number), options)
    let model = random.model
    let columns = (0..<3).map { _ in random.distribution(model.factors[0].size) }
    let above = try GenerativeModel("above") {
      Factor("cause", ["a", "b", "c"])
      Modality("first", (0..<model.factors[0].size).map { "\($0)" }, given: "cause") {
        Column(columns[$0.index(of: "cause")])
      }
      Transition(of: "cause")
    }
    var configuration = AgentConfiguration()
    configuration.inference.algorithm = .exact
    configuration.inference.impossible = .ignore
    configuration.inference.chi = [0.05, 0.2, 0.5, 0.9][number % 4]
    let record = random.record(steps: 5)
    let agent = try DeepAgent(
      lower: [
        .init(
          CompiledAgent(
            model, AgentConfiguration(contentsOf: Array(configuration.jsonText.utf8), source: "")),
          steps: 5, links: [.initialState(of: model.factors[0].name, from: "first")])
      ], highest: CompiledAgent(above))
    var episode = EnumeratedEpisode(
      model,
      first: columns[0].indices.map { state in
        columns.reduce(0) { $0 + $1[state] } / 3
      })
    var differences = Differences(tolerance: Oracle.enumeration.tolerance)
    agent.begin(seed: UInt64(number), episode: 0)
    for (t, observation) in record.observations.enumerated() {
      let place = "\(chiTitle), model \(number), step \(t)"
      if t > 0 { episode.act(agent.levels[0].lastChoice) }
      episode.observe(observation)
      // What is impossible is ignored modality by modality, which is another matter.
      if episode.firstStates.reduce(0, +) == 0 { break }
      _ = try agent.act(on: observation)
      differences.compare(agent.firstStates(ofLevel: 0), episode.firstStates, place)
      let isOver = episode.entropy < configuration.inference.chi ?? 0 || t == 4
      differences.compare(Double(agent.steppedLevels), isOver ? 2 : 1, "\(place), levels")
      if isOver { break }
    }
    return ConformanceCase(
      .enumeration, "\(chiTitle), model \(number)", agent.levels[0], record, differences)
  }
}

/// How probable what was observed is, by the first state of the first factor and the joint state now; tables are read
/// entry by entry.
private struct EnumeratedEpisode {
  private let model: GenerativeModel
  private let states: [[Int]]
  /// `[first state of the first factor][joint state now]`.
  private var mass: [[Double]]

  init(_ model: GenerativeModel, first: [Double]) {
    self.model = model
    let states: [[Int]] = model.factors.reduce([[]]) { lists, factor in
      lists.flatMap { list in (0..<factor.size).map { list + [$0] } }
    }
    self.states = states
    mass = first.indices.map { start in
      states.map { state in
        state.indices.reduce(1) { p, factor in
          let size = model.factors[factor].size
          let own =
            factor == 0
            ? (state[0] == start ? first[start] : 0)
            : model.initialStates[factor]?[state[factor]] ?? 1 / Double(size)
          return p * own
        }
      }
    }
  }

  private static func entry(_ tensor: Tensor, _ coordinates: [Int]) -> Double {
    tensor.values[zip(tensor.shape, coordinates).reduce(0) { $0 * $1.0 + $1.1 }]
  }

  mutating func act(_ action: [Int]) {
    let (model, states) = (model, states)
    mass = mass.map { row in
      states.map { to in
        zip(states, row).reduce(0) { sum, from in
          sum
            + model.transitions.indices.reduce(from.1) { p, factor in
              let table = model.transitions[factor]
              let given =
                [to[factor]] + table.given.map { from.0[$0] } + table.controls.map { action[$0] }
              return p * EnumeratedEpisode.entry(table.probability, given)
            }
        }
      }
    }
  }

  mutating func observe(_ observation: [Observation]) {
    let weights = states.map { state in
      zip(model.likelihoods, observation).reduce(1) { p, seen in
        guard case .outcome(let outcome) = seen.1 else { return p }
        return p
          * EnumeratedEpisode.entry(
            seen.0.probability, [outcome] + seen.0.given.map { state[$0] })
      }
    }
    mass = mass.map { zip($0, weights).map { $0 * $1 } }
  }

  /// What is believed of the first state; zero everywhere where nothing is possible.
  var firstStates: [Double] {
    let sums = mass.map { $0.reduce(0, +) }
    let total = sums.reduce(0, +)
    return total > 0 ? sums.map { $0 / total } : sums
  }

  var entropy: Double {
    firstStates.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
  }
}
