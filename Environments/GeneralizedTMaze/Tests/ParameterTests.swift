import ActiveInference
import GeneralizedTMaze
import Testing

@Suite("The parameters of the generalised T-maze") struct ParameterTests {
  /// The faults of these parameters, one line each.
  private func faults(_ parameters: [String: ParameterValue]) -> String? {
    do throws(InvalidInput) {
      _ = try GeneralizedTMaze(parameters: parameters)
      return nil
    } catch { return error.description }
  }

  @Test("every fault is reported at once")
  func allAtOnce() {
    let found = faults([
      "Maze": .text("small"), "rewardPlaces": .text("first"), "rewardingSets": .text("0 1"),
      "rewardPreference": .number(.nan), "punishmentPreference": .boolean(true),
    ])
    #expect(
      found == """
        generalized-tmaze: Maze: there is no such parameter; did you mean 'maze'?
        generalized-tmaze: rewardPreference: nan is not finite; give a finite number
        generalized-tmaze: punishmentPreference: true is not a number; give a finite number
        generalized-tmaze: rewardPlaces: "first" is not a place for each of 2 sets; \
        write first or second 2 times
        generalized-tmaze: rewardingSets: "0 1" are not some of the 2 sets; \
        write their numbers, from 1 to 2, each once
        """)
  }

  @Test("a map has rows of one length, numbers, one start and whole sets")
  func maps() {
    #expect(
      faults(["map": .text("1 x|0 99|3"), "maze": .text("large")])
        == """
        generalized-tmaze: maze: the map says it already; leave out maze or map
        generalized-tmaze: map: "x" in row 0, column 1 is no cell; \
        write 0 free, 1 start, 2 wall, then 3 a cue and 4, 5 its cells, at most 8 sets
        generalized-tmaze: map: "99" in row 1, column 1 is no cell; \
        write 0 free, 1 start, 2 wall, then 3 a cue and 4, 5 its cells, at most 8 sets
        generalized-tmaze: map: row 2 has 1 cells, row 0 has 2; write as many in every row
        """)
    #expect(
      faults(["map": .text("1 1 3 4 7")])
        == """
        generalized-tmaze: map: has 2 cells 1, the start; write 1 once
        generalized-tmaze: map: has 0 cells 5, the second of set 1; write 5 once
        generalized-tmaze: map: has 0 cells 6, the cue of set 2; write 6 once
        generalized-tmaze: map: has 0 cells 8, the second of set 2; write 8 once
        """)
    #expect(
      faults(["map": .text("1 0")])
        == "generalized-tmaze: map: has no cue; write 3 for a cue and 4, 5 for its cells")
    #expect(
      faults(["map": .text("")])
        == "generalized-tmaze: map: the first row is empty; write it like 4 2 5|0 1 0|2 3 2")
    #expect(
      faults(["map": .integer(3)])
        == "generalized-tmaze: map: 3 is not text; write it like 4 2 5|0 1 0|2 3 2")
    let long = [String](repeating: "0", count: 257).joined(separator: " ")
    #expect(
      faults(["map": .text(long)])
        == "generalized-tmaze: map: 1 x 257 cells are too many; use at most 256 cells")
  }

  @Test("there are two mazes to choose from")
  func mazes() {
    #expect(
      faults(["maze": .text("huge")])
        == "generalized-tmaze: maze: \"huge\" is not a choice; give small, large or none")
  }

  @Test("the defaults, given one by one, change nothing")
  func defaults() throws {
    let given = try GeneralizedTMaze(
      parameters: Dictionary(
        uniqueKeysWithValues: GeneralizedTMaze.parameters.map { ($0.name, $0.defaultValue) }))
    #expect(given.model == (try GeneralizedTMaze()).model)
    #expect(given.agent == (try GeneralizedTMaze()).agent)
  }
}
