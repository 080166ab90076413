import ActiveInference
import BenchmarkWorkloads
import Foundation

/// A successor map of a slippery grid: its dynamics, the values of one reward, and what a step of an agent
/// takes that plans by it; in a process of its own, on one core.
struct SuccessorLine: Codable {
  let side: Int
  /// Seconds from the model to its joint dynamics, and from these to the values of one reward.
  let dynamics: Double
  let values: Double
  /// The largest difference between a value and reward + discount x expected next value.
  let residual: Double
  /// The most memory held until then, in bytes.
  let memory: Int?
  /// Seconds until an agent has taken its first step, and nanoseconds a step after that.
  let first: Double
  let step: Double
  /// The most memory held until the end, in bytes.
  let agentMemory: Int?
}

/// What a process started with `--successor SIDE` does: writes its line as JSON.
func runSuccessor(_ arguments: [String]) throws {
  guard let side = arguments.first.flatMap({ Int($0) }) else {
    throw BenchmarkFailure("--successor SIDE")
  }
  let clock = ContinuousClock()
  func seconds(_ work: () throws -> Void) rethrows -> Double {
    let began = clock.now
    try work()
    return (clock.now - began) / .seconds(1)
  }
  let model = try grid(side: side)
  let reward = try StateRewards(model).utility
  var made: JointTransition?
  let dynamics = try seconds { made = try JointTransition(model) }
  guard let transition = made else { return }
  var values: [Double] = []
  var residual = 0.0
  let solution = try seconds {
    let map = try SuccessorMap(transition, discount: 0.95)
    values = try map.values(for: reward)
    residual = try map.residual(of: values, for: reward)
  }
  made = nil
  let memory = peakMemory()

  var configuration = AgentConfiguration()
  configuration.planning.method = .successor
  configuration.planning.successor.basePolicy = .uniform
  let agent = try forgetfulAgent(model, configuration)
  let world = try ModelEnvironment(model)
  var random = RandomStream(seed: 1, episode: 0, step: 0, purpose: .user)
  var (state, observation) = world.reset(using: &random)
  agent.begin(seed: 0, episode: 0)
  func act() throws {
    let action = try agent.act(on: observation)
    observation = world.step(&state, action: action, using: &random)
  }
  let first = try seconds { try act() }
  let steps = 2000
  let all = try seconds { for _ in 0..<steps { try act() } }
  let line = SuccessorLine(
    side: side, dynamics: dynamics, values: solution, residual: residual, memory: memory,
    first: first, step: all * 1e9 / Double(steps), agentMemory: peakMemory())
  FileHandle.standardOutput.write(try JSONEncoder().encode(line))
  FileHandle.standardOutput.write(Data("\n".utf8))
}

/// A line for each size, each in a process of its own.
///
/// - Parameter program: this program.
func measureSuccessor(sides: [Int], program: String) throws -> [SuccessorLine] {
  try sides.map { side in
    let line = try Channel(program, ["--successor", "\(side)"]).readLine()
    return try JSONDecoder().decode(SuccessorLine.self, from: line)
  }
}

extension Report {
  /// Successor maps of grids.
  var successorTable: String {
    var table = Table()
    table.add(
      "successor map of a grid, discount 0.95", "cells", "dynamics, s", "values, s", "residual",
      "peak MiB", "agent's first step, s", "a step, us", "agent's peak MiB")
    for line in successor {
      table.add(
        "one core, uniform base policy", "\(line.side * line.side)",
        String(format: "%.3f", line.dynamics), String(format: "%.3f", line.values),
        String(format: "%.1g", line.residual), mebibytes(line.memory),
        String(format: "%.2f", line.first), String(format: "%.2f", line.step / 1000),
        mebibytes(line.agentMemory))
    }
    return table.text
  }
}
