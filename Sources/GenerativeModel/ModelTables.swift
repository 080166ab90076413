import Kernels

/// The numbers of a compiled model in the order that a step reads them.
///
/// Shared by agents that do not learn; an agent that learns writes to a copy of its own.
public final class ModelTables: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it (``ActiveInferenceAgent``).

  /// By modality `[outcome][column]`: P(outcome | joint state of its scope).
  public let likelihoodRows: FixedBuffer<Double>
  /// By modality `[column][outcome]`, the same numbers.
  public let likelihoodColumns: FixedBuffer<Double>
  /// By factor `[joint action][column][next]`.
  public let transitionColumns: FixedBuffer<Double>
  /// By factor: P(first state).
  public let initialStates: FixedBuffer<Double>
  /// Counts of the likelihood by modality `[column][outcome]`; only those of tables with counts mean
  /// anything.
  public let likelihoodCounts: FixedBuffer<Double>?
  /// Counts of the transitions by factor `[joint action][column][next]`.
  public let transitionCounts: FixedBuffer<Double>?
  /// Counts of the initial states by factor.
  public let initialStateCounts: FixedBuffer<Double>?
  /// Counts of the preferences by modality and outcome.
  public let preferenceCounts: FixedBuffer<Double>?
  /// Counts of the policies.
  public let habitCounts: FixedBuffer<Double>?

  /// Lays out the numbers of a model.
  public init(_ compiled: CompiledModel) {
    let model = compiled.model
    likelihoodRows = FixedBuffer(repeating: 0, count: compiled.likelihoodCount)
    likelihoodColumns = FixedBuffer(repeating: 0, count: compiled.likelihoodCount)
    transitionColumns = FixedBuffer(repeating: 0, count: compiled.transitionCount)
    initialStates = FixedBuffer(repeating: 0, count: compiled.stateCount)
    let counts = model.concentration
    likelihoodCounts = ModelTables.buffer(compiled.likelihoodCount, for: counts.likelihood)
    transitionCounts = ModelTables.buffer(compiled.transitionCount, for: counts.transition)
    initialStateCounts = ModelTables.buffer(compiled.stateCount, for: counts.initialState)
    preferenceCounts = ModelTables.buffer(compiled.outcomeCount, for: counts.preference)
    habitCounts = counts.habit.map { FixedBuffer($0) }

    for (index, likelihood) in model.likelihoods.enumerated() {
      let plan = compiled.modalities.base[index]
      let rows = likelihoodRows.base + plan.offset
      ModelTables.write(likelihood.probability, to: rows)
      transpose(
        rows, rows: plan.outcomes, columns: plan.columns,
        into: likelihoodColumns.base + plan.offset)
      if let table = counts.likelihood[index], let buffer = likelihoodCounts {
        ModelTables.writeColumns(table, to: buffer.base + plan.offset)
        averageLikelihood(plan)
      }
      if let table = counts.preference[index], let buffer = preferenceCounts,
        table.shape.count == 1
      {
        ModelTables.write(table, to: buffer.base + plan.outcomeOffset)
      }
    }
    for (index, transition) in model.transitions.enumerated() {
      let plan = compiled.factors.base[index]
      let columns = transitionColumns.base + plan.offset
      writeTransition(transition.probability, plan, to: columns)
      if let table = counts.transition[index], let buffer = transitionCounts {
        writeTransition(table, plan, to: buffer.base + plan.offset)
        averageTransition(plan)
      }
      let uniform = [Double](repeating: 1 / Double(plan.states), count: plan.states)
      for (state, p) in (model.initialStates[index] ?? uniform).enumerated() {
        initialStates.base[plan.stateOffset + state] = p
      }
      if let table = counts.initialState[index], let buffer = initialStateCounts {
        for (state, count) in table.enumerated() { buffer.base[plan.stateOffset + state] = count }
        averageInitialState(plan)
      }
    }
  }

  private init(copying other: ModelTables) {
    likelihoodRows = other.likelihoodRows.copy()
    likelihoodColumns = other.likelihoodColumns.copy()
    transitionColumns = other.transitionColumns.copy()
    initialStates = other.initialStates.copy()
    likelihoodCounts = other.likelihoodCounts?.copy()
    transitionCounts = other.transitionCounts?.copy()
    initialStateCounts = other.initialStateCounts?.copy()
    preferenceCounts = other.preferenceCounts?.copy()
    habitCounts = other.habitCounts?.copy()
  }

  // MARK: - Distributions as the means of their counts

  /// Makes a likelihood the mean of its counts, so that its bits depend on the counts alone.
  package func averageLikelihood(_ plan: CompiledModel.ModalityPlan) {
    guard let counts = likelihoodCounts else { return }
    let columns = likelihoodColumns.base + plan.offset
    average(counts.base + plan.offset, into: columns, columns: plan.columns, size: plan.outcomes)
    transpose(
      columns, rows: plan.columns, columns: plan.outcomes, into: likelihoodRows.base + plan.offset)
  }

  /// Makes a transition the mean of its counts.
  package func averageTransition(_ plan: CompiledModel.FactorPlan) {
    guard let counts = transitionCounts else { return }
    average(
      counts.base + plan.offset, into: transitionColumns.base + plan.offset,
      columns: plan.columns * plan.actions, size: plan.states)
  }

  /// Makes the first states the mean of their counts.
  package func averageInitialState(_ plan: CompiledModel.FactorPlan) {
    guard let counts = initialStateCounts else { return }
    average(
      counts.base + plan.stateOffset, into: initialStates.base + plan.stateOffset, columns: 1,
      size: plan.states)
  }

  private func average(
    _ counts: UnsafePointer<Double>, into means: UnsafeMutablePointer<Double>, columns: Int,
    size: Int
  ) {
    for column in 0..<columns {
      let run = counts + column * size
      let total = Contraction.sum(run, count: size)
      for value in 0..<size { means[column * size + value] = run[value] / total }
    }
  }

  /// Takes over the numbers of other tables of the same model.
  package func restore(from other: ModelTables) {
    likelihoodRows.copy(from: other.likelihoodRows)
    likelihoodColumns.copy(from: other.likelihoodColumns)
    transitionColumns.copy(from: other.transitionColumns)
    initialStates.copy(from: other.initialStates)
    for (mine, theirs) in [
      (likelihoodCounts, other.likelihoodCounts), (transitionCounts, other.transitionCounts),
      (initialStateCounts, other.initialStateCounts), (preferenceCounts, other.preferenceCounts),
      (habitCounts, other.habitCounts),
    ] {
      if let mine, let theirs { mine.copy(from: theirs) }
    }
  }

  /// Numbers of one's own, to be learned.
  public func copy() -> ModelTables { ModelTables(copying: self) }

  private static func buffer<T>(_ count: Int, for tables: [T?]) -> FixedBuffer<Double>? {
    tables.contains { $0 != nil } ? FixedBuffer(repeating: 0, count: count) : nil
  }

  /// Writes a tensor row-major, touching only what it stores.
  static func write(_ tensor: Tensor, to base: UnsafeMutablePointer<Double>) {
    switch tensor.storage {
    case .dense(let values):
      for (offset, value) in values.enumerated() { base[offset] = value }
    case .sparse(let offsets, let values):
      for (offset, value) in zip(offsets, values) { base[offset] = value }
    }
  }

  /// Writes `[outcome, columns...]` as `[column][outcome]`.
  private static func writeColumns(_ tensor: Tensor, to base: UnsafeMutablePointer<Double>) {
    let outcomes = tensor.shape[0]
    let columns = tensor.count / max(outcomes, 1)
    forEachEntry(tensor) { offset, value in
      base[offset % columns * outcomes + offset / columns] = value
    }
  }

  private static func forEachEntry(_ tensor: Tensor, _ body: (Int, Double) -> Void) {
    switch tensor.storage {
    case .dense(let values):
      for (offset, value) in values.enumerated() { body(offset, value) }
    case .sparse(let offsets, let values):
      for (offset, value) in zip(offsets, values) { body(offset, value) }
    }
  }

  /// Writes `[next, given..., controls...]` as `[joint action][column][next]`.
  private func writeTransition(
    _ tensor: Tensor, _ plan: CompiledModel.FactorPlan, to base: UnsafeMutablePointer<Double>
  ) {
    ModelTables.forEachEntry(tensor) { offset, value in
      let action = offset % plan.actions
      let column = offset / plan.actions % plan.columns
      let next = offset / (plan.actions * plan.columns)
      base[(action * plan.columns + column) * plan.states + next] = value
    }
  }
}

