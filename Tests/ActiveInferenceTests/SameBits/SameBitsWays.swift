import ActiveInference

/// How many episodes are dealt out, to whom, and what is saved.
struct SameBitsBatch: CustomStringConvertible {
  var savings: Savings
  var threads: Int
  /// Nil where it is measured.
  var chunk: Int?
  /// Whether lines are written on the thread that ran an episode, or all of them at the end.
  var isStreamed = true

  var description: String {
    let chunk = chunk.map(String.init) ?? "as many as are quick"
    return "savings \(savings.rawValue), \(threads) threads, chunks of \(chunk),"
      + (isStreamed ? " streamed" : " collected")
  }
}

/// The ways to live through the episodes of a cell; each gives one line an episode.
struct SameBitsWays<World: Environment> {
  let cell: SameBitsCell
  let world: World
  let lines: SameBitsLines

  init(_ cell: SameBitsCell, _ world: World) {
    self.cell = cell
    self.world = world
    lines = SameBitsLines(cell)
  }

  private func blueprint(_ savings: Savings) throws -> CompiledAgent {
    try CompiledAgent(cell.model, cell.configuration, savings: savings)
  }

  private func agent(_ savings: Savings) throws -> ActiveInferenceAgent {
    try ActiveInferenceAgent(blueprint(savings))
  }

  private func simulation(_ level: RecordLevel = .full) -> Simulation<World> {
    Simulation(world, steps: cell.steps, seed: cell.seed, level: level)
  }

  private func line(_ episode: Episode, _ agent: ActiveInferenceAgent) -> [UInt8] {
    lines.line(episode.index, episode.steps, agent.concentration)
  }

  /// What all others are held to: one agent for each episode, one thread, nothing saved.
  func alone() throws -> (lines: [[UInt8]], episodes: [Episode]) {
    var lines: [[UInt8]] = []
    var episodes: [Episode] = []
    let blueprint = try blueprint([])
    for index in 0..<cell.episodes {
      var agent = try ActiveInferenceAgent(blueprint)
      let episode = try simulation().run(&agent, episode: index)
      lines.append(line(episode, agent))
      episodes.append(episode)
    }
    return (lines, episodes)
  }

  /// Dealt out to threads.
  func batch(_ batch: SameBitsBatch, _ range: Range<UInt64>? = nil) throws -> [[UInt8]] {
    let blueprint = try blueprint(batch.savings)
    var simulation = simulation()
    simulation.chunkSize = batch.chunk
    let makeAgent: @Sendable () throws -> ActiveInferenceAgent = {
      try ActiveInferenceAgent(blueprint)
    }
    let range = range ?? 0..<cell.episodes
    if batch.isStreamed {
      var written: [[UInt8]] = []
      try simulation.run(
        episodes: range, threads: batch.threads, makeAgent: makeAgent,
        finish: { [lines] in lines.line($0.index, $0.steps, $1.concentration) },
        deliver: {
          written.append($0)
          return true
        })
      return written
    }
    var collected: [(episode: Episode, final: GenerativeModel.Concentration)] = []
    try simulation.run(
      episodes: range, threads: batch.threads, makeAgent: makeAgent,
      finish: { (episode: $0, final: $1.concentration) },
      deliver: {
        collected.append($0)
        return true
      })
    return collected.map { lines.line($0.episode.index, $0.episode.steps, $0.final) }
  }

  /// By one agent that has lived all later episodes before, act by act.
  func byHand(_ savings: Savings) throws -> [[UInt8]] {
    let agent = try agent(savings)
    return try (0..<cell.episodes).reversed().map { episode in
      agent.forget()
      agent.begin(seed: cell.seed, episode: episode)
      let steps = try live(agent, episode) { _ in agent }
      return lines.line(episode, steps, agent.concentration)
    }.reversed()
  }

  /// By an agent that is saved as text before each second step, and by another that goes on from there.
  func resumed(_ savings: Savings) throws -> [[UInt8]] {
    let blueprint = try blueprint(savings)
    var pair = [try ActiveInferenceAgent(blueprint), try ActiveInferenceAgent(blueprint)]
    return try (0..<cell.episodes).map { episode in
      pair[0].forget()
      pair[0].begin(seed: cell.seed, episode: episode)
      let steps = try live(pair[0], episode) { step in
        if step % 2 == 1 {
          try pair[1].resume(from: Array(pair[0].stateText.utf8), source: "state")
          pair.swapAt(0, 1)
        }
        return pair[0]
      }
      return lines.line(episode, steps, pair[0].concentration)
    }
  }

  /// The loop, written out.
  private func live(
    _ first: ActiveInferenceAgent, _ episode: UInt64,
    next: (_ step: Int) throws -> ActiveInferenceAgent
  ) throws -> [StepRecord] {
    func stream(_ step: Int) -> RandomStream {
      RandomStream(
        seed: cell.seed, episode: episode, step: UInt64(step), purpose: .environment)
    }
    var random = stream(0)
    var (state, observation) = world.reset(using: &random)
    var action: [Int] = []
    var agent = first
    var records = try (0..<cell.steps).map { step in
      if step > 0 {
        random = stream(step)
        observation = world.step(&state, action: action, using: &random)
        agent = try next(step)
      }
      action = try agent.act(on: observation)
      try agent.took(action)
      var record = StepRecord(t: step, observation: observation, action: action)
      let states = world.hiddenStates(state)
      record.states = states.isEmpty ? nil : states
      agent.describe(&record, level: .full)
      return record
    }
    try agent.conclude(&records, level: .full)
    return records
  }

  /// Lived again from the record of what was seen and done.
  func replayed(_ savings: Savings, _ episodes: [Episode]) throws -> [[UInt8]] {
    let agent = try agent(savings)
    return try episodes.map { episode in
      agent.forget()
      let record = BehaviourRecord(
        observations: episode.steps.map(\.observation), actions: episode.steps.compactMap(\.action))
      var steps = try agent.replay(record, seed: cell.seed, episode: episode.index)
      for index in steps.indices { steps[index].states = episode.steps[index].states }
      return lines.line(episode.index, steps, agent.concentration)
    }
  }

  /// Recorded with every sweep, of which the lines then say nothing.
  func sweepBySweep(_ savings: Savings) throws -> [[UInt8]] {
    var agent = try agent(savings)
    agent.recordsIterates = true
    return try (0..<cell.episodes).map { index in
      agent.forget()
      let episode = try simulation(.iterates).run(&agent, episode: index)
      let steps = episode.steps.map { $0.reduced(to: .full) }
      return lines.line(index, steps, agent.concentration)
    }
  }
}
