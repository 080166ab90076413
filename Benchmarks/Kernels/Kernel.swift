import ActiveInference
import BenchmarkWorkloads
import TMaze

/// A piece of work whose instructions are counted.
enum Kernel: String, CaseIterable {
  /// A step in pymdp's T-maze with 125 policies, 16 sweeps of fixed-point iteration.
  case mazeFixedPoint = "tmaze-pymdp-1"
  /// The same step with exact beliefs and joint information gain.
  case mazeExact = "tmaze-default"
  /// A step with 128 states, 16 policies, and nothing in A or B that is zero.
  case dense = "dense-128"
  /// A step in the T-maze that learns A and B from counts; 125 policies.
  case learning = "learning"
  /// Writing one recorded episode of seven steps as a line of `aif.trace/1`.
  case traceLine = "trace-line"
  /// A step in a grid of 40 x 40 cells with 25 policies, most of B zero.
  case grid = "grid-1600"
  /// A step of chained cues with 4,096 policies, exact beliefs and information gain by modality.
  case chaining = "cue-chaining"

  /// Work that is the same each time it is done, and how many units there are in it.
  struct Prepared {
    let units: Int
    let repeatOnce: () throws -> Void
  }

  /// Everything that is not counted.
  func prepare() throws -> Prepared {
    switch self {
    case .mazeFixedPoint: try steps(in: TMaze().model, configuration(.pymdp1, horizon: 3))
    case .mazeExact: try steps(in: TMaze().model, configuration(.default, horizon: 3))
    case .dense:
      try steps(
        in: randomModel(states: 128, outcomes: 16, actions: 4), configuration(.default, horizon: 2),
        episodes: 2)
    case .learning: try learningSteps()
    case .traceLine: try traceLines()
    case .grid:
      try steps(
        in: BenchmarkWorkloads.grid(side: 40), configuration(.default, horizon: 2), episodes: 2)
    case .chaining: try chainingSteps()
    }
  }

  /// - Parameter episodes: eight steps each; few where steps are long.
  private func steps(
    in model: GenerativeModel, _ configuration: AgentConfiguration, episodes: Int = 8
  ) throws -> Prepared {
    let walk = try Walk(model, episodes: episodes, steps: 8)
    let agent = try forgetfulAgent(model, configuration)
    return Prepared(units: walk.steps) {
      // What was learned in one repetition would be there in the next.
      agent.forget()
      try walk.follow(agent)
    }
  }

  private func chainingSteps() throws -> Prepared {
    var settings = configuration(.default, horizon: 6)
    settings.planning.informationGain = .perModality
    return try steps(in: cueChaining(), settings)
  }

  private func learningSteps() throws -> Prepared {
    var settings = configuration(.default, horizon: 3)
    settings.learning.likelihood = LearningSettings.Rule()
    settings.learning.transition = LearningSettings.Rule()
    return try steps(in: mazeWithCounts(), settings)
  }

  private func traceLines() throws -> Prepared {
    let maze = try TMaze()
    var agent = try ActiveInferenceAgent(maze.model, maze.agent)
    let episode = try Simulation(maze, steps: maze.steps).run(&agent, episode: 0)
    let counts = agent.concentration
    let writer = TraceLineWriter(
      build: Build.version, model: maze.model, agent: maze.agent,
      environment: .init(id: TMaze.identifier, parameters: [:]), seed: 0)
    return Prepared(units: 1) {
      var line: [UInt8] = []
      writer.append(episode: 0, steps: episode.steps, final: counts, to: &line)
    }
  }
}
