import Kernels

/// The numbers of a compiled model in the order that a step reads them.
///
/// Shared by agents that do not learn; an agent that learns writes to a copy of its own, and agents that
/// learn side by side to one with a number for each lane.
public final class ModelTables<Parameter: StepNumber>: @unchecked Sendable {
  // Unchecked: only the one agent that owns a copy writes to it.

  /// By modality: for each joint state of its scope, P(outcome | states).
  public let likelihoodColumns: FixedBuffer<RunTable<Parameter>>
  /// By modality: the same numbers, for each outcome over the joint states.
  public let likelihoodRows: FixedBuffer<RunTable<Parameter>>
  /// By factor: for each `[joint action][joint state of its scope]`, P(next state | states, action).
  public let transitions: FixedBuffer<RunTable<Parameter>>
  /// By factor: P(first state).
  public let initialStates: FixedBuffer<Parameter>
  /// By modality: the counts of the cells of `likelihoodColumns`; nil where there are none.
  public let likelihoodCounts: FixedBuffer<UnsafeMutablePointer<Parameter>?>
  /// By factor: the counts of the cells of `transitions`.
  public let transitionCounts: FixedBuffer<UnsafeMutablePointer<Parameter>?>
  /// Counts of the initial states by factor.
  public let initialStateCounts: FixedBuffer<Parameter>?
  /// Counts of the preferences by modality and outcome.
  public let preferenceCounts: FixedBuffer<Parameter>?
  /// Counts of the policies.
  public let habitCounts: FixedBuffer<Parameter>?
  /// By modality, where its likelihood is sparse and has counts: for each cell of `likelihoodColumns` the
  /// one of `likelihoodRows`.
  let rowCells: FixedBuffer<UnsafePointer<Int>?>
  /// What the tables point to.
  private let numbers: [FixedBuffer<Parameter>]
  private let structures: [AnyObject]

  /// Lays out the numbers of a model.
  public convenience init(_ compiled: CompiledModel) where Parameter == Double {
    self.init(Builder(compiled))
    for modality in 0..<compiled.modalities.count where likelihoodCounts.base[modality] != nil {
      for column in 0..<likelihoodColumns.base[modality].count {
        averageLikelihood(modality, column: column)
      }
    }
    for factor in 0..<compiled.factors.count {
      if transitionCounts.base[factor] != nil {
        for run in 0..<transitions.base[factor].count { averageTransition(factor, run: run) }
      }
      if compiled.model.concentration.initialState[factor] != nil {
        averageInitialState(compiled.factors.base[factor])
      }
    }
  }

  private init(_ builder: Builder) where Parameter == Double {
    likelihoodColumns = FixedBuffer(builder.likelihoodColumns)
    likelihoodRows = FixedBuffer(builder.likelihoodRows)
    transitions = FixedBuffer(builder.transitions)
    initialStates = builder.initialStates
    likelihoodCounts = FixedBuffer(builder.likelihoodCounts)
    transitionCounts = FixedBuffer(builder.transitionCounts)
    initialStateCounts = builder.initialStateCounts
    preferenceCounts = builder.preferenceCounts
    habitCounts = builder.compiled.model.concentration.habit.map { FixedBuffer($0) }
    rowCells = FixedBuffer(builder.rowCells)
    numbers = builder.numbers
    structures = builder.structures
  }

  /// The numbers of other tables of the same model, each in every lane.
  public init<Other: StepNumber>(
    copying other: ModelTables<Other>, _ convert: (Other) -> Parameter
  ) {
    var numbers: [FixedBuffer<Parameter>] = []
    func copy(_ cells: UnsafePointer<Other>, _ count: Int) -> UnsafeMutablePointer<Parameter> {
      let buffer = converted(cells, count, convert)
      numbers.append(buffer)
      return buffer.base
    }
    func copy(_ tables: FixedBuffer<RunTable<Other>>) -> FixedBuffer<RunTable<Parameter>> {
      FixedBuffer(
        (0..<tables.count).map {
          let table = tables.base[$0]
          return table.moved(to: copy(table.cells, table.cellCount))
        })
    }
    func copy(
      _ counts: FixedBuffer<UnsafeMutablePointer<Other>?>, _ tables: FixedBuffer<RunTable<Other>>
    ) -> FixedBuffer<UnsafeMutablePointer<Parameter>?> {
      FixedBuffer(
        (0..<counts.count).map { index in
          counts.base[index].map { copy($0, tables.base[index].cellCount) }
        })
    }
    func copy(_ buffer: FixedBuffer<Other>?) -> FixedBuffer<Parameter>? {
      buffer.map { converted($0.base, $0.count, convert) }
    }
    likelihoodColumns = copy(other.likelihoodColumns)
    likelihoodRows = copy(other.likelihoodRows)
    transitions = copy(other.transitions)
    initialStates = converted(other.initialStates.base, other.initialStates.count, convert)
    likelihoodCounts = copy(other.likelihoodCounts, other.likelihoodColumns)
    transitionCounts = copy(other.transitionCounts, other.transitions)
    initialStateCounts = copy(other.initialStateCounts)
    preferenceCounts = copy(other.preferenceCounts)
    habitCounts = copy(other.habitCounts)
    rowCells = other.rowCells
    self.numbers = numbers
    structures = other.structures
  }

  /// Numbers of one's own, to be learned.
  public func copy() -> ModelTables { ModelTables(copying: self) { $0 } }

