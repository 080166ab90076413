import GenerativeModel
import Kernels
import Synchronization

/// A model's distributions laid out for drawing from them: of each column only what is not zero, with
/// its running sums. Large sparse tables are drawn from where agents read them (``GenerativeModel/laidOut()``),
/// and not before something is drawn: what is only described takes no memory for them.
///
/// Flat, so that threads that draw at the same time do not wait for one another to count references.
final class ProcessTables: @unchecked Sendable {
  // Unchecked: the buffers are written during initialisation and only read afterwards.

  /// Where one table is.
  struct Plan: BitwiseCopyable {
    /// The place of its first column among all of them.
    var column: Int
    /// The first of its dependencies: factors, then controls.
    var dependencies: Int
    var factorCount: Int
    var controlCount: Int
    /// Of a table that is shared with agents: the factor whose transition it is, or behind the factors the
    /// modality; -1 for one that is laid out here.
    var shared = -1
  }

  /// What a table depends on, and how far apart the columns of two neighbouring values of it are.
  struct Dependency: BitwiseCopyable {
    var index: Int
    var stride: Int
  }

  /// A value that can be drawn, and the probability of it and those before it.
  struct Entry: BitwiseCopyable {
    var sum: Double
    var value: Int
  }

  /// The process.
  let process: GenerativeModel
  /// The sizes of the controls.
  let actionCounts: [Int]
  private let factorCount: Int
  private let modalityCount: Int
  private let controlCount: Int
  /// First states, transitions, likelihoods.
  private let plans: FixedBuffer<Plan>
  private let dependencies: FixedBuffer<Dependency>
  /// Where each column begins in `entries`, and the end of the last.
  private let starts: FixedBuffer<Int>
  private let entries: FixedBuffer<Entry>
  private let laidOut = AtomicLazyReference<LaidOutModel>()

  /// The tables of a model whose sizes have been checked.
  init(_ model: GenerativeModel) {
    process = model
    actionCounts = model.controls.map(\.size)
    factorCount = model.factors.count
    modalityCount = model.modalities.count
    controlCount = model.controls.count
    var builder = Builder()
    for (factor, probability) in zip(model.factors, model.initialStates) {
      let uniform = [Double](repeating: 1 / Double(factor.size), count: factor.size)
      builder.add(Tensor(shape: [factor.size], probability ?? uniform), [], [])
    }
    for (index, table) in model.transitions.enumerated() {
      if ProcessTables.isShared(table.probability) {
        builder.share(index, model, table.given, table.controls)
      } else {
        builder.add(table.probability, table.given, table.controls)
      }
    }
    for (index, table) in model.likelihoods.enumerated() {
      if ProcessTables.isShared(table.probability) {
        builder.share(factorCount + index, model, table.given, [])
      } else {
        builder.add(table.probability, table.given, [])
      }
    }
    plans = FixedBuffer(builder.plans)
    dependencies = FixedBuffer(builder.dependencies)
    starts = FixedBuffer(builder.starts)
    entries = FixedBuffer(builder.entries)
  }

  /// Whether a table is so large that it is not laid out a second time.
  private static func isShared(_ tensor: Tensor) -> Bool {
    if case .sparse(_, let values) = tensor.storage { return values.count > 1 << 16 }
    return false
  }

  /// Draws the first states and what is seen of them.
  func begin(using random: inout RandomStream, observation: inout [Observation]) -> [Int] {
    // Nothing comes before: what is read of it is nothing.
    let none = UnsafePointer<Int>(starts.base)
    // One by one: made by the standard library's `repeating` they would cost four times as much.
    var state: [Int] = []
    state.reserveCapacity(factorCount)
    for factor in 0..<factorCount {
      state.append(draw(plans.base + factor, none, none, using: &random))
    }
    state.withUnsafeBufferPointer { states in
      observe(states.baseAddress ?? none, using: &random, into: &observation)
    }
    return state
  }

