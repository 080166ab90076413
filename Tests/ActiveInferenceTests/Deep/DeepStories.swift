import ActiveInference

/// Deep agents that several tests are about.
enum DeepStories {
  /// Two levels of which the upper one learns, with a link of each kind.
  static func makeStory(chi: Double? = nil) throws -> CompiledDeepAgent {
    let room = try GenerativeModel("room") {
      Factor("thing", ["cat", "dog"])
      Factor("side", ["left", "right"], initially: "left")
      Control("go", ["left", "right"])
      Modality("seen", ["l", "r"], given: "side", "thing") { state in
        state["side"] == state["thing"].replacing("cat", with: "left")
          ? ["l": 0.9, "r": 0.1] : ["l": 0.2, "r": 0.8]
      }
      Transition(of: "thing")
      Transition(of: "side", controls: "go") { Column(certain: $0["go"]) }
    }
    let story = try GenerativeModel("story") {
      Factor("next", ["cat", "dog"])
      Control("turn", ["stay", "change"])
      Modality("thing", ["cat", "dog"], given: "next", counts: .values([[9, 1], [1, 9]]))
      Modality("mood", ["calm", "wild"], given: "next") {
        $0["next"] == "cat" ? [0.6, 0.4] : [0.3, 0.7]
      }
      Modality("weather", ["sun", "rain"], given: "next") {
        $0["next"] == "cat" ? [0.6, 0.4] : [0.3, 0.7]
      }
      Transition(of: "next", controls: "turn") { state in
        (state["next"] == "cat") == (state["turn"] == "stay") ? "cat" : "dog"
      }
    }
    var below = AgentConfiguration()
    below.inference.chi = chi
    var above = AgentConfiguration()
    above.learning.likelihood = .init()
    return try CompiledDeepAgent(
      lower: [
        .init(
          CompiledAgent(room, below), steps: 2,
          links: [
            .initialState(of: "thing", from: "thing", probability: [[0.9, 0.2], [0.1, 0.8]]),
            .habit(from: "mood"),
            .preference(in: "seen", from: "weather", logPreference: [[3, -1], [0, 2]]),
          ])
      ], highest: CompiledAgent(story, above))
  }
}
