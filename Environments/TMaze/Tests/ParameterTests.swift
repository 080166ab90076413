import ActiveInference
import TMaze
import Testing

@Suite("The T-mazes' parameters") struct ParameterTests {
  /// The faults of these parameters, one line each.
  private func faults(
    _ kind: any NamedEnvironment.Type, _ parameters: [String: ParameterValue]
  ) -> String? {
    do throws(InvalidInput) {
      _ = try kind.init(parameters: parameters)
      return nil
    } catch { return error.description }
  }

  @Test("every fault is reported at once")
  func allAtOnce() {
    let found = faults(
      TMaze.self,
      [
        "cueValdity": .number(0.9), "rewardProbability": .number(-0.1),
        "punishmentProbability": .text("high"), "cueValidity": .boolean(true),
        "rewardCondition": .text("up"), "dependentOutcomes": .integer(1),
        "rewardPreference": .number(.infinity), "punishmentPreference": .list([.integer(1)]),
      ])
    #expect(
      found == """
        tmaze: cueValdity: there is no such parameter; did you mean 'cueValidity'?
        tmaze: rewardCondition: "up" is not a choice; give left, right or none
        tmaze: rewardPreference: inf is not finite; give a finite number
        tmaze: punishmentPreference: [1] is not a number; give a finite number
        tmaze: rewardProbability: -0.1 is not a probability; give a number from 0 to 1
        tmaze: punishmentProbability: "high" is not a number; give a number from 0 to 1
        tmaze: cueValidity: true is not a number; give a number from 0 to 1
        tmaze: dependentOutcomes: 1 is neither true nor false; give true or false
        """)
  }

  @Test("the legacy maze has parameters of its own")
  func legacy() {
    #expect(
      faults(LegacyTMaze.self, ["cueValidity": .number(1), "rewardProbability": .number(.nan)])
        == """
        tmaze-legacy: cueValidity: there is no such parameter; \
        the nearest known parameter is 'nullCue'
        tmaze-legacy: rewardProbability: nan is not a probability; give a number from 0 to 1
        """)
    #expect(
      faults(SimplifiedTMaze.self, ["nullCue": .boolean(true)])
        == """
        tmaze-simplified: nullCue: there is no such parameter; \
        the nearest known parameter is 'cueValidity'
        """)
  }

  @Test(
    "the defaults, given one by one, change nothing",
    arguments: [TMaze.self, SimplifiedTMaze.self, LegacyTMaze.self] as [any NamedEnvironment.Type])
  func defaults(_ kind: any NamedEnvironment.Type) throws {
    let defaults = kind.parameters.map { ($0.name, $0.defaultValue) }
    let given = try kind.init(parameters: Dictionary(uniqueKeysWithValues: defaults))
    #expect(given.model == (try kind.init(parameters: [:])).model)
    #expect(given.agent == (try kind.init(parameters: [:])).agent)
    #expect(defaults.count == (kind == LegacyTMaze.self ? 5 : 7))
  }

  @Test("none and whole numbers are understood")
  func forms() throws {
    let plain = try TMaze()
    let drawn = try TMaze(parameters: ["rewardCondition": .text("none")])
    #expect(drawn.world.process == plain.world.process)
    let whole = try TMaze(parameters: ["rewardProbability": .integer(1)])
    #expect(whole.world.process == plain.world.process)
  }
}
