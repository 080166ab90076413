import ActiveInference

/// Agents of several levels, as an environment may ask for.
extension SimulateCommand {
  /// Refuses what such an agent has not got.
  func check(_ levels: CompiledDeepAgent) throws {
    let count = levels.levels.count
    var faults = FaultGatherer()
    func refuse(_ isAsked: Bool, _ option: String, _ reason: String) {
      if isAsked {
        faults.gather { throw CommandFailure.input("--\(option): \(reason)") }
      }
    }
    refuse(
      output != nil, "output",
      "aif.trace/1 holds the steps of one level and this agent has \(count); --format json shows all"
    )
    refuse(model != nil, "model", "this agent has \(count) models")
    refuse(carry != nil, "carry", "counts go on only in agents of one level, this one has \(count)")
    try faults.check()
  }

  /// Runs episodes of which no trace is written.
  func runEpisodes<World: Environment>(
    _ simulation: Simulation<World>, _ levels: CompiledDeepAgent, _ report: SimulationReport
  ) throws {
    let level = simulation.level
    let reporter = report.reporter
    var progress = ProgressBar(total: episodes, of: "episodes")
    defer { progress.clear() }
    try simulation.run(
      episodes: 0..<UInt64(episodes), threads: min(threads ?? ThreadCount.ofMachine, episodes),
      makeAgent: {
        let agent = try DeepAgent(levels)
        agent.recordsIterates = level >= .iterates
        return agent
      },
      finish: { episode, _ in reporter(episode) },
      caughtUp: report.flush,
      deliver: { episode in
        report.add(episode)
        if report.isFull { try report.flush() }
        progress.update(report.count)
        return true
      })
  }
}
