import ActiveInference
import BenchmarkWorkloads

/// What a step takes where cues are chained, beside what was measured of Cpp-AIF.
struct Chaining: Codable {
  let horizon: Int
  /// How we infer states.
  let algorithm: String
  let policies: Int
  /// Nanoseconds a step of one agent.
  let ours: Sample
  /// Nanoseconds a step of Cpp-AIF's, measured once; this program does not run it.
  let theirs: Double

  /// Cpp-AIF, commit 32a5a03a, its example of epistemic chaining in a 7 x 5 grid with 256, 1,024 and 4,096
  /// policies: an episode of 10 decisions, serial, -O3, on one core of an AMD EPYC: 0.087, 0.439 and 2.08 s.
  /// A decision is rounded as it was reported.
  fileprivate static let measured: [(horizon: Int, nanoseconds: Double)] = [
    (4, 8.7e6), (5, 44e6), (6, 208e6),
  ]
}

/// One agent with four moves on random walks of ten steps, with beliefs over joint states and with marginals;
/// nothing is remembered. Where one is, is always seen, so both beliefs are the same distribution.
func measureChaining(blocks: Int) throws -> [Chaining] {
  let walk = try Walk(cueChaining(), episodes: 16, steps: 10)
  let algorithms: [InferenceSettings.Algorithm] = [.exact, .coordinateAscent]
  return try Chaining.measured.flatMap { horizon, theirs in
    let agents = try algorithms.map { algorithm in
      var settings = configuration(.default, horizon: horizon)
      settings.inference.algorithm = algorithm
      settings.planning.informationGain = .perModality
      return try forgetfulAgent(walk.model, settings)
    }
    let contenders = agents.map { agent in
      Contender(units: walk.steps) { _ in try walk.follow(agent) }
    }
    let samples = try inTurn(contenders, blocks: blocks)
    return zip(algorithms, samples).map { algorithm, sample in
      Chaining(
        horizon: horizon, algorithm: algorithm.rawValue,
        policies: agents[0].policyPosterior.count, ours: sample, theirs: theirs)
    }
  }
}

extension Report {
  /// Ours, and what another program took on another day.
  var chainingTable: String {
    var table = Table()
    table.add("cue chaining on a record, one thread", "policies", "ours", "Cpp-AIF", "ratio")
    for line in chaining {
      table.add(
        "\(line.horizon) moves ahead, \(line.algorithm)", "\(line.policies)",
        microseconds(line.ours),
        microseconds(line.theirs), times(line.theirs / line.ours.median))
    }
    return table.text + "\nCpp-AIF 32a5a03a was measured once, serial, on one core of an AMD EPYC."
  }
}
