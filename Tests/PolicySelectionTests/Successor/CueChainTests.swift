import ActiveInference
import EngineTestSupport
import Testing

/// Two cues in a row: the first says where the second is, that says where the cheese is (pymdp's epistemic
/// chaining).
@Suite struct `Successor agents that follow cues` {
  private static let columns = 7
  private static let secondCues = [(0, 2), (1, 3), (3, 3), (4, 2)].map { $0 * columns + $1 }
  private static let firstCue = 2 * columns
  /// Above and below: cheese in one, a shock in the other.
  private static let rewards = [1 * columns + 5, 3 * columns + 5]

  private static func next(_ cell: Int, _ move: Int) -> Int {
    let (row, column) = (cell / columns, cell % columns)
    switch move {
    case 0: return max(row - 1, 0) * columns + column
    case 1: return min(row + 1, 4) * columns + column
    case 2: return row * columns + max(column - 1, 0)
    case 3: return row * columns + min(column + 1, columns - 1)
    default: return cell
    }
  }

  /// What is seen at a cell where the second cue is here and the cheese there.
  private static func seen(_ cell: Int, _ cue: Int, _ cheese: Int) -> [Int] {
    let reward = rewards.firstIndex(of: cell).map { $0 == cheese ? 1 : 2 } ?? 0
    return [
      cell, cell == firstCue ? 1 + cue : 0, cell == secondCues[cue] ? 1 + cheese : 0, reward,
    ]
  }

  private static func model() throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "cue chain"
    model.factors = [
      Variable("place", size: 35), Variable("second cue", size: 4), Variable("cheese", size: 2),
    ]
    model.modalities = [
      Variable("where", size: 35), Variable("cue 1", size: 5), Variable("cue 2", size: 3),
      Variable("reward", ["nothing", "cheese", "shock"]),
    ]
    model.controls = [Variable("move", ["up", "down", "left", "right", "stay"])]
    func table(_ modality: Int, _ given: [Int]) -> ModelDescription.Likelihood {
      let factors = [model.factors[0], model.factors[1], model.factors[2]]
      return .init(
        model.modalities[modality].name, given: given.map { factors[$0].name },
        SampleModels.table([model.modalities[modality].size] + given.map { factors[$0].size }) {
          var state = [0, 0, 0]
          for (factor, value) in zip(given, $0.dropFirst()) { state[factor] = value }
          return $0[0] == seen(state[0], state[1], state[2])[modality] ? 1 : 0
        })
    }
    model.likelihoods = [table(0, [0]), table(1, [0, 1]), table(2, [0, 1, 2]), table(3, [0, 2])]
    func stays(_ count: Int) -> Tensor {
      SampleModels.table([count, count]) { $0[0] == $0[1] ? 1 : 0 }
    }
    model.transitions = [
      .init(
        "place", given: ["place"], controls: ["move"],
        SampleModels.table([35, 35, 5]) { $0[0] == next($0[1], $0[2]) ? 1 : 0 }),
      .init("second cue", given: ["second cue"], controls: [], stays(4)),
      .init("cheese", given: ["cheese"], controls: [], stays(2)),
    ]
    model.preferences = [.init("reward", Tensor(shape: [3], [0, 2, -4]))]
    model.initialStates = [
      .init("place", Tensor(shape: [35], (0..<35).map { $0 == 0 ? 1 : 0 }))
    ]
    return try GenerativeModel(model)
  }

  /// The moves to the cheese where the second cue is at each of its places, cheese above and below; 30 where
  /// it is not found.
  private static func moves(
    _ change: (inout AgentConfiguration) -> Void
  ) throws -> [Int] {
    var configuration = AgentConfiguration()
    configuration.planning.method = .successor
    configuration.planning.successor.reward = .contextual
    change(&configuration)
    let agent = try ActiveInferenceAgent(model(), configuration)
    return try (0..<8).map { condition in
      let (cue, cheese) = (condition / 2, condition % 2)
      var cell = 0
      var moves = 0
      agent.begin(seed: 0, episode: UInt64(condition))
      while cell != rewards[cheese] && moves < 30 {
        let action = try agent.act(on: seen(cell, cue, cheese).map { .outcome($0) })
        cell = next(cell, action[0])
        moves += 1
      }
      return moves
    }
  }

  @Test(arguments: [InferenceSettings.Algorithm.exact, .coordinateAscent])
  func `take the fewest moves in every condition`(
    algorithm: InferenceSettings.Algorithm
  ) throws {
    let moves = try `Successor agents that follow cues`.moves {
      $0.inference.algorithm = algorithm
      $0.planning.successor.basePolicy = .improved
    }
    #expect(moves == [10, 12, 8, 10, 10, 8, 12, 10])
  }

  @Test func `make detours where a random walk would meet the shock`() throws {
    let moves = try `Successor agents that follow cues`.moves {
      $0.planning.successor.basePolicy = .uniform
    }
    #expect(moves == [10, 18, 8, 18, 18, 8, 18, 10])
  }

  @Test func `do not find the cheese in six of eight where a random walk is to last`() throws {
    let moves = try `Successor agents that follow cues`.moves {
      $0.planning.successor.basePolicy = .uniform
      $0.planning.successor.discount = 0.99
    }
    #expect(moves.filter { $0 == 30 }.count == 6)
  }
}
