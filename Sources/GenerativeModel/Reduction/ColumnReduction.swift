import Kernels

/// A simpler prior that a column of counts may have had.
public enum ColumnHypothesis: String, Hashable, Sendable, CaseIterable {
  /// Cells to which the data have added nothing are impossible.
  ///
  /// Of all sets of cells that could be taken away this has the greatest evidence: a cell with evidence
  /// cannot go, and each one without leaves more of the prior's probability to those that were seen.
  case pruned
  /// One cell is expected: the others keep a 32nd of their prior counts, and it has the rest.
  case sharpened
  /// All cells are expected alike: the prior's sum, shared out evenly.
  case flattened
}

/// The greedy search over the priors of one column.
struct ColumnReduction {
  /// A prior that was taken in place of the one before it.
  struct Step {
    let hypothesis: ColumnHypothesis
    let reduction: DirichletReduction
    /// The cells of the column that were taken away.
    let removed: [Int]
    /// The cell that is expected, where it is ``ColumnHypothesis/sharpened``.
    let expected: Int?
  }

  /// What was taken, in this order; each difference is against the one before it, so that they add up.
  private(set) var steps: [Step] = []
  private(set) var prior: [Double]
  private(set) var posterior: [Double]
  private let evidence: [Double]

  /// What a cell that is not expected keeps of its prior count.
  static let remainder = 1.0 / 32

  /// Takes the hypothesis with the greatest evidence, then the best of the others on top of it, as long as
  /// evidence rises by more than a threshold.
  ///
  /// - Complexity: O(cells).
  init(posterior: [Double], prior: [Double], threshold: Double) {
    self.prior = prior
    self.posterior = posterior
    evidence = zip(posterior, prior).map(DirichletReduction.evidence)
    // What nothing was seen of says nothing of its prior.
    guard evidence.contains(where: { $0 > 0 }) else { return }
    var open = ColumnHypothesis.allCases
    while let step = best(of: open), step.reduction.logEvidenceDifference > threshold {
      steps.append(step)
      open.removeAll { $0 == step.hypothesis }
      self.prior = step.reduction.prior
      self.posterior = step.reduction.posterior
    }
  }

  /// The hypothesis with the greatest evidence; of equals the first.
  private func best(of hypotheses: [ColumnHypothesis]) -> Step? {
    var best: Step?
    for hypothesis in hypotheses {
      guard let step = step(hypothesis) else { continue }
      let difference = step.reduction.logEvidenceDifference
      if difference > best?.reduction.logEvidenceDifference ?? -.infinity { best = step }
    }
    return best
  }

  /// What a hypothesis makes of the column; nil where it is what the column has already.
  private func step(_ hypothesis: ColumnHypothesis) -> Step? {
    let cells = prior.indices.filter { prior[$0] > 0 }
    guard cells.count > 1 else { return nil }
    let total = cells.reduce(0) { $0 + prior[$1] }
    var reduced = prior
    var removed: [Int] = []
    var expected: Int?
    switch hypothesis {
    case .pruned:
      removed = cells.filter { evidence[$0] == 0 }
      for cell in removed { reduced[cell] = 0 }
    case .sharpened:
      let cell = bestExpected(cells, total)
      expected = cell
      for other in cells { reduced[other] *= ColumnReduction.remainder }
      reduced[cell] = expectedCount(cell, total)
    case .flattened:
      for cell in cells { reduced[cell] = total / Double(cells.count) }
    }
    if reduced == prior { return nil }
    return Step(
      hypothesis: hypothesis,
      reduction: DirichletReduction(
        evidence: evidence, posterior: posterior, prior: prior, reducedPrior: reduced),
      removed: removed, expected: expected)
  }

  private func expectedCount(_ cell: Int, _ total: Double) -> Double {
    prior[cell] + (1 - ColumnReduction.remainder) * (total - prior[cell])
  }

  /// The cell that is best expected.
  ///
  /// The sum of the prior stays, so that only the cell's own part of the evidence tells one from another.
  private func bestExpected(_ cells: [Int], _ total: Double) -> Int {
    func part(_ count: Double, _ cell: Int) -> Double {
      evidence[cell] > 0 ? logGamma(count + evidence[cell]) - logGamma(count) : 0
    }
    var best = (cell: cells[0], value: -Double.infinity)
    for cell in cells {
      let value =
        part(expectedCount(cell, total), cell)
        - part(prior[cell] * ColumnReduction.remainder, cell)
      if value > best.value { best = (cell, value) }
    }
    return best.cell
  }
}
