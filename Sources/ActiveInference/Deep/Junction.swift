import GenerativeModel
import PolicySelection

/// The links between a level and the one above it, as numbers.
struct Junction: Sendable {
  /// A link that sets habits or preferences.
  struct Bias: Sendable {
    /// The modality of the level above.
    let modality: Int
    /// The modality of the level below whose outcomes are preferred; nil where policies are made probable.
    let preferred: Int?
    /// `[policy or outcome below][outcome above]`.
    let table: [[Double]]
  }

  /// A link that determines the first state of a factor.
  struct Origin: Sendable {
    /// The modality of the level above.
    let modality: Int
    /// The factor of the level below.
    let factor: Int
    /// P(first state | outcome), `[state][outcome]`.
    let table: [[Double]]
  }

  private(set) var origins: [Origin] = []
  /// The modalities of the level above that determine first states, and how many outcomes they have.
  private(set) var messengers: [Int] = []
  private(set) var outcomeCounts: [Int] = []
  /// How many states the factors have whose first state is determined, in the order of ``origins``.
  private(set) var stateCounts: [Int] = []
  /// P(joint first state of the factors | joint outcome of the messengers), `[state][outcome]`.
  private(set) var descent: [Double] = []
  private(set) var biases: [Bias] = []

  /// The most numbers in the table of joint first states by joint outcomes.
  static let largestTable = 1 << 24

  /// The factors of the level below whose first state is determined.
  var factors: [Int] { origins.map(\.factor) }
  /// All linked modalities of the level above.
  var modalities: Set<Int> { Set(messengers + biases.map(\.modality)) }
  /// The number of joint first states.
  var states: Int { stateCounts.reduce(1, *) }
  /// The number of joint outcomes.
  var outcomes: Int { outcomeCounts.reduce(1, *) }

  /// Reads the links of a level, noting what is wrong with them.
  init(
    _ level: DeepAgent.Level, above: CompiledAgent, _ place: String, _ faults: FaultList
  ) {
    let reader = LinkReader(level.agent, above, faults)
    if level.links.isEmpty {
      faults.add("\(place).links", "are none", remedy: "link it to the level above")
    }
    for (index, link) in level.links.enumerated() {
      switch reader.read(link, "\(place).links[\(index)]") {
      case .origin(let origin):
        if origins.contains(where: { $0.factor == origin.factor }) {
          faults.add("\(place).links[\(index)]", "the factor is linked already")
        }
        origins.append(origin)
      case .bias(let bias):
        if biases.contains(where: { $0.preferred == bias.preferred }) {
          faults.add("\(place).links[\(index)]", "is there already")
        }
        biases.append(bias)
      case nil: continue
      }
    }
    messengers = Set(origins.map(\.modality)).sorted()
    outcomeCounts = messengers.map { above.model.modalities[$0].size }
    stateCounts = factors.map { level.agent.model.factors[$0].size }
    let cells = product(stateCounts + outcomeCounts) ?? .max
    let beliefs = product(stateCounts + [level.agent.space.size]) ?? .max
    guard max(cells, beliefs) <= Junction.largestTable else {
      faults.add(
        "\(place).links", "make \(product(stateCounts) ?? .max) joint first states, too many",
        remedy: "link fewer factors or smaller ones")
      return
    }
    fillDescent()
  }

  private mutating func fillDescent() {
    let all = combinations(outcomeCounts)
    let places = origins.map { messengers.firstIndex(of: $0.modality) ?? 0 }
    descent = combinations(stateCounts).flatMap { states in
      all.map { outcomes in
        var probability = 1.0
        for (index, origin) in origins.enumerated() {
          probability *= origin.table[states[index]][outcomes[places[index]]]
        }
        return probability
      }
    }
  }

  // MARK: - Down and up

  /// How probable each joint first state is when each joint outcome is so probable.
  func firstStates(_ outcomeProbability: [Double]) -> [Double] {
    (0..<states).map { state in
      var sum = 0.0
      for (outcome, probability) in outcomeProbability.enumerated() {
        sum += descent[state * outcomes + outcome] * probability
      }
      return sum
    }
  }

  /// How probable what was observed below is under each joint outcome, when it is so probable under each
  /// joint first state.
  func ascended(_ stateLikelihood: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: outcomes)
    for (state, likelihood) in stateLikelihood.enumerated() where likelihood > 0 {
      for outcome in 0..<outcomes {
        result[outcome] += descent[state * outcomes + outcome] * likelihood
      }
    }
    return result
  }
}
