import ActiveInference

/// A T with a reward in one arm, a loss in the other, and a cue that tells which.
func makeMaze() throws(InvalidInput) -> GenerativeModel {
  let places = ["centre", "left", "right", "cue"]
  return try GenerativeModel("my-maze") {
    Factor("location", places, initially: "centre")
    Factor("context", ["left pays", "right pays"])
    Control("move", places)
    Modality("where", places, given: "location") { [$0["location"]: 1] }
    Modality("cue", ["none", "left", "right"], given: "location", "context") { state in
      switch (state["location"], state["context"]) {
      case ("cue", "left pays"): "left"
      case ("cue", _): "right"
      default: "none"
      }
    }
    Modality(
      "reward", ["none", "reward", "loss"], given: "location", "context",
      prefer: ["reward": 3, "loss": -3]
    ) { state in
      switch (state["location"], state["context"]) {
      case ("left", "left pays"), ("right", "right pays"): ["reward": 0.98, "loss": 0.02]
      case ("left", _), ("right", _): ["reward": 0.02, "loss": 0.98]
      default: "none"
      }
    }
    Transition(of: "location", controls: "move") { [$0["move"]: 1] }
    Transition(of: "context")  // it stays as it is
  }
}

/// One episode of an agent that believes the model, in a world that follows it.
func runInMaze() throws -> Episode {
  let model = try makeMaze()
  var agent = try ActiveInferenceAgent(model)
  return try Simulation(ModelEnvironment(model), steps: 4).run(&agent, episode: 0)
}
