import ActiveInference
import CueChaining
import Testing

@Suite("The default agent of cue chaining") struct DefaultAgentTests {
  /// A way along the cues: which second cue, where the cheese is, and the fewest moves there.
  struct Condition: CustomStringConvertible {
    let cue: String
    let cheese: String
    /// Moves from the start at (0, 0) to (2, 0), to the second cue and to the cheese, counted on paper.
    let fewest: Int

    var description: String { "\(cue) \(cheese)" }
  }

  static let conditions = [
    Condition(cue: "L1", cheese: "top", fewest: 2 + 4 + 4),
    Condition(cue: "L1", cheese: "bottom", fewest: 2 + 4 + 6),
    Condition(cue: "L2", cheese: "top", fewest: 2 + 4 + 2),
    Condition(cue: "L2", cheese: "bottom", fewest: 2 + 4 + 4),
    Condition(cue: "L3", cheese: "top", fewest: 2 + 4 + 4),
    Condition(cue: "L3", cheese: "bottom", fewest: 2 + 4 + 2),
    Condition(cue: "L4", cheese: "top", fewest: 2 + 4 + 6),
    Condition(cue: "L4", cheese: "bottom", fewest: 2 + 4 + 4),
  ]

  /// The cells and outcomes of an episode of the default agent.
  ///
  /// - Parameter habit: what it would rather do among equals.
  private func episode(
    _ condition: Condition, horizon: Int? = nil, steps: Int? = nil, includesStay: Bool = true,
    habit: [Double]? = nil
  ) throws -> (moves: Int?, shocks: Int, cells: [Int]) {
    let world = try CueChaining(parameters: [
      "activeCue2": .text(condition.cue), "rewardCondition": .text(condition.cheese),
      "includeStay": .boolean(includesStay),
    ])
    var configuration = world.agent
    if let horizon { configuration.planning.horizon = horizon }
    var description = ModelDescription(world.model)
    description.habit = habit
    var agent = try ActiveInferenceAgent(GenerativeModel(description), configuration)
    let simulation = Simulation(world, steps: steps ?? world.steps, level: .choices)
    let result = try simulation.run(&agent, episode: 0)
    let moves = result.steps.firstIndex { $0.observation[3] == .outcome(1) }
    let before = result.steps.prefix(moves ?? result.steps.count)
    return (
      moves, before.count { $0.observation[3] == .outcome(2) },
      result.steps.compactMap { $0.states?[0] }
    )
  }

  @Test(
    "comes to the cheese in the fewest moves that lead past both cues, without a shock",
    arguments: conditions)
  func fewestMoves(condition: Condition) throws {
    let (moves, shocks, cells) = try episode(condition)
    #expect(moves == condition.fewest)
    #expect(shocks == 0)
    // It has looked at the first cue on the way.
    #expect(cells.contains(14))
    #expect(cells.last == (condition.cheese == "top" ? 12 : 26))
  }

  @Test("the longest ways are of twelve moves, and an episode has room for them")
  func longest() throws {
    #expect(DefaultAgentTests.conditions.map(\.fewest) == [10, 12, 8, 10, 10, 8, 12, 10])
    #expect(try CueChaining().steps == 13)
  }

  /// From L1 to the bottom and from L4 to the top there are six moves. Planning four, every first action is
  /// worth the same there, and whichever wins the tie decides: up, the first, walks from L4 to where the
  /// top is in sight, and from L1 into the border.
  @Test("planning four moves it leaves the second cue for a reward six away by a tie alone")
  func shortSighted() throws {
    let staying = (0..<625).map { $0 < 500 ? 1.0 : 1 + 1e-6 }.map { $0 / 625.000125 }
    for condition in DefaultAgentTests.conditions {
      let place = Comment("\(condition)")
      let first = try episode(condition, horizon: 4, steps: 26)
      let stayed = try episode(condition, horizon: 4, steps: 26, habit: staying)
      #expect(first.shocks + stayed.shocks == 0, place)
      let isFar = condition.fewest == 12
      let isLucky = isFar && condition.cue == "L4"
      #expect(first.moves == (isFar && !isLucky ? nil : condition.fewest), place)
      #expect(stayed.moves == (isFar ? nil : condition.fewest), place)
      // It stands at the cue that has told it everything.
      if isFar { #expect(Set(stayed.cells.suffix(18)) == [condition.cue == "L1" ? 2 : 30], place) }
    }
  }

  /// A fixed sequence counts what a cue tells once for every visit. Without staying, a cue that is off the
  /// border can only be visited every other step, and one step beside it, coming sooner and coming later
  /// are worth the same.
  @Test("without staying it may go to and fro beside a cue that is off the border")
  func withoutStay() throws {
    for condition in DefaultAgentTests.conditions {
      let (moves, shocks, _) = try episode(condition, steps: 26, includesStay: false)
      let isOnBorder = ["L1", "L4"].contains(condition.cue)
      #expect(moves == (isOnBorder ? condition.fewest : nil), "\(condition)")
      #expect(shocks == 0)
    }
  }
}
