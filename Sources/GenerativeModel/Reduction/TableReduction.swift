/// Reduces the columns of tables one after the other and keeps what was done.
struct TableReduction {
  private(set) var steps: [ModelReduction.Step] = []
  private(set) var columns = 0
  private let threshold: Double
  private let faults: FaultList

  init(threshold: Double, _ faults: FaultList) {
    self.threshold = threshold
    self.faults = faults
  }

  /// Reduces every column of a table.
  ///
  /// - Returns: nil, and faults, where no data lead from the prior to the posterior.
  mutating func reduce(
    _ place: TablePlace, posterior: Tensor?, prior: Tensor?
  ) -> (prior: Tensor, posterior: Tensor)? {
    let counts = place.inside("concentration")
    guard let posterior, let prior else {
      let (has, lacks) = prior == nil ? ("posterior", "prior") : ("prior", "posterior")
      faults.add(
        counts.name, "has counts in the \(has) and none in the \(lacks)",
        remedy: "give both models the same tables of counts")
      return nil
    }
    guard posterior.shape == prior.shape, posterior.shape == place.shape else {
      faults.add(counts.name, "has shape \(posterior.shape) and in the prior \(prior.shape)")
      return nil
    }
    guard check(counts, posterior, prior) else { return nil }
    var (priorValues, posteriorValues) = ([Int: Double](), [Int: Double]())
    for column in CountColumns(posterior: posterior, prior: prior) {
      columns += 1
      let reduction = ColumnReduction(
        posterior: column.posterior, prior: column.prior, threshold: threshold)
      if reduction.steps.isEmpty { continue }
      for (cell, offset) in column.offsets.enumerated() {
        priorValues[offset] = reduction.prior[cell]
        posteriorValues[offset] = reduction.posterior[cell]
      }
      steps += reduction.steps.map { step(place, column, $0) }
    }
    return (prior.replacing(priorValues), posterior.replacing(posteriorValues))
  }

  /// Whether data may have led from the prior to the posterior; faults where not.
  private func check(_ place: TablePlace, _ posterior: Tensor, _ prior: Tensor) -> Bool {
    var run = FaultRun()
    forEachPair(posterior, prior) { offset, after, before in
      if let problem = DirichletReduction.problem(posterior: after, prior: before) {
        run.add(
          Fault(
            place.entry(offset), problem,
            remedy: "the prior must be what the posterior was learned from"))
      }
    }
    faults.add(run.summary(place.name, one: "entry", many: "entries"))
    return run.count == 0
  }

  private func step(
    _ place: TablePlace, _ column: CountColumns.Column, _ step: ColumnReduction.Step
  ) -> ModelReduction.Step {
    func label(_ cell: Int) -> String { place.value(column.offsets[cell]) }
    return ModelReduction.Step(
      place: place.column(column.index), hypothesis: step.hypothesis,
      removed: step.removed.map(label), expected: step.expected.map(label),
      logEvidenceDifference: step.reduction.logEvidenceDifference)
  }
}

/// The columns of two tables of one shape, of the cells that either holds, ascending.
private struct CountColumns: Sequence {
  struct Column {
    let index: Int
    var offsets: [Int] = []
    var prior: [Double] = []
    var posterior: [Double] = []
  }

  private let columns: [Column]

  init(posterior: Tensor, prior: Tensor) {
    let count = prior.shape.dropFirst().reduce(1, *)
    var columns: [Int: Column] = [:]
    forEachPair(posterior, prior) { offset, after, before in
      if before == 0 { return }
      let index = offset % count
      columns[index, default: Column(index: index)].offsets.append(offset)
      columns[index]?.prior.append(before)
      columns[index]?.posterior.append(after)
    }
    self.columns = columns.values.sorted { $0.index < $1.index }
  }

  func makeIterator() -> IndexingIterator<[Column]> { columns.makeIterator() }
}

extension TablePlace {
  /// The label of what an entry says the count or probability of: `loss`.
  func value(_ offset: Int) -> String {
    axes[0].variable.label(offset / axes.dropFirst().reduce(1) { $0 * $1.variable.size })
  }
}

extension Tensor {
  /// A tensor of the same shape and storage in which some entries are others, and zero entries are not
  /// held where it is sparse.
  fileprivate func replacing(_ entries: [Int: Double]) -> Tensor {
    if entries.isEmpty { return self }
    let replaced = mapStored { offset, value in entries[offset] ?? value }
    guard case .sparse(let offsets, let values) = replaced.storage else { return replaced }
    let held = zip(offsets, values).filter { $0.1 != 0 }
    return Tensor(shape: shape, offsets: held.map(\.0), values: held.map(\.1))
  }
}
