import ActiveInference
import BenchmarkWorkloads
import TMaze

/// What a step takes of an agent that infers states under each policy, in the T-maze of 5 x 2 states.
struct PolicyMessageLine: Codable {
  let algorithm: String
  let policies: Int
  /// Times that are inferred under each, and sweeps over them.
  let times: Int
  let sweeps: Int
  /// Nanoseconds of a step.
  let step: Sample
}

/// Whole episodes of two actions, and full windows of ten steps with one action ahead, on one core.
func measurePolicyMessages(blocks: Int) throws -> [PolicyMessageLine] {
  let maze = try TMaze(parameters: ["cueValidity": .number(0.95)]).model
  var window = configuration(.pymdp007, horizon: 1)
  window.inference.algorithm = .windowedPolicyMessages
  window.inference.horizon = 10
  return try [
    (configuration(.spm, horizon: 2), Walk(maze, episodes: 40, steps: 3), 0),
    (window, Walk(maze, episodes: 8, steps: 60), 10),
  ].map { settings, walk, first in
    let agent = try ActiveInferenceAgent(maze, settings)
    let units = walk.episodes.reduce(0) { $0 + $1.observations.count - first }
    let work = Contender(units: units) { repetitions, _ in
      var seconds = 0.0
      for _ in 0..<repetitions { seconds += try walk.time(agent, from: first) }
      return seconds
    }
    let sample = try inTurn([work], blocks: blocks)[0]
    return PolicyMessageLine(
      algorithm: settings.inference.algorithm.rawValue, policies: agent.policyPosterior.count,
      times: agent.beliefsOverTime?.count ?? 0, sweeps: settings.inference.iterations,
      step: sample)
  }
}

extension Walk {
  /// Seconds that all steps from one on took.
  fileprivate func time(_ agent: ActiveInferenceAgent, from first: Int) throws -> Double {
    let clock = ContinuousClock()
    var total = Duration.zero
    try follow(agent) { observation, step in
      let began = clock.now
      _ = try agent.act(on: observation)
      if step >= first { total += clock.now - began }
    }
    return total / .seconds(1)
  }
}

extension Report {
  /// States inferred under each policy.
  var policyMessageTable: String {
    var table = Table()
    table.add("T-maze, by policy on a record, one core", "policies", "times", "sweeps", "a step")
    for line in policyMessages {
      table.add(
        line.algorithm, "\(line.policies)", "\(line.times)", "\(line.sweeps)",
        microseconds(line.step))
    }
    return table.text
  }
}
