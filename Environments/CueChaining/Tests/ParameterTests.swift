import ActiveInference
import CueChaining
import Testing

@Suite("The parameters of cue chaining") struct ParameterTests {
  /// The faults of these parameters, one line each.
  private func faults(_ parameters: [String: ParameterValue]) -> String? {
    do throws(InvalidInput) {
      _ = try CueChaining(parameters: parameters)
      return nil
    } catch { return error.description }
  }

  @Test("every fault is reported at once")
  func allAtOnce() {
    let found = faults([
      "cue": .text("(0,0)"), "cue2": .text("(0, 9) (1, 1)"), "rewards": .text("(1, 5)"),
      "start": .text("here"), "cue1": .text("(0,0) (1,1)"), "activeCue2": .text("L3"),
      "rewardCondition": .text("left"), "includeStay": .integer(1),
      "cheesePreference": .number(.infinity), "shockPreference": .text("bad"),
    ])
    #expect(
      found == """
        cue-chaining: cue: there is no such parameter; did you mean 'cue1'?
        cue-chaining: includeStay: 1 is neither true nor false; give true or false
        cue-chaining: cheesePreference: inf is not finite; give a finite number
        cue-chaining: shockPreference: "bad" is not a number; give a finite number
        cue-chaining: rewardCondition: "left" is not a choice; give top, bottom or none
        cue-chaining: cue2: (0, 9) is outside of 5 rows and 7 columns; both count from 0
        cue-chaining: rewards: names 1 cells; give 2 cells
        cue-chaining: start: "here" is not cells; write (row, column) for each
        cue-chaining: cue1: names 2 cells; give one cell
        cue-chaining: activeCue2: "L3" is not a choice; give L1 or none
        """)
  }

  @Test("cells are named once, and there is a second cue")
  func cells() {
    #expect(
      faults(["cue2": .text(""), "rewards": .text("(1,1) (1,1)")])
        == """
        cue-chaining: cue2: names no cell; give at least one
        cue-chaining: rewards: names a cell twice; give each once
        """)
  }

  @Test("a grid has a largest size")
  func size() {
    #expect(
      faults(["rows": .integer(17), "columns": .integer(16)])
        == "cue-chaining: rows, columns: 17 x 16 cells are too many; use at most 256 cells")
    #expect(faults(["rows": .integer(.max), "columns": .integer(.max)]) != nil)
    #expect(
      faults(["rows": .integer(0)]) == "cue-chaining: rows: 0 is not a count; give 1, 2, 3, ...")
  }

  @Test("the defaults, given one by one, change nothing")
  func defaults() throws {
    let given = try CueChaining(
      parameters: Dictionary(
        uniqueKeysWithValues: CueChaining.parameters.map { ($0.name, $0.defaultValue) }))
    #expect(given.model == (try CueChaining()).model)
    #expect(given.agent == (try CueChaining()).agent)
    #expect(given.steps == (try CueChaining()).steps)
  }
}
