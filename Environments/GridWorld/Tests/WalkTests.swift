import ActiveInference
import GridWorld
import Testing

@Suite("Walking through the grid world") struct WalkTests {
  /// The cell after some moves from the start.
  private func walk(_ world: GridWorld, _ moves: [Int], seed: UInt64 = 0) -> [Int] {
    var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .environment)
    var (state, observation) = world.reset(using: &random)
    var cells = state
    #expect(observation == [.outcome(state[0])])
    for move in moves {
      observation = world.step(&state, action: [move], using: &random)
      #expect(observation == [.outcome(state[0])])
      cells.append(state[0])
    }
    return cells
  }

  @Test("moves lead up, right, down and left; the border and walls stop them")
  func moves() throws {
    let world = try GridWorld(parameters: ["map": .text("S.#|..G")])
    let cells = walk(world, [0, 3, 1, 1, 2, 0, 4, 2, 1, 1, 3])
    #expect(cells == [0, 0, 0, 1, 1, 4, 1, 1, 4, 5, 5, 4])
  }

  @Test("a move succeeds as often as it should")
  func slip() throws {
    let p = 0.7
    let world = try GridWorld(parameters: [
      "rows": .integer(1), "columns": .integer(2), "start": .text("(0,0)"),
      "successProbability": .number(p),
    ])
    let n = 20_000.0
    var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .environment)
    var moved = 0.0
    for _ in 0..<Int(n) {
      var state = [0]
      _ = world.step(&state, action: [1], using: &random)
      moved += Double(state[0])
    }
    let standardError = (p * (1 - p) / n).squareRoot()
    #expect(abs(moved / n - p) < 4 * standardError, "moved \(moved) times of \(n)")
  }

  @Test("without a start every free cell is as likely")
  func uniformStart() throws {
    let world = try GridWorld(parameters: ["walls": .text("(1,1)")])
    let n = 16_000.0
    var counts = [Double](repeating: 0, count: 9)
    for episode in 0..<UInt64(n) {
      var random = RandomStream(seed: 2, episode: episode, step: 0, purpose: .environment)
      counts[world.reset(using: &random).state[0]] += 1
    }
    let p = 1.0 / 8
    let standardError = (p * (1 - p) / n).squareRoot()
    for cell in counts.indices {
      let expected = cell == 4 ? 0 : p
      #expect(abs(counts[cell] / n - expected) < 4 * standardError, "cell \(cell)")
    }
    #expect(counts[4] == 0)
  }

  @Test("the goal is reached on any goal cell and nowhere else")
  func goalReached() throws {
    let world = try GridWorld(parameters: ["map": .text("G.S.G")])
    let reached = (0..<5).map { world.goalReached([$0], observation: [.outcome($0)]) }
    #expect(reached == [true, false, false, false, true])
  }

  @Test("climbing the preference one step at a time walks a shortest way out of a dead end")
  func shapedPreference() throws {
    // The goal is two cells away as the crow flies, behind a trap.
    let world = try GridWorld(parameters: ["map": .text(".....|.###.|.S#G.|.###.|.....")])
    let model = world.model
    let value = try #require(model.preferences[0]).values
    var cells = [11]
    while value[cells[cells.count - 1]] < 0, cells.count < 26 {
      let neighbours = (0..<5).map { walk(world, from: cells[cells.count - 1], $0) }
      let best = try #require(neighbours.max { value[$0] < value[$1] })
      #expect(value[best] == value[cells[cells.count - 1]] + 1)
      cells.append(best)
    }
    #expect(cells.last == 13)
    #expect(world.steps == cells.count)
  }

  private func walk(_ world: GridWorld, from cell: Int, _ move: Int) -> Int {
    var random = RandomStream(seed: 0, episode: 0, step: 0, purpose: .environment)
    var state = [cell]
    _ = world.step(&state, action: [move], using: &random)
    return state[0]
  }

  @Test("an episode is long enough for the farthest start")
  func steps() throws {
    #expect(try GridWorld().steps == 5)
    #expect(try GridWorld(parameters: ["start": .text("(2,1)")]).steps == 2)
    // 4 moves at 0.5: 8 on average, a standard deviation of 2.83.
    #expect(try GridWorld(parameters: ["successProbability": .number(0.5)]).steps == 21)
    #expect(try GridWorld(parameters: ["successProbability": .number(1e-9)]).steps == 10_000)
    #expect(try GridWorld(parameters: ["successProbability": .integer(0)]).steps == 5)
  }
}
