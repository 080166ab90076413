import ActiveInference
import BenchmarkWorkloads
import Foundation

/// Smoothing a long record of three factors of 5, 4 and 2 states in which everything depends on everything, on
/// one core.
struct SmoothingLine: Codable {
  let steps: Int
  let jointStates: Int
  /// What was found: beliefs, or also what learning counts.
  let what: String
  /// Seconds a record: the median over blocks and its quartiles.
  let seconds: [Double]
}

func measureSmoothing(steps: Int, blocks: Int) throws -> [SmoothingLine] {
  let model = try entangledModel(factors: [5, 4, 2], outcomes: [5, 3], actions: 4)
  let world = try ModelEnvironment(model)
  var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .user)
  var (state, observation) = world.reset(using: &random)
  var record = BehaviourRecord(observations: [observation], actions: [])
  for _ in 1..<steps {
    let action = model.controls.map { Int(random.next() % UInt64($0.size)) }
    observation = world.step(&state, action: action, using: &random)
    record.actions.append(action)
    record.observations.append(observation)
  }
  let smoother = try Smoother(model)
  let statistics = SequenceStatistics(try model.laidOut())
  let clock = ContinuousClock()
  func line(_ what: String, _ work: () throws -> SmoothedSequence) throws -> SmoothingLine {
    var times: [Double] = []
    for _ in 0..<blocks {
      let began = clock.now
      let sequence = try work()
      times.append((clock.now - began) / .seconds(1))
      guard sequence.isExact else { throw BenchmarkFailure("smoothing was not exact") }
    }
    times.sort()
    return SmoothingLine(
      steps: steps, jointStates: smoother.groups[0].jointStateCount, what: what,
      seconds: [times[blocks / 2], times[blocks / 4], times[3 * blocks / 4]])
  }
  return try [
    line("beliefs and evidence") { try smoother.smooth(record) },
    line("and expected counts") { try smoother.smooth(record, statistics: statistics) },
  ]
}

extension Report {
  /// Smoothing of long records.
  var smoothingTable: String {
    var table = Table()
    table.add("exact smoothing of a record, one core", "steps", "joint states", "s a record")
    for line in smoothing {
      table.add(
        line.what, "\(line.steps)", "\(line.jointStates)",
        String(
          format: "%.4f (%.4f, %.4f)", line.seconds[0], line.seconds[1], line.seconds[2]))
    }
    return table.text
  }
}
