import Kernels

/// P(next joint state | joint state, joint action) of some factors together, as what is not zero.
///
/// What plans over states and not over beliefs reads: a Markov decision process without its reward. The
/// last factor varies fastest in a joint state, the last control in a joint action.
public struct JointTransition: Hashable, Sendable {
  /// The factors, in the order of the model.
  public let factors: [Int]
  /// Their sizes.
  public let sizes: [Int]
  /// The number of joint states.
  public let stateCount: Int
  /// The joint actions, each with one entry a control of the model.
  public let actions: [[Int]]
  /// Where the cells of each `[joint action][joint state]` begin, and where the last one's end.
  public let starts: [Int]
  /// The next joint state of each cell, ascending in a run.
  public let nextStates: [Int32]
  /// Its probability.
  public let probabilities: [Double]

  /// The most cells that are held.
  public static let largestCount = 1 << 28

  /// The joint dynamics of factors that depend on one another alone.
  ///
  /// - Parameters:
  ///   - tables: the numbers of the transitions, which may have been learned.
  ///   - factors: nil for all.
  /// - Throws: ``InvalidInput`` where a factor depends on another that is not among them, or there are more
  ///   joint states or transitions than can be held.
  /// - Complexity: O(transitions that are not zero).
  public init(
    _ compiled: CompiledModel, _ tables: ModelTables<Double>, factors chosen: [Int]? = nil
  ) throws(InvalidInput) {
    let model = compiled.model
    let factors = (chosen ?? Array(model.factors.indices)).sorted()
    try JointTransition.check(model, factors)
    self.factors = factors
    sizes = factors.map { model.factors[$0].size }
    actions = combinations(model.controls.map(\.size))
    guard let states = product(sizes), states <= CompiledModel.largestTable,
      let runs = product([states, actions.count]), runs <= JointTransition.largestCount
    else { throw JointTransition.tooMany(model, "joint states") }
    stateCount = states
    let members = factors.map { Member(compiled, tables, $0, among: factors) }
    var builder = Builder(runs: runs)
    var state = [Int](repeating: 0, count: factors.count)
    for action in actions {
      let firstRuns = factors.map { factor in
        compiled.jointAction(of: factor, action) * compiled.factors.base[factor].columns
      }
      for index in state.indices { state[index] = 0 }
      for _ in 0..<states {
        builder.beginRun()
        for (member, first) in zip(members, firstRuns) {
          builder.extend(member, run: first + member.column(state))
        }
        guard builder.endRun() else { throw JointTransition.tooMany(model, "joint transitions") }
        JointTransition.advance(&state, sizes)
      }
    }
    starts = builder.starts
    nextStates = builder.nextStates
    probabilities = builder.probabilities
  }

  /// The joint dynamics of factors of a model that depend on one another alone.
  ///
  /// - Parameter factors: their names; nil for all.
  /// - Throws: ``InvalidInput`` where the model has no such factor, one depends on another that is not among
  ///   them, or there are more joint states or transitions than can be held.
  public init(_ model: GenerativeModel, factors names: [String]? = nil) throws(InvalidInput) {
    let known = model.factors.map(\.name)
    let unknown = (names ?? []).filter { !known.contains($0) }
    if !unknown.isEmpty {
      throw InvalidInput(
        source: model.name,
        unknown.map {
          Fault(
            "factors", "the model has no factor '\($0)'",
            remedy: suggestion(for: $0, among: known, kind: "factor"))
        })
    }
    let laidOut = try model.laidOut()
    try self.init(
      laidOut.compiled, laidOut.tables,
      factors: names.map { names in known.indices.filter { names.contains(known[$0]) } })
  }

  /// The cells of a state under an action.
  public func cells(action: Int, state: Int) -> Range<Int> {
    let run = action * stateCount + state
    return starts[run]..<starts[run + 1]
  }

  /// The next joint state, the last factor varying fastest.
  private static func advance(_ state: inout [Int], _ sizes: [Int]) {
    var index = sizes.count - 1
    while index >= 0 {
      state[index] += 1
      if state[index] < sizes[index] { return }
      state[index] = 0
      index -= 1
    }
  }

  private static func tooMany(_ model: GenerativeModel, _ what: String) -> InvalidInput {
    InvalidInput(
      source: model.name,
      [
        Fault(
          "factors", "have more \(what) than can be planned over",
          remedy: "at most \(largestCount) over all actions; plan over fewer factors")
      ])
  }

  private static func check(_ model: GenerativeModel, _ factors: [Int]) throws(InvalidInput) {
    var faults: [Fault] = []
    for factor in factors {
      for parent in model.transitions[factor].given where !factors.contains(parent) {
        faults.append(
          Fault(
            "B[\(model.factors[factor].name)]",
            "depends on \(model.factors[parent].name), which is not planned over",
            remedy: "plan over both"))
      }
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }
}

extension JointTransition {
  /// One factor's part in a joint state.
  private struct Member {
    let size: Int
    let table: RunTable<Double>
    /// By factor of the joint state, how far apart its states are among the columns of the table.
    let strides: [Int]

    init(
      _ compiled: CompiledModel, _ tables: ModelTables<Double>, _ factor: Int, among factors: [Int]
    ) {
      size = compiled.model.factors[factor].size
      table = tables.transitions.base[factor]
      var strides = [Int](repeating: 0, count: factors.count)
      var stride = 1
      for parent in compiled.model.transitions[factor].given.reversed() {
        if let index = factors.firstIndex(of: parent) { strides[index] = stride }
        stride *= compiled.model.factors[parent].size
      }
      self.strides = strides
    }

    func column(_ state: [Int]) -> Int {
      var column = 0
      for index in state.indices { column += strides[index] * state[index] }
      return column
    }
  }

  /// The runs so far, and the one in the making.
  private struct Builder {
    var starts = [0]
    var nextStates: [Int32] = []
    var probabilities: [Double] = []
    private var run: [(state: Int, probability: Double)] = []
    private var extended: [(state: Int, probability: Double)] = []

    init(runs: Int) { starts.reserveCapacity(runs + 1) }

    mutating func beginRun() {
      run.removeAll(keepingCapacity: true)
      run.append((0, 1))
    }

    /// Multiplies the run in the making by one of a factor's.
    mutating func extend(_ member: Member, run index: Int) {
      extended.removeAll(keepingCapacity: true)
      for cell in run {
        for place in member.table.cells(of: index) where member.table.cells[place] != 0 {
          extended.append(
            (
              cell.state * member.size + member.table.place(place, in: index),
              cell.probability * member.table.cells[place]
            ))
        }
      }
      swap(&run, &extended)
    }

    /// Takes the run up; false where there are too many cells.
    mutating func endRun() -> Bool {
      guard nextStates.count + run.count <= largestCount else { return false }
      for cell in run {
        nextStates.append(Int32(cell.state))
        probabilities.append(cell.probability)
      }
      starts.append(nextStates.count)
      return true
    }
  }
}
