import ActiveInference
import ReferenceSolvers

/// What `aif solve` prints.
struct SolveReport {
  let world: World
  let process: DecisionProcess
  let temperature: Double
  let solution: Solution
  var score: AgentScore?
  /// Observations a scored episode.
  var steps = 0

  init(world: World, process: DecisionProcess, temperature: Double, solution: Solution) {
    self.world = world
    self.process = process
    self.temperature = temperature
    self.solution = solution
  }

  func text(_ format: OutputFormat) -> String {
    switch format {
    case .table:
      var table = TextTable(["quantity", "value", "note"])
      for row in rows { table.add(row) }
      return table.text
    case .json: return document.prettyJSON
    case .csv:
      return ([["quantity", "value", "note"]] + rows)
        .map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
    }
  }

  private var rows: [[String]] {
    let value = solution.value
    let isExact = solution.method != .qmdp && solution.method != .fib
    var rows = [
      ["states", "\(process.stateCount)", process.isFullyObserved ? "seen" : "hidden"],
      ["actions", "\(process.actionCount)", ""],
      ["discount", "\(process.discount)", ""],
      ["method", solution.method.rawValue, "a nat is worth \(temperature)"],
      [
        "optimal value", isExact && value.gap.isFinite ? fixed(value.middle, 6) : "",
        "first outcomes not counted: \(fixed(process.firstReward, 6))",
      ],
      ["  at least", fixed(value.lower, 6), ""],
      ["  at most", fixed(value.upper, 6), ""],
    ]
    if let score {
      let cutOff =
        score.cutOff.isFinite ? "; what follows is at most \(fixed(score.cutOff, 3))" : ""
      rows += [
        [
          "agent's return", fixed(score.meanReturn, 6),
          "mean of \(grouped(score.episodes)) episodes of \(grouped(steps)) steps\(cutOff)",
        ],
        ["  standard error", fixed(score.standardError, 6), ""],
      ]
    }
    return rows
  }

  private var document: DocumentValue {
    func number(_ value: Double) -> DocumentValue { value.isFinite ? .number(value) : .null }
    var members: [DocumentValue.Member] = [
      .init("environment", .string(world.reference.id)),
      .init("states", .integer(process.stateCount)),
      .init("actions", .integer(process.actionCount)),
      .init("discount", .number(process.discount)),
      .init("temperature", .number(temperature)),
      .init("method", .string(solution.method.rawValue)),
      .init(
        "optimalValue",
        .object([
          .init("lower", number(solution.value.lower)),
          .init("upper", number(solution.value.upper)),
        ])),
      .init("firstReward", .number(process.firstReward)),
    ]
    if let score {
      members.append(
        .init(
          "agent",
          .object([
            .init("episodes", .integer(score.episodes)), .init("steps", .integer(steps)),
            .init("meanReturn", .number(score.meanReturn)),
            .init("standardError", .number(score.standardError)),
            .init("cutOff", number(score.cutOff)),
          ])))
    }
    return .object(members)
  }
}
