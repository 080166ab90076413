import ActiveInference

/// Two levers. One pays more often; the longer it has been so, the sooner it is the other.
struct Levers: NamedEnvironment {
  /// What the agent does not see.
  struct State: Sendable {
    var better: Int
    var age = 0
  }
  static let identifier = "levers"
  static let summary = "Two levers, of which now one, now the other pays more often."
  static let parameters: [EnvironmentParameter] = []
  let steps = 20
  let agent = AgentConfiguration()
  let model: GenerativeModel

  init(parameters: [String: ParameterValue]) throws(InvalidInput) {
    // What the agent believes is simpler than what happens: nothing ages.
    model = try GenerativeModel("levers") {
      Factor("better", ["left", "right"])
      Factor("pulled", ["none", "left", "right"], initially: "none")
      Control("pull", ["left", "right"])
      Modality("pay", ["none", "win", "loss"], given: "better", "pulled", prefer: ["win": 2]) {
        if $0["pulled"] == "none" { return "none" }
        let chance = $0["pulled"] == $0["better"] ? 0.8 : 0.2
        return ["win": chance, "loss": 1 - chance]
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
    let chance = action[0] == state.better ? 0.8 : 0.2
    return [.outcome(random.nextUnit() < chance ? 1 : 2)]
  }

  func hiddenStates(_ state: State) -> [Int] { [state.better] }
}
