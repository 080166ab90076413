import GenerativeModel
import Kernels

/// What message passing needs of the transitions: their logarithms, and the same tables read backwards.
final class TransitionMessages {
  /// What a step's factor hears from a factor of the next step that depends on it.
  struct Edge: BitwiseCopyable {
    /// The factor that hears, its states and where they begin.
    let parent: Int
    let parentStates: Int
    let parentOffset: Int
    /// The factor of the next step.
    let child: Int
    let childStates: Int
    let childOffset: Int
    /// Where the parent stands among what the child depends on, and how far apart its states are there.
    let position: Int
    let stride: Int
    /// Whether the child depends on nothing else.
    let isOnly: Bool
    /// Where the message begins among those of all edges.
    let offset: Int
  }

  let edges: FixedBuffer<Edge>
  /// The states of all edges' parents together.
  let edgeStates: Int
  /// By state of all factors: what a message from the past counts where a future follows. pymdp gives one
  /// half to the past and one half to the future; where nothing depends on a factor, all to the past.
  let forwardShare: FixedBuffer<Double>
  /// By factor: ln P(next state | states, action), less ``floors``.
  let logs: FixedBuffer<RunTable<Double>>
  /// By factor: the logarithm of what its table does not hold; 0 where it holds everything.
  let floors: FixedBuffer<Double>
  /// By factor, where it depends on one alone: B over the states now, each row divided by its sum, so that
  /// it gives the states that may have led to one; under mmp.
  let backward: FixedBuffer<RunTable<Double>>
  /// Whether the tables read backwards are made.
  let readsBackward: Bool
  private let convention: InferenceConvention
  private let compiled: CompiledModel
  private let numbers: [FixedBuffer<Double>]
  private let sums: FixedBuffer<Double>

  init(
    _ compiled: CompiledModel, _ tables: ModelTables<Double>, _ convention: InferenceConvention,
    readsBackward: Bool
  ) {
    self.compiled = compiled
    self.convention = convention
    self.readsBackward = readsBackward
    let edges = TransitionMessages.edges(compiled)
    self.edges = FixedBuffer(edges)
    edgeStates = edges.reduce(0) { $0 + $1.parentStates }
    forwardShare = FixedBuffer(repeating: 1, count: compiled.stateCount)
    for edge in edges {
      for state in 0..<edge.parentStates { forwardShare.base[edge.parentOffset + state] = 0.5 }
    }
    var numbers: [FixedBuffer<Double>] = []
    func room(_ factor: Int) -> RunTable<Double> {
      let table = tables.transitions.base[factor]
      let cells = FixedBuffer<Double>(zeros: table.cellCount)
      numbers.append(cells)
      return table.with(cells: cells.base)
    }
    let factors = 0..<compiled.factors.count
    logs = FixedBuffer(factors.map(room))
    backward = FixedBuffer(readsBackward ? factors.map(room) : [])
    floors = FixedBuffer(
      factors.map { logs in
        tables.transitions.base[logs].isSparse ? convention.logarithmOfZero : 0
      })
    self.numbers = numbers
    sums = FixedBuffer(zeros: compiled.model.factors.map(\.size).max() ?? 0)
    refresh(tables)
  }

  private static func edges(_ compiled: CompiledModel) -> [Edge] {
    var edges: [Edge] = []
    var offset = 0
    for parent in 0..<compiled.factors.count {
      let own = compiled.factors.base[parent]
      for child in 0..<compiled.factors.count {
        let next = compiled.factors.base[child]
        let scope = compiled.scopes[next.scope]
        guard let position = scope.factors.firstIndex(of: parent) else { continue }
        edges.append(
          Edge(
            parent: parent, parentStates: own.states, parentOffset: own.stateOffset, child: child,
            childStates: next.states, childOffset: next.stateOffset, position: position,
            stride: scope.sizes[(position + 1)...].reduce(1, *), isOnly: scope.factors.count == 1,
            offset: offset))
        offset += own.states
      }
    }
    return edges
  }

  /// Follows transitions that have changed.
  ///
  /// - Complexity: O(cells of all transitions).
  func refresh(_ tables: ModelTables<Double>) {
    for factor in 0..<compiled.factors.count {
      let table = tables.transitions.base[factor]
      let cells = logs.base[factor].cells
      convention.logarithms(table.cells, into: cells, count: table.cellCount)
      let floor = floors.base[factor]
      if floor != 0 { for cell in 0..<table.cellCount { cells[cell] -= floor } }
      if readsBackward { divide(table, factor) }
    }
  }

  private func divide(_ table: RunTable<Double>, _ factor: Int) {
    let plan = compiled.factors.base[factor]
    let cells = backward.base[factor].cells
    for action in 0..<plan.actions {
      let runs = action * plan.columns..<(action + 1) * plan.columns
      for state in 0..<plan.states { sums.base[state] = 0 }
      for run in runs {
        for cell in table.cells(of: run) {
          sums.base[table.place(cell, in: run)] += table.cells[cell]
        }
      }
      for run in runs {
        for cell in table.cells(of: run) {
          cells[cell] =
            table.cells[cell] / max(sums.base[table.place(cell, in: run)], smallestProbability)
        }
      }
    }
  }
}
