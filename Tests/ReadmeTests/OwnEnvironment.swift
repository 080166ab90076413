import ActiveInference

/// Two levers. One pays more often; the longer it has been so, the sooner it is the other.
struct Levers: NamedEnvironment {
  /// What the agent does not see.
  struct State: Sendable { var better: Int, age = 0 }

  static let identifier = "levers"
  static let summary = "Two levers, of which now one, now the other pays more often."
  static let parameters = [
    EnvironmentParameter("chance", .number(0.8), "P(win) at the better lever, 0...1")
  ]
  let chance: Double
  let model: GenerativeModel
  let agent = AgentConfiguration()
  let steps = 20

  init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: Levers.self)
    let chance = reader.probability("chance")
    try reader.check()
    self.chance = chance
    // What the agent believes is simpler than what happens: nothing ages.
    model = try GenerativeModel("levers") {
      Factor("better", ["left", "right"])
      Factor("pulled", ["none", "left", "right"], initially: "none")
      Control("pull", ["left", "right"])
      Modality("pay", ["none", "win", "loss"], given: "better", "pulled", prefer: ["win": 2]) {
        if $0["pulled"] == "none" { return "none" }
        let win = $0["pulled"] == $0["better"] ? chance : 1 - chance
        return ["win": win, "loss": 1 - win]
      }
      Transition(of: "better", probability: .values([[0.9, 0.1], [0.1, 0.9]]))
      Transition(of: "pulled", given: [], controls: "pull") { [$0["pull"]: 1] }
    }
  }

  func reset(using random: inout RandomStream) -> (state: State, observation: [Observation]) {
    (State(better: random.categorical([0.5, 0.5])), [.outcome(0)])
  }

  func step(
    _ state: inout State, action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    state.age += 1
    if random.nextUnit() < 0.01 * Double(state.age) { state = State(better: 1 - state.better) }
    let win = action[0] == state.better ? chance : 1 - chance
    return [.outcome(random.nextUnit() < win ? 1 : 2)]
  }

  func hiddenStates(_ state: State) -> [Int] { [state.better] }
}
