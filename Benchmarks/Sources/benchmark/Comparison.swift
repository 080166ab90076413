import ActiveInference
import BenchmarkWorkloads
import Foundation
import TMaze

/// What one case took on both sides.
struct Comparison: Codable {
  struct Side: Codable {
    let name: String
    /// Nanoseconds a step of one agent.
    let sample: Sample
    /// The share of the agents that came to the reward.
    var rewarded: Double?
  }
  let name: String
  let agents: Int
  let horizon: Int
  let policies: Int
  let steps: Int
  let ours: [Side]
  var peer: Side?
  /// Seconds pymdp took to compile and run for the first time.
  var peerFirstResult: Double?
  /// The largest difference between the two in the probability of any policy at any step.
  var largestDifference: Double?

  /// The ratio of medians, and the least and the largest of blocks that were neighbours in time.
  func ratio(_ side: Side) -> (median: Double, least: Double, most: Double)? {
    guard let peer else { return nil }
    let pairs = zip(peer.sample.blocks, side.sample.blocks).map { $0 / $1 }
    guard let least = pairs.min(), let most = pairs.max() else { return nil }
    return (peer.sample.median / side.sample.median, least, most)
  }
}

/// Agents and world together, every way of ours and pymdp's `rollout`.
func compare(_ loop: ClosedLoop, _ peer: Peer?, blocks: Int) throws -> Comparison {
  final class Count { var rewarded = 0 }
  let units = loop.agents * loop.steps
  let counts = ways.map { _ in Count() }
  var contenders = try zip(ways, counts).map { way, count in
    let run = try way.prepare(loop)
    return Contender(units: units) { count.rewarded = try run($0) }
  }
  let firstResult = try peer.map { try $0.prepare(loop) }
  if let peer {
    contenders.append(Contender(units: units) { try peer.run(repetitions: $0, seed: $1) })
  }
  let samples = try inTurn(contenders, blocks: blocks)
  let ours = zip(ways.indices, samples).map { index, sample in
    Comparison.Side(
      name: ways[index].name, sample: sample,
      rewarded: Double(counts[index].rewarded) / Double(loop.agents))
  }
  return Comparison(
    name: "closed loop", agents: loop.agents, horizon: loop.horizon, policies: loop.policies,
    steps: loop.steps,
    ours: ours,
    peer: try peer.map {
      .init(name: "rollout", sample: samples[ways.count], rewarded: try $0.rewarded())
    },
    peerFirstResult: firstResult)
}

/// One agent on the same observations and actions, without a world.
func compareOnRecord(horizon: Int, _ peer: Peer?, blocks: Int) throws -> Comparison {
  let walk = try Walk(TMaze().model, episodes: 16, steps: 8)
  let presets: [(name: String, AgentConfiguration.Preset)] = [
    ("as pymdp", .pymdp1), ("preset default", .default),
  ]
  let agents = try presets.map {
    try forgetfulAgent(walk.model, configuration($0.1, horizon: horizon))
  }
  var contenders = agents.map { agent in
    Contender(units: walk.steps) { _ in try walk.follow(agent) }
  }
  if let peer {
    try peer.prepare(
      horizon: horizon, observations: walk.episodes.flatMap(\.outcomes),
      actions: walk.episodes.flatMap { [-1] + $0.actions.dropLast().map { $0[0] } })
    contenders.append(Contender(units: walk.steps) { try peer.run(repetitions: $0, seed: $1) })
  }
  let samples = try inTurn(contenders, blocks: blocks)
  return Comparison(
    name: "on a record", agents: 1, horizon: horizon, policies: agents[0].policyPosterior.count,
    steps: walk.steps,
    ours: zip(presets, samples).map { .init(name: $0.name, sample: $1) },
    peer: peer.map { _ in .init(name: "infer_and_plan", sample: samples[agents.count]) },
    largestDifference: try peer.map { try largestDifference(walk, agents[0], $0.posterior()) })
}

/// The largest difference in the probability of any policy at any step.
private func largestDifference(
  _ walk: Walk, _ agent: ActiveInferenceAgent, _ expected: [[Double]]
) throws -> Double {
  var largest = 0.0
  var step = 0
  try walk.follow(agent) { agent in
    for (ours, theirs) in zip(agent.policyPosterior, expected[step]) {
      largest = max(largest, abs(ours - theirs))
    }
    step += 1
  }
  return largest
}

extension BehaviourRecord {
  /// The outcomes of each step; what was not seen, or not sharply, does not occur in a walk.
  fileprivate var outcomes: [[Int]] {
    observations.map { step in
      step.compactMap { if case .outcome(let outcome) = $0 { outcome } else { nil } }
    }
  }
}
