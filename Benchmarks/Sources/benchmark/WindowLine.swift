import ActiveInference
import BenchmarkWorkloads
import TMaze

/// What a step takes of an agent that infers the last ten steps together, in the T-maze of 5 x 2 states.
struct WindowLine: Codable {
  let algorithm: String
  /// Steps of a window, and sweeps over it.
  let horizon: Int
  let sweeps: Int
  /// Nanoseconds to infer a window, and to take a whole step, which looks one action ahead; once the
  /// window is full.
  let inference: Sample
  let step: Sample
}

/// Agents on random walks whose sweeps all differ, on one core.
func measureWindows(blocks: Int) throws -> [WindowLine] {
  let horizon = 10
  let maze = try TMaze(parameters: ["cueValidity": .number(0.95)]).model
  let walk = try Walk(maze, episodes: 8, steps: 60)
  return try [InferenceSettings.Algorithm.variationalMessagePassing, .marginalMessagePassing].map {
    algorithm in
    var settings = configuration(.pymdp1, horizon: 1)
    settings.inference.algorithm = algorithm
    settings.inference.horizon = horizon
    // All sweeps are made.
    let agent = try ActiveInferenceAgent(
      CompiledAgent(maze, settings, savings: .mergedBeliefs))
    let full = walk.episodes.reduce(0) { $0 + $1.observations.count - horizon }
    let contenders = [false, true].map { isWhole in
      Contender(units: full) { repetitions, _ in
        var seconds = 0.0
        for _ in 0..<repetitions { seconds += try walk.time(agent, horizon, isWhole: isWhole) }
        return seconds
      }
    }
    let samples = try inTurn(contenders, blocks: blocks)
    return WindowLine(
      algorithm: algorithm.rawValue, horizon: horizon, sweeps: settings.inference.iterations,
      inference: samples[0], step: samples[1])
  }
}

extension Walk {
  /// Seconds that the first halves of all steps with a full window took, or the whole of them.
  fileprivate func time(_ agent: ActiveInferenceAgent, _ horizon: Int, isWhole: Bool) throws
    -> Double
  {
    let clock = ContinuousClock()
    var total = Duration.zero
    try follow(agent) { observation, step in
      let began = clock.now
      try agent.perceive(observation)
      let perceived = clock.now
      _ = try agent.decide()
      if step >= horizon { total += (isWhole ? clock.now : perceived) - began }
    }
    return total / .seconds(1)
  }
}

extension Report {
  /// Windows of ten steps.
  var windowTable: String {
    var table = Table()
    table.add("T-maze, windows on a record, one core", "sweeps", "inference", "a step")
    for line in windows {
      table.add(
        "\(line.algorithm), \(line.horizon) steps", "\(line.sweeps)", microseconds(line.inference),
        microseconds(line.step))
    }
    return table.text
  }
}
