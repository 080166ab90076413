import ActiveInference
import GridWorld
import Testing

@Suite("The grid world's parameters") struct ParameterTests {
  /// The faults of these parameters, one line each.
  private func faults(_ parameters: [String: ParameterValue]) -> String? {
    do throws(InvalidInput) {
      _ = try GridWorld(parameters: parameters)
      return nil
    } catch { return error.description }
  }

  @Test("every fault is reported at once")
  func allAtOnce() {
    let found = faults([
      "rows": .integer(0), "colums": .integer(3), "successProbability": .number(1.5),
      "includeStay": .text("yes"),
    ])
    #expect(
      found == """
        gridworld: colums: there is no such parameter; did you mean 'columns'?
        gridworld: successProbability: 1.5 is not a probability; give a number from 0 to 1
        gridworld: includeStay: "yes" is neither true nor false; give true or false
        gridworld: rows: 0 is not a count; give 1, 2, 3, ...
        """)
  }

  @Test("cells lie inside the grid and off the walls")
  func cells() {
    let found = faults([
      "walls": .text("(0,0) (3, 1) (2,2)"), "start": .text("(0,0)"), "goals": .text("(2,2) (-1,0)"),
    ])
    #expect(
      found == """
        gridworld: walls: (3, 1) is outside of 3 rows and 3 columns; both count from 0
        gridworld: goals: (-1, 0) is outside of 3 rows and 3 columns; both count from 0
        gridworld: start: (0, 0) is a wall; choose a free cell
        gridworld: goals: (2, 2) is a wall; choose a free cell
        """)
  }

  @Test(
    "what is not cells is refused",
    arguments: ["(1,1", "1,1", "(1,1,1)", "(a,b)", "(1,)", "(1.5,1)", "walls"])
  func notCells(_ text: String) {
    #expect(
      faults(["walls": .text(text)])
        == "gridworld: walls: \"\(text)\" is not cells; write (row, column) for each")
  }

  @Test("there is one start")
  func oneStart() {
    #expect(
      faults(["start": .text("(0,0) (1,1)")])
        == "gridworld: start: names 2 cells; give one cell, or none for any")
  }

  @Test("a goal can be reached from every start")
  func reachable() {
    #expect(
      faults(["walls": .text("(0,1) (1,0)"), "start": .text("(0,0)")])
        == """
        gridworld: goals: no way leads to a goal from (0, 0); \
        open a wall, or choose another start or goal
        """)
    #expect(
      faults(["map": .text("..#.|###.|...G")])
        == """
        gridworld: map: no way leads to a goal from 2 possible starts, such as (0, 0); \
        open a wall, or choose another start or goal
        """)
    #expect(
      faults(["map": .text("S.G#G")])
        == "gridworld: map: no way leads to (0, 4); open a wall or leave that goal out")
  }

  @Test("a cell is free")
  func free() {
    #expect(
      faults(["map": .text("##|##")])
        == "gridworld: map: no cell is free; leave a cell without a wall")
    #expect(
      faults(["rows": .integer(1), "columns": .integer(1), "walls": .text("(0,0)")])
        == "gridworld: walls: no cell is free; leave a cell without a wall")
  }

  @Test("tables have a largest size")
  func size() {
    #expect(
      faults(["rows": .integer(4000), "columns": .integer(4000)])
        == """
        gridworld: rows, columns: 4000 x 4000 cells are too many for tables of at most 134217728 \
        entries; use at most 14913080 cells
        """)
    #expect(faults(["rows": .integer(.max), "columns": .integer(.max)]) != nil)
  }

  @Test("a map is drawn with four characters, one start and rows of one length")
  func maps() {
    #expect(
      faults(["map": .text("S.S|.x|..G")])
        == """
        gridworld: map: row 1 has 2 cells, row 0 has 3; draw as many in every row
        gridworld: map: "x" in row 1, column 1 is no cell; draw . free, # wall, S start, G goal
        gridworld: map: has 2 starts; draw one S, or none for any free cell
        """)
    #expect(
      faults(["map": .text("")]) == "gridworld: map: the first row is empty; draw it like S.#|..G")
    #expect(
      faults(["map": .integer(3)]) == "gridworld: map: 3 is not text; draw it like S.#|..G")
  }

  @Test("a map leaves nothing to the parameters it replaces, unless they are at their defaults")
  func mapAlone() {
    #expect(
      faults(["map": .text("S.G"), "rows": .integer(4), "goals": .text("(0,1)")])
        == """
        gridworld: rows: the map says it already; leave out rows or map
        gridworld: goals: the map says it already; leave out goals or map
        """)
    let defaults = GridWorld.parameters.map { ($0.name, $0.defaultValue) }
    let given = Dictionary(uniqueKeysWithValues: defaults)
      .merging(["map": .text("S.G")]) { $1 }
    #expect(faults(given) == nil)
  }

  @Test("none stands for what is not set")
  func unset() throws {
    let set = try GridWorld(parameters: ["start": .text("none"), "rows": .none])
    #expect(set.model == (try GridWorld()).model)
  }
}
