import Kernels

extension ModelTables where Parameter == Double {
  /// Gathers the tables of a model while they are laid out.
  struct Builder {
    let compiled: CompiledModel
    private(set) var likelihoodColumns: [RunTable<Double>] = []
    private(set) var likelihoodRows: [RunTable<Double>] = []
    private(set) var transitions: [RunTable<Double>] = []
    private(set) var likelihoodCounts: [UnsafeMutablePointer<Double>?] = []
    private(set) var transitionCounts: [UnsafeMutablePointer<Double>?] = []
    private(set) var rowCells: [UnsafePointer<Int>?] = []
    private(set) var numbers: [FixedBuffer<Double>] = []
    private(set) var structures: [AnyObject] = []
    let initialStates: FixedBuffer<Double>
    private(set) var initialStateCounts: FixedBuffer<Double>?
    private(set) var preferenceCounts: FixedBuffer<Double>?

    init(_ compiled: CompiledModel) {
      self.compiled = compiled
      initialStates = FixedBuffer(repeating: 0, count: compiled.stateCount)
      for modality in 0..<compiled.modalities.count { addLikelihood(modality) }
      for factor in 0..<compiled.factors.count { addTransition(factor) }
      fillInitialStates()
      fillPreferenceCounts()
    }

    private mutating func addLikelihood(_ index: Int) {
      let model = compiled.model
      let plan = compiled.modalities.base[index]
      let probability = model.likelihoods[index].probability
      let counts = model.concentration.likelihood[index]
      func column(_ offset: Int) -> (run: Int, place: Int) {
        (offset % plan.columns, offset / plan.columns)
      }
      func row(_ offset: Int) -> (run: Int, place: Int) {
        (offset / plan.columns, offset % plan.columns)
      }
      let columns = table(
        counts ?? probability, count: plan.columns, length: plan.outcomes,
        isSparse: plan.isSparse, at: column)
      let rows = table(
        counts ?? probability, count: plan.outcomes, length: plan.columns,
        isSparse: plan.isSparse, at: row)
      if counts != nil {
        likelihoodCounts.append(copyOfCells(columns))
        rowCells.append(plan.isSparse ? cells(of: rows, for: columns) : nil)
      } else {
        likelihoodCounts.append(nil)
        rowCells.append(nil)
      }
      likelihoodColumns.append(columns)
      likelihoodRows.append(rows)
    }

    private mutating func addTransition(_ index: Int) {
      let model = compiled.model
      let plan = compiled.factors.base[index]
      let counts = model.concentration.transition[index]
      let runs = table(
        counts ?? model.transitions[index].probability, count: plan.columns * plan.actions,
        length: plan.states, isSparse: plan.isSparse
      ) { offset in
        let place = TransitionPlace(offset, plan)
        return (place.run, place.next)
      }
      transitionCounts.append(counts == nil ? nil : copyOfCells(runs))
      // Where there are counts it may be learned that nothing is sure.
      guard counts == nil, let sure = surePlaces(of: runs) else {
        transitions.append(runs)
        return
      }
      structures.append(sure)
      transitions.append(runs.noting(sure: sure.base))
    }

    /// The place of every run of a table where its only number is 1; nil where some run is another.
    private func surePlaces(of table: RunTable<Double>) -> FixedBuffer<Int32>? {
      let sure = FixedBuffer<Int32>(repeating: -1, count: table.count)
      for run in 0..<table.count {
        for cell in table.cells(of: run) where table.cells[cell] != 0 {
          guard table.cells[cell] == 1, sure.base[run] < 0 else { return nil }
          sure.base[run] = Int32(table.place(cell, in: run))
        }
        if sure.base[run] < 0 { return nil }
      }
      return sure
    }

    /// A table whose cells the tensor gives; `at` says where an entry belongs.
    ///
    /// Entries come by ascending offset, so that those of one run come by ascending place.
    private mutating func table(
      _ tensor: Tensor, count: Int, length: Int, isSparse: Bool,
      at place: (Int) -> (run: Int, place: Int)
    ) -> RunTable<Double> {
      guard isSparse else {
        let cells = FixedBuffer<Double>(zeros: count * length)
        numbers.append(cells)
        tensor.forEachStored { offset, value in
          let target = place(offset)
          cells.base[target.run * length + target.place] = value
        }
        return RunTable(count: count, length: length, cells: cells.base)
      }
      let starts = FixedBuffer<Int>(repeating: 0, count: count + 1)
      tensor.forEachStored { offset, value in
        if value != 0 { starts.base[place(offset).run + 1] += 1 }
      }
      for run in 0..<count { starts.base[run + 1] += starts.base[run] }
      let held = starts.base[count]
      let cells = FixedBuffer<Double>(zeros: held)
      let places = FixedBuffer<Int32>(repeating: 0, count: held)
      // While it is filled, a run's start runs ahead to its end, which is the next one's start.
      tensor.forEachStored { offset, value in
        guard value != 0 else { return }
        let target = place(offset)
        let cell = starts.base[target.run]
        starts.base[target.run] += 1
        cells.base[cell] = value
        places.base[cell] = Int32(target.place)
      }
      for run in (0..<count).reversed() { starts.base[run + 1] = starts.base[run] }
      starts.base[0] = 0
      numbers.append(cells)
      structures += [starts, places] as [AnyObject]
      return RunTable(
        count: count, length: length, cells: cells.base, starts: starts.base, places: places.base)
    }

    private mutating func copyOfCells(_ table: RunTable<Double>) -> UnsafeMutablePointer<Double> {
      let copy = FixedBuffer(UnsafeBufferPointer(start: table.cells, count: table.cellCount))
      numbers.append(copy)
      return copy.base
    }

    /// For each cell of the columns the cell of the rows that stands for the same entry.
    private mutating func cells(
      of rows: RunTable<Double>, for columns: RunTable<Double>
    ) -> UnsafePointer<Int> {
      let result = FixedBuffer(repeating: 0, count: columns.cellCount)
      var next = (0..<rows.count).map { rows.cells(of: $0).lowerBound }
      for column in 0..<columns.count {
        for cell in columns.cells(of: column) {
          let outcome = columns.place(cell, in: column)
          result.base[cell] = next[outcome]
          next[outcome] += 1
        }
      }
      structures.append(result)
      return UnsafePointer(result.base)
    }

    private mutating func fillInitialStates() {
      let model = compiled.model
      if model.concentration.initialState.contains(where: { $0 != nil }) {
        initialStateCounts = FixedBuffer(repeating: 0, count: compiled.stateCount)
      }
      for index in model.factors.indices {
        let plan = compiled.factors.base[index]
        let uniform = 1 / Double(plan.states)
        for state in 0..<plan.states {
          let offset = plan.stateOffset + state
          initialStates.base[offset] = model.initialStates[index]?[state] ?? uniform
          if let counts = model.concentration.initialState[index] {
            initialStateCounts?.base[offset] = counts[state]
          }
        }
      }
    }

    private mutating func fillPreferenceCounts() {
      let counts = compiled.model.concentration.preference
      guard counts.contains(where: { $0 != nil }) else { return }
      let buffer = FixedBuffer(repeating: 0.0, count: compiled.outcomeCount)
      for (index, table) in counts.enumerated() where table?.shape.count == 1 {
        let offset = compiled.modalities.base[index].outcomeOffset
        table?.forEachStored { buffer.base[offset + $0] = $1 }
      }
      preferenceCounts = buffer
    }
  }
}
