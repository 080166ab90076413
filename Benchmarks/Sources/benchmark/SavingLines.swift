import ActiveInference
import BenchmarkWorkloads
import TMaze

/// What one exact saving is worth in the T-maze.
struct SavingLine: Codable {
  let name: String
  let policies: Int
  /// Nanoseconds a step of one agent, or counted work, without it and with it.
  let without: Double
  let with: Double
  let isCounted: Bool
}

/// Each saving without and with, others as they are where agents go one by one; on one thread.
func measureSavings(horizons: [Int], blocks: Int) throws -> [SavingLine] {
  let both: Savings = [.mergedBeliefs, .endedIterations]
  let cases: [(name: String, without: Savings, with: Savings)] = [
    ("equal beliefs merged", .endedIterations, both),
    ("iterations ended that change no bit", .mergedBeliefs, both),
    ("side by side, equal beliefs planned once", both, both.union(.lanes)),
    ("steps remembered", both, .all),
  ]
  var lines: [SavingLine] = []
  for horizon in horizons {
    let loop = ClosedLoop(agents: 200, horizon: horizon, steps: 7, threads: 1)
    lines += try countedSavings(loop)
    for one in cases {
      let contenders = try [one.without, one.with].map { savings in
        let run = try simulated(loop, savings)
        return Contender(units: loop.agents * loop.steps) { _ = try run($0) }
      }
      let samples = try inTurn(contenders, blocks: blocks)
      lines.append(
        SavingLine(
          name: one.name, policies: loop.policies, without: samples[0].median,
          with: samples[1].median, isCounted: false))
    }
  }
  return lines
}

/// What has no switch, because it is how the engine is built: counted.
private func countedSavings(_ loop: ClosedLoop) throws -> [SavingLine] {
  let model = try TMaze().model
  let cost = try StepCost(of: model, loop.configuration)
  // A table of utilities, ambiguity and, where they are needed, outcomes has a column for each joint
  // state of a scope; apart, each modality would have one of its own.
  var apart = 0
  var folded: [[Int]: Int] = [:]
  for (modality, likelihood) in zip(model.modalities, model.likelihoods) {
    let columns = likelihood.given.reduce(1) { $0 * model.factors[$1].size }
    apart += columns * modality.size + modality.size + columns
    folded[likelihood.given] = 2 * columns
  }
  return [
    SavingLine(
      name: "prefixes shared: steps evaluated", policies: loop.policies,
      without: Double(loop.policies * loop.horizon), with: Double(cost.prefixes), isCounted: true),
    SavingLine(
      name: "utility and ambiguity folded: products a node", policies: loop.policies,
      without: Double(apart), with: Double(folded.values.reduce(0, +)), isCounted: true),
  ]
}
