import ActiveInference
import TMaze
import Testing

@Suite("Being in a T-maze") struct MazeTests {
  private func stream(_ episode: UInt64) -> RandomStream {
    RandomStream(seed: 3, episode: episode, step: 0, purpose: .environment)
  }

  /// How often each outcome of a modality follows these moves.
  private func frequencies<World: NamedEnvironment>(
    _ world: World, modality: Int, after moves: [Int], episodes: Int
  ) -> [Double] where World.State == [Int] {
    var counts = [Double](repeating: 0, count: world.model.modalities[modality].size)
    for episode in 0..<UInt64(episodes) {
      var random = stream(episode)
      var (state, observation) = world.reset(using: &random)
      for move in moves { observation = world.step(&state, action: [move], using: &random) }
      if case .outcome(let outcome) = observation[modality] { counts[outcome] += 1 }
    }
    return counts.map { $0 / Double(episodes) }
  }

  private func expect(
    _ got: [Double], near expected: [Double], episodes: Int, _ place: Comment,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (got, p) in zip(got, expected) {
      let standardError = (p * (1 - p) / Double(episodes)).squareRoot()
      #expect(
        abs(got - p) <= 4 * standardError, "\(place): got \(got), expected \(p)",
        sourceLocation: sourceLocation)
    }
  }

  @Test("outcomes are as frequent as the parameters say")
  func outcomes() throws {
    let n = 8000
    let maze = try TMaze(parameters: [
      "rewardProbability": .number(0.8), "punishmentProbability": .number(0.6),
      "cueValidity": .number(0.9), "rewardCondition": .text("right"),
    ])
    let cue = frequencies(maze, modality: 2, after: [3], episodes: n)
    expect(cue, near: [0, 0.1, 0.9], episodes: n, "the cue")
    let right = frequencies(maze, modality: 1, after: [4, 2], episodes: n)
    expect(right, near: [0.2, 0.8, 0], episodes: n, "the arm with the reward")
    let left = frequencies(maze, modality: 1, after: [4, 1], episodes: n)
    expect(left, near: [0.4, 0, 0.6], episodes: n, "the other arm")
    let centre = frequencies(maze, modality: 1, after: [3, 0], episodes: 100)
    #expect(centre == [1, 0, 0])
  }

  @Test("dependent outcomes are reward or punishment")
  func dependent() throws {
    let n = 8000
    let maze = try SimplifiedTMaze(parameters: [
      "rewardProbability": .number(0.7), "dependentOutcomes": .boolean(true),
      "rewardCondition": .text("left"),
    ])
    let left = frequencies(maze, modality: 1, after: [1], episodes: n)
    expect(left, near: [0, 0.7, 0.3], episodes: n, "the arm with the reward")
    let right = frequencies(maze, modality: 1, after: [2], episodes: n)
    expect(right, near: [0, 0.3, 0.7], episodes: n, "the other arm")
    let place = frequencies(maze, modality: 0, after: [3], episodes: n)
    expect(place, near: [0, 0, 0, 0.95, 0.05], episodes: n, "the place")
  }

  @Test("a condition that is not given is drawn with probability a half")
  func drawn() throws {
    let n = 8000
    let rewarded = frequencies(try LegacyTMaze(), modality: 1, after: [1], episodes: n)
    expect(rewarded, near: [0, 0.5, 0.5], episodes: n, "an arm")
    let cue = frequencies(try LegacyTMaze(), modality: 2, after: [], episodes: n)
    expect(cue, near: [0.5, 0.5], episodes: n, "away from the cue")
    let nullCue = try LegacyTMaze(parameters: ["nullCue": .boolean(true)])
    #expect(frequencies(nullCue, modality: 2, after: [1], episodes: 100) == [1, 0, 0])
  }

  @Test("in the maze of five places only adjacent ones can be entered")
  func adjacent() throws {
    let maze = try TMaze()
    let adjacent: Set = [[0, 3], [3, 0], [0, 4], [4, 0], [4, 1], [1, 4], [4, 2], [2, 4]]
    for place in 0..<5 {
      for move in 0..<5 {
        var random = stream(0)
        var state = [place, 1]
        _ = maze.step(&state, action: [move], using: &random)
        #expect(state == [adjacent.contains([place, move]) ? move : place, 1])
      }
    }
  }

  @Test("the goal is reached when a reward is observed")
  func goalReached() throws {
    let maze = try TMaze(parameters: ["rewardCondition": .text("left")])
    var random = stream(0)
    var (state, observation) = maze.reset(using: &random)
    var reached = [maze.goalReached(state, observation: observation)]
    for move in [4, 2, 4, 1] {
      observation = maze.step(&state, action: [move], using: &random)
      reached.append(maze.goalReached(state, observation: observation))
    }
    #expect(reached == [false, false, false, false, true])
    #expect(maze.hiddenStates(state) == [1, 0])
  }
}
