import ActiveInference
import BenchmarkWorkloads
import Foundation
import TMaze

/// How the cost of a step grows with one thing.
struct Growth: Codable {
  struct Point: Codable {
    let x: Int
    /// Nanoseconds a step of one agent.
    let sample: Sample
  }
  /// What grows, and by what the rest is held.
  let panel: String
  let series: String
  let points: [Point]
}

/// Every growth that is drawn.
///
/// - Parameters:
///   - peer: takes part where agents are many; each point costs it some seconds of compilation.
///   - isQuick: fewer and smaller points, ours alone.
///   - report: told the name of each before it is measured.
func measureGrowth(_ peer: Peer?, isQuick: Bool, report: (String) -> Void) throws -> [Growth] {
  let blocks = isQuick ? 3 : 7
  let seconds = isQuick ? 0.02 : 0.1
  var growths: [Growth] = []

  func add(_ panel: String, _ series: String, _ sizes: [Int], _ make: (Int) throws -> Contender)
    throws
  {
    report("\(panel): \(series)")
    let points = try (isQuick ? Array(sizes.prefix(3)) : sizes).map { size in
      let sample = try inTurn([make(size)], blocks: blocks, seconds: seconds)[0]
      return Growth.Point(x: size, sample: sample)
    }
    growths.append(Growth(panel: panel, series: series, points: points))
  }

  try add("states", "dense", [2, 8, 32, 128, 512]) {
    try steps(randomModel(states: $0, outcomes: min($0, 16), actions: 4), .default, horizon: 2)
  }
  try add("states", "grid, sparse", [16, 64, 256, 1024, 2500]) {
    try steps(grid(side: Int(Double($0).squareRoot())), .default, horizon: 2)
  }
  for preset in [AgentConfiguration.Preset.default, .pymdp1] {
    try add("factors", preset.rawValue, [1, 2, 3, 4, 5, 6]) {
      try steps(
        randomModel(factors: $0, states: 3, outcomes: 3, actions: 3), preset, horizon: 2)
    }
    try add("policies", preset.rawValue, [2, 4, 8, 16, 32]) {
      try steps(randomModel(states: 8, outcomes: 8, actions: $0), preset, horizon: 2)
    }
    try add("horizon", preset.rawValue, [1, 2, 3, 4, 5]) {
      try steps(TMaze().model, preset, horizon: $0, episodes: 16)
    }
  }
  for (series, threshold) in [("every branch", 0.0), ("branches of 1/16 and more", 0.0625)] {
    try add("depth", "sophisticated, \(series)", [1, 2, 3, 4, 5]) {
      try search(depth: $0, threshold: threshold)
    }
  }
  let cores = ProcessInfo.processInfo.activeProcessorCount
  for way in ways {
    try add("agents", way.name, [1, 10, 100, 1000, 10_000]) {
      try contender(way, agents: $0, threads: cores)
    }
  }
  if let peer, !isQuick {
    try add("agents", "pymdp", [1, 10, 100, 1000]) { agents in
      let loop = shortLoop(agents: agents, threads: cores)
      _ = try peer.prepare(loop)
      return Contender(units: agents * loop.steps) { try peer.run(repetitions: $0, seed: $1) }
    }
  }
  return growths
}

/// Every way on one thread and on more, in turn.
func measureThreads(blocks: Int) throws -> [Growth] {
  let counts = threadCounts(ProcessInfo.processInfo.activeProcessorCount)
  return try ways.map { way in
    let contenders = try counts.map { try contender(way, agents: 10_000, threads: $0) }
    let samples = try inTurn(contenders, blocks: blocks)
    return Growth(
      panel: "threads", series: way.name, points: zip(counts, samples).map(Growth.Point.init))
  }
}

/// 1, 2, 4, ... and as many threads as there are cores.
private func threadCounts(_ cores: Int) -> [Int] {
  Array(sequence(first: 1) { $0 * 2 < cores ? $0 * 2 : nil }) + (cores > 1 ? [cores] : [])
}

/// One agent on random walks.
private func steps(
  _ model: GenerativeModel, _ preset: AgentConfiguration.Preset, horizon: Int, episodes: Int = 2
) throws -> Contender {
  let walk = try Walk(model, episodes: episodes, steps: 8)
  let agent = try forgetfulAgent(model, configuration(preset, horizon: horizon))
  return Contender(units: walk.steps) { _ in try walk.follow(agent) }
}

/// Sophisticated inference in the T-maze from the belief of a first step, of which nothing is kept.
private func search(depth: Int, threshold: Double) throws -> Contender {
  let walk = try Walk(TMaze().model, episodes: 32, steps: 1)
  var settings = configuration(.default, horizon: depth)
  settings.planning.method = .sophisticated
  settings.planning.sophisticated.policyThreshold = threshold
  settings.planning.sophisticated.outcomeThreshold = threshold
  let agent = try forgetfulAgent(walk.model, settings)
  return Contender(units: walk.steps) { _ in try walk.follow(agent) }
}

/// Agents in T-mazes of their own, 125 policies.
private func shortLoop(agents: Int, threads: Int) -> ClosedLoop {
  ClosedLoop(agents: agents, horizon: 3, steps: 7, threads: threads)
}

private func contender(_ way: Way, agents: Int, threads: Int) throws -> Contender {
  let loop = shortLoop(agents: agents, threads: threads)
  let run = try way.prepare(loop)
  return Contender(units: agents * loop.steps) { _ = try run($0) }
}