  /// Draws the next states and what is seen of them.
  ///
  /// - Precondition: a state a factor and an action a control, each in range.
  func advance(
    _ state: inout [Int], action: [Int], using random: inout RandomStream,
    observation: inout [Observation]
  ) {
    precondition(state.count == factorCount, "a state has one index a factor")
    precondition(action.count == controlCount, "an action has one index a control")
    // A model without factors or controls reads none of them.
    let none = UnsafePointer<Int>(starts.base)
    state.withUnsafeMutableBufferPointer { states in
      action.withUnsafeBufferPointer { actions in
        // On the stack, unless there are more than a hundred factors.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: factorCount) { last in
          guard let now = states.baseAddress, let before = last.baseAddress else { return }
          before.initialize(from: now, count: factorCount)
          for factor in 0..<factorCount {
            now[factor] = draw(
              plans.base + factorCount + factor, before, actions.baseAddress ?? none,
              using: &random)
          }
        }
      }
      observe(
        states.baseAddress.map { UnsafePointer($0) } ?? none, using: &random, into: &observation)
    }
  }

  private func observe(
    _ state: UnsafePointer<Int>, using random: inout RandomStream,
    into observation: inout [Observation]
  ) {
    let likelihoods = plans.base + 2 * factorCount
    if observation.count == modalityCount {
      observation.withUnsafeMutableBufferPointer { seen in
        for modality in 0..<modalityCount {
          seen[modality] = .outcome(draw(likelihoods + modality, state, state, using: &random))
        }
      }
    } else {
      observation.removeAll(keepingCapacity: true)
      observation.reserveCapacity(modalityCount)
      for modality in 0..<modalityCount {
        observation.append(.outcome(draw(likelihoods + modality, state, state, using: &random)))
      }
    }
  }

  /// Draws a value given the states and the actions that its table depends on, by the inverse of the
  /// running sum in index order: what `RandomStream.categorical` gives for the whole column, with the
  /// same number from the stream.
  @inline(__always)
  private func draw(
    _ plan: UnsafePointer<Plan>, _ state: UnsafePointer<Int>, _ action: UnsafePointer<Int>,
    using random: inout RandomStream
  ) -> Int {
    let plan = plan.pointee
    var column = plan.column
    var dependency = dependencies.base + plan.dependencies
    for _ in 0..<plan.factorCount {
      column += dependency.pointee.stride * state[dependency.pointee.index]
      dependency += 1
    }
    for _ in 0..<plan.controlCount {
      column += dependency.pointee.stride * action[dependency.pointee.index]
      dependency += 1
    }
    if plan.shared >= 0 { return draw(fromShared: plan.shared, column, using: &random) }
    precondition(column >= 0 && column < starts.count - 1, "states and actions are in range")
    let first = entries.base + starts.base[column]
    let count = starts.base[column + 1] - starts.base[column]
    if count == 1 {
      // What is certain needs no number; the next draw keeps its own.
      random.skip()
      return first.pointee.value
    }
    return ProcessTables.search(first, count, random.nextUnit() * first[count - 1].sum)
  }

  private func draw(
    fromShared index: Int, _ run: Int, using random: inout RandomStream
  ) -> Int {
    let tables = sharedTables
    let table =
      index < factorCount
      ? tables.transitions.base[index] : tables.likelihoodColumns.base[index - factorCount]
    precondition(run >= 0 && run < table.count, "states and actions are in range")
    let cells = table.cells(of: run)
    if cells.count == 1 {
      random.skip()
      return table.place(cells.lowerBound, in: run)
    }
    let drawn = random.categorical(
      UnsafeBufferPointer(start: table.cells + cells.lowerBound, count: cells.count))
    return table.place(cells.lowerBound + drawn, in: run)
  }

  private var sharedTables: ModelTables<Double> {
    if let known = laidOut.load() { return known.tables }
    guard let made = try? process.laidOut() else {
      preconditionFailure("the sizes of the tables have been checked")
    }
    return laidOut.storeIfNil(made).tables
  }

  /// The first value whose running sum is above a level; the last one where none is, which is only
  /// where the level was rounded up to the total.
  private static func search(
    _ entries: UnsafePointer<Entry>, _ count: Int, _ level: Double
  ) -> Int {
    var first = 0
    var left = count - 1
    while left > 8 {
      let half = left >> 1
      if level < entries[first + half].sum {
        left = half
      } else {
        first += half + 1
        left -= half + 1
      }
    }
    while left > 0 && level >= entries[first].sum {
      first += 1
      left -= 1
    }
    return entries[first].value
  }

  /// Gathers tables one after the other.
  private struct Builder {
    var plans: [Plan] = []
    var dependencies: [Dependency] = []
    var starts = [0]
    var entries: [Entry] = []

    mutating func add(_ tensor: Tensor, _ given: [Int], _ controls: [Int]) {
      let extents = tensor.shape.dropFirst()
      let columns = extents.reduce(1, *)
      plans.append(
        Plan(
          column: starts.count - 1, dependencies: dependencies.count, factorCount: given.count,
          controlCount: controls.count))
      var stride = columns
      for (index, extent) in zip(given + controls, extents) {
        stride /= extent
        dependencies.append(Dependency(index: index, stride: stride))
      }
      // By column, and within it in the order of the values: `place` is where the next one goes.
      var place = [Int](repeating: 0, count: columns)
      forEachEntry(tensor) { offset, _ in place[offset % columns] += 1 }
      var end = entries.count
      for column in 0..<columns {
        let count = place[column]
        precondition(count > 0, "a column of a model that was checked has a value that is not zero")
        place[column] = end
        end += count
        starts.append(end)
      }
      entries += repeatElement(Entry(sum: 0, value: 0), count: end - entries.count)
      let first = starts.count - 1 - columns
      forEachEntry(tensor) { offset, probability in
        let column = offset % columns
        let at = place[column]
        let below = at == starts[first + column] ? 0 : entries[at - 1].sum
        entries[at] = Entry(sum: below + probability, value: offset / columns)
        place[column] += 1
      }
    }

    /// Takes up a table whose columns are runs `[joint action][joint state]` of the laid out model.
    mutating func share(
      _ index: Int, _ model: GenerativeModel, _ given: [Int], _ controls: [Int]
    ) {
      plans.append(
        Plan(
          column: 0, dependencies: dependencies.count, factorCount: given.count,
          controlCount: controls.count, shared: index))
      let columns = given.reduce(1) { $0 * model.factors[$1].size }
      let runs = controls.reduce(columns) { $0 * model.controls[$1].size }
      var stride = columns
      for factor in given {
        stride /= model.factors[factor].size
        dependencies.append(Dependency(index: factor, stride: stride))
      }
      stride = runs
      for control in controls {
        stride /= model.controls[control].size
        dependencies.append(Dependency(index: control, stride: stride))
      }
    }

    /// Calls `body` with every entry that is not zero, in row-major order.
    private func forEachEntry(_ tensor: Tensor, _ body: (_ offset: Int, _ value: Double) -> Void) {
      switch tensor.storage {
      case .dense(let values):
        for offset in values.indices where values[offset] != 0 { body(offset, values[offset]) }
      case .sparse(let offsets, let values):
        for index in offsets.indices where values[index] != 0 {
          body(offsets[index], values[index])
        }
      }
    }
  }
}