/// Writes a row-major table with its axes exchanged.
package func transpose(
  _ table: UnsafePointer<Double>, rows: Int, columns: Int, into result: UnsafeMutablePointer<Double>
) {
  for row in 0..<rows {
    for column in 0..<columns { result[column * rows + row] = table[row * columns + column] }
  }
}

extension ModelTables {
  /// The counts as they are now, in the model's shapes.
  public func concentration(_ compiled: CompiledModel) -> GenerativeModel.Concentration {
    var result = compiled.model.concentration
    for index in compiled.model.modalities.indices {
      let plan = compiled.modalities.base[index]
      if let table = result.likelihood[index], let buffer = likelihoodCounts {
        let base = buffer.base + plan.offset
        result.likelihood[index] = table.reading { offset in
          base[offset % plan.columns * plan.outcomes + offset / plan.columns]
        }
      }
      if let table = result.preference[index], let buffer = preferenceCounts,
        table.shape.count == 1
      {
        result.preference[index] = table.reading { buffer.base[plan.outcomeOffset + $0] }
      }
    }
    for index in compiled.model.factors.indices {
      let plan = compiled.factors.base[index]
      if let table = result.transition[index], let buffer = transitionCounts {
        let base = buffer.base + plan.offset
        result.transition[index] = table.reading { offset in
          let action = offset % plan.actions
          let column = offset / plan.actions % plan.columns
          return base[
            (action * plan.columns + column) * plan.states + offset / (plan.actions * plan.columns)]
        }
      }
      if result.initialState[index] != nil, let buffer = initialStateCounts {
        result.initialState[index] = buffer.array(
          plan.stateOffset..<plan.stateOffset + plan.states)
      }
    }
    if let buffer = habitCounts { result.habit = buffer.array(0..<buffer.count) }
    return result
  }
}

extension Tensor {
  /// A tensor of the same shape and storage whose stored cells are read anew by offset.
  fileprivate func reading(_ value: (Int) -> Double) -> Tensor {
    switch storage {
    case .dense: return Tensor(shape: shape, (0..<count).map(value))
    case .sparse(let offsets, _):
      return Tensor(shape: shape, offsets: offsets, values: offsets.map(value))
    }
  }
}
