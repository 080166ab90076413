// What the engine costs: swift run -c release --package-path Benchmarks benchmark

import ActiveInference
import Foundation
import TMaze

// First of all, while everything is cold.
let clock = ContinuousClock()
let begin = clock.now
_ = try ActiveInferenceAgent(TMaze().model).act(on: [.outcome(0), .outcome(0), .outcome(0)])
let firstStep = (clock.now - begin) / .milliseconds(1)
if CommandLine.arguments.contains("--first-step") { exit(0) }

/// A configuration of the T-maze agent.
func configuration(
  _ preset: AgentConfiguration.Preset, horizon: Int
) -> AgentConfiguration {
  var configuration = AgentConfiguration(preset: preset)
  configuration.planning.horizon = horizon
  return configuration
}

func microseconds(_ nanoseconds: Double) -> String {
  String(format: "%.2f", nanoseconds / 1000)
}

func measureSteps() throws {
  var table = Table()
  table.add("one step in the T-maze, one core", "policies", "median us", "best us", "target us")
  let walk = try Walk(steps: 512)
  let targets: [AgentConfiguration.Preset: [String]] = [.pymdp1: ["4", "10", "30"]]
  for preset in [AgentConfiguration.Preset.pymdp1, .default, .pymdp007] {
    for horizon in 2...4 {
      let agent = try ActiveInferenceAgent(CompiledAgent(walk.model, configuration(preset, horizon: horizon), savings: []))
      let cost = try Measurement(units: walk.record.observations.count) { try walk.follow(agent) }
      table.add(
        "preset \(preset.rawValue)", "\(agent.policyPosterior.count)", microseconds(cost.median),
        microseconds(cost.best), targets[preset]?[horizon - 2] ?? "")
    }
  }
  print(table.text, "\n")
}

func measureEpisodes() throws {
  var table = Table()
  table.add("episodes of 6 steps, 25 policies, nothing recorded", "threads", "episodes/s")
  let maze = try TMaze()
  let blueprint = try CompiledAgent(maze.model, configuration(.default, horizon: 2))
  let simulation = Simulation(maze, steps: 6, level: .none)
  let count: UInt64 = 4096
  for threads in Set([1, ProcessInfo.processInfo.activeProcessorCount]).sorted() {
    let cost = try Measurement(units: Int(count)) {
      try simulation.run(
        episodes: 0..<count, threads: threads,
        makeAgent: { try ActiveInferenceAgent(blueprint) }, finish: { episode, _ in episode.index },
        deliver: { _ in true })
    }
    table.add("default agent", "\(threads)", String(format: "%.0f", 1e9 / cost.median))
  }
  print(table.text, "\n")
}

/// Starts a process that takes one step, waits for its end, and says what that took in nanoseconds.
func coldStart() throws -> Measurement {
  let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
  return try Measurement(units: 1) {
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("--first-step"), nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    let failure = posix_spawn(&child, program, nil, nil, &arguments, environ)
    guard failure == 0 else { throw CocoaError(.executableNotLoadable) }
    waitpid(child, nil, 0)
  }
}

try measureSteps()
try measureEpisodes()
var table = Table()
table.add("cold start", "ms")
table.add("a process that takes one step", String(format: "%.1f", try coldStart().median / 1e6))
table.add("of which model, agent and step", String(format: "%.2f", firstStep))
print(table.text)
