import ActiveInference
import Foundation

extension Explanation {
  /// The difference, the energies as a table, and the cause: a few lines for a person.
  ///
  ///     episode 0, step 1, free energy: expected 0.69, got 0.92 (difference 0.23)
  ///
  ///       energies in nats       expected    got
  ///       step 0, free energy    0.0         same
  ///       step 1, free energy    0.69        0.92
  ///
  ///     Likely cause: the model changed: D[context], left pays: 0.5 became 0.4, and 1 more entry.
  public var description: String {
    let table = table
    return
      (["episode \(episode), \(difference)"]
      + (table.isEmpty ? [] : [""] + table) + ["", "Likely cause: \(likelyCause)."]
      + alsoChanged.map { "Besides, \($0)." })
      .joined(separator: "\n")
  }

  /// The cause, without the difference where that has been told.
  private var likelyCause: String {
    switch cause {
    case .data(let found) where found == difference:
      "the data changed, with model, agent and seed as they were"
    case .algorithm(let stage, let found) where found == difference:
      "the algorithm changed, at \(stage.rawValue), with model, agent and data as they were"
    default: cause.description
    }
  }

  // MARK: - Energies

  private var table: [String] {
    // A term that is off in both traces says nothing.
    let shown = energies.filter { $0.policy == nil || $0.expected != 0 || $0.actual != 0 }
    if shown.isEmpty { return [] }
    let rows = [["energies in nats", "expected", "got"]] + shown.map(\.cells)
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let padded = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "  " + padded.joined(separator: "    ") + "    " + row[2]
    }
  }
}

extension Explanation.Energy {
  /// What it is, what was expected, what came.
  fileprivate var cells: [String] {
    let place =
      "step \(step), " + (level.map { "level \($0), " } ?? "")
      + (policy.map { "policy \($0), " } ?? "")
    let isSame = expected.bitPattern == actual.bitPattern
    let (one, other) = (short(expected), short(actual))
    if isSame { return [place + words, one, "same"] }
    // All digits where fewer do not tell them apart.
    return [place + words] + (one == other ? ["\(expected)", "\(actual)"] : [one, other])
  }

  private var words: String {
    switch quantity {
    case "freeEnergy": "free energy"
    case "negativeExpectedFreeEnergy": "together"
    default: TraceComparison.terms.first { $0.key == quantity }?.words ?? quantity
    }
  }

  private func short(_ value: Double) -> String { String(format: "%.6g", value) }
}

extension Explanation.Cause: CustomStringConvertible {
  /// What changed, in a sentence without its stop.
  public var description: String {
    switch self {
    case .model(let changes): "the model changed: \(changes)"
    case .agent(let changes): "the agent's configuration changed: \(changes)"
    case .seed(let change): "the seed changed: \(change)"
    case .episode(let change): "it is another episode: \(change)"
    case .environment(let changes): "the data changed with the environment: \(changes)"
    case .data(let difference):
      "the data changed, with model, agent and seed as they were: \(difference)"
    case .algorithm(let stage, let difference):
      "the algorithm changed, at \(stage.rawValue), with model, agent and data as they were; first "
        + "beyond rounding is \(difference)"
    case .arithmetic(let count, let largest):
      "the arithmetic changed: all that differs is rounding, \(count) "
        + "\(count == 1 ? "number" : "numbers"), most of all \(largest)"
    }
  }
}