  /// Takes over the numbers of other tables of the same model.
  package func restore<Other: StepNumber>(
    from other: ModelTables<Other>, _ convert: (Other) -> Parameter
  ) {
    func restore(
      _ mine: UnsafeMutablePointer<Parameter>, _ theirs: UnsafePointer<Other>, _ count: Int
    ) {
      for cell in 0..<count { mine[cell] = convert(theirs[cell]) }
    }
    for index in 0..<likelihoodColumns.count {
      let count = likelihoodColumns.base[index].cellCount
      restore(
        likelihoodColumns.base[index].cells, other.likelihoodColumns.base[index].cells, count)
      restore(likelihoodRows.base[index].cells, other.likelihoodRows.base[index].cells, count)
      if let mine = likelihoodCounts.base[index], let theirs = other.likelihoodCounts.base[index] {
        restore(mine, theirs, count)
      }
    }
    for index in 0..<transitions.count {
      let count = transitions.base[index].cellCount
      restore(transitions.base[index].cells, other.transitions.base[index].cells, count)
      if let mine = transitionCounts.base[index], let theirs = other.transitionCounts.base[index] {
        restore(mine, theirs, count)
      }
    }
    restore(initialStates.base, other.initialStates.base, initialStates.count)
    for (mine, theirs) in [
      (initialStateCounts, other.initialStateCounts), (preferenceCounts, other.preferenceCounts),
      (habitCounts, other.habitCounts),
    ] {
      if let mine, let theirs { restore(mine.base, theirs.base, mine.count) }
    }
  }

  // MARK: - Distributions as the means of their counts

  /// Makes one distribution of a likelihood the mean of its counts, so that its bits depend on the counts
  /// alone.
  package func averageLikelihood(_ modality: Int, column: Int) {
    guard let counts = likelihoodCounts.base[modality] else { return }
    let table = likelihoodColumns.base[modality]
    let cells = table.cells(of: column)
    average(counts, into: table.cells, cells)
    let rows = likelihoodRows.base[modality]
    for cell in cells { rows.cells[rowCell(modality, cell, column: column)] = table.cells[cell] }
  }

  /// The cell of ``likelihoodRows`` that stands for a cell of ``likelihoodColumns``.
  package func rowCell(_ modality: Int, _ cell: Int, column: Int) -> Int {
    let table = likelihoodColumns.base[modality]
    return rowCells.base[modality]?[cell]
      ?? table.place(cell, in: column) * likelihoodRows.base[modality].length + column
  }

  /// Makes one distribution of a transition the mean of its counts.
  package func averageTransition(_ factor: Int, run: Int) {
    guard let counts = transitionCounts.base[factor] else { return }
    let table = transitions.base[factor]
    average(counts, into: table.cells, table.cells(of: run))
  }

  /// Makes the first states the mean of their counts.
  package func averageInitialState(_ plan: CompiledModel.FactorPlan) {
    guard let counts = initialStateCounts else { return }
    average(
      counts.base, into: initialStates.base, plan.stateOffset..<plan.stateOffset + plan.states)
  }

  private func average(
    _ counts: UnsafePointer<Parameter>, into means: UnsafeMutablePointer<Parameter>,
    _ cells: Range<Int>
  ) {
    let total = Parameter.sum(counts + cells.lowerBound, count: cells.count)
    for cell in cells { means[cell] = counts[cell] / total }
  }
}

private func converted<From: StepNumber, To: StepNumber>(
  _ cells: UnsafePointer<From>, _ count: Int, _ convert: (From) -> To
) -> FixedBuffer<To> {
  let buffer = FixedBuffer(repeating: To.zero, count: count)
  for cell in 0..<count { buffer.base[cell] = convert(cells[cell]) }
  return buffer
}

extension ModelTables {
  /// The counts of one lane as they are now, in the model's shapes.
  public func concentration(
    _ compiled: CompiledModel, lane: Int = 0
  ) -> GenerativeModel.Concentration {
    var result = compiled.model.concentration
    for index in compiled.model.modalities.indices {
      let plan = compiled.modalities.base[index]
      if let table = result.likelihood[index], let counts = likelihoodCounts.base[index] {
        let columns = likelihoodColumns.base[index]
        result.likelihood[index] = table.reading { offset in
          columns.cell(of: offset % plan.columns, at: offset / plan.columns)
            .map { counts[$0][lane: lane] } ?? 0
        }
      }
      if let table = result.preference[index], let buffer = preferenceCounts,
        table.shape.count == 1
      {
        result.preference[index] = table.reading {
          buffer.base[plan.outcomeOffset + $0][lane: lane]
        }
      }
    }
    for index in compiled.model.factors.indices {
      let plan = compiled.factors.base[index]
      if let table = result.transition[index], let counts = transitionCounts.base[index] {
        let runs = transitions.base[index]
        result.transition[index] = table.reading { offset in
          let place = TransitionPlace(offset, plan)
          return runs.cell(of: place.run, at: place.next).map { counts[$0][lane: lane] } ?? 0
        }
      }
      if result.initialState[index] != nil, let buffer = initialStateCounts {
        result.initialState[index] = (0..<plan.states).map {
          buffer.base[plan.stateOffset + $0][lane: lane]
        }
      }
    }
    if let buffer = habitCounts {
      result.habit = (0..<buffer.count).map { buffer.base[$0][lane: lane] }
    }
    return result
  }
}

/// Where an entry `[next, given..., controls...]` of a transition is in the laid out table.
struct TransitionPlace {
  /// `[joint action][joint state of the scope]`.
  let run: Int
  let next: Int

  init(_ offset: Int, _ plan: CompiledModel.FactorPlan) {
    run = offset % plan.actions * plan.columns + offset / plan.actions % plan.columns
    next = offset / (plan.actions * plan.columns)
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
