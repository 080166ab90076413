/// A generative model used as a world: states are drawn from D and B, outcomes from A.
public struct ModelEnvironment: Environment {
  /// The hidden state of each factor.
  public typealias State = [Int]

  /// The process.
  public let process: GenerativeModel
  private let tables: ProcessTables
  /// The outcome whose observation counts as reaching the goal.
  private let goal: (modality: Int, outcome: Int)?

  /// A world that behaves as the model says.
  ///
  /// - Parameter goal: the outcome whose observation counts as reaching the goal; unless given, the
  ///   one that the model prefers most, where it prefers anything.
  /// - Throws: ``InvalidInput`` where a table is too large to be laid out.
  public init(
    _ process: GenerativeModel, goal: (modality: Int, outcome: Int)? = nil
  ) throws(InvalidInput) {
    try CompiledModel.checkSizes(process)
    self.process = process
    self.tables = ProcessTables(process)
    self.goal = goal ?? ModelEnvironment.mostPreferred(process)
  }

  /// Draws the first states from D and what is seen of them from A.
  public func reset(using random: inout RandomStream) -> (state: [Int], observation: [Observation])
  {
    let state = tables.initial.map { tables.draw($0, [], [], using: &random) }
    return (state, observe(state, using: &random))
  }

  /// Draws the next states from B and what is seen of them from A.
  public func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    let last = state
    for factor in state.indices {
      state[factor] = tables.draw(tables.transitions[factor], last, action, using: &random)
    }
    return observe(state, using: &random)
  }

  /// The sizes of the process's controls.
  public var actionCounts: [Int]? { process.controls.map(\.size) }

  /// One a factor.
  public func hiddenStates(_ state: [Int]) -> [Int] { state }

  /// Whether the goal's outcome is observed; nil where nothing is preferred.
  public func goalReached(_ state: [Int], observation: [Observation]) -> Bool? {
    guard let goal else { return nil }
    return observation[goal.modality] == .outcome(goal.outcome)
  }

  private func observe(_ state: [Int], using random: inout RandomStream) -> [Observation] {
    tables.likelihoods.map { .outcome(tables.draw($0, state, [], using: &random)) }
  }

  private static func mostPreferred(_ model: GenerativeModel) -> (modality: Int, outcome: Int)? {
    var best: (modality: Int, outcome: Int, value: Double)?
    for (modality, preference) in model.preferences.enumerated() {
      guard let preference else { continue }
      let outcomes = model.modalities[modality].size
      for (offset, value) in preference.values.enumerated() where value > (best?.value ?? 0) {
        best = (modality, offset % outcomes, value)
      }
    }
    return best.map { ($0.modality, $0.outcome) }
  }
}

/// A model's tables in the order that drawing from them wants: one contiguous column for each joint
/// value of what they depend on.
///
/// Flat, so that threads that draw at the same time do not wait for one another to count references.
private final class ProcessTables: @unchecked Sendable {
  // Unchecked: the buffers are written during initialisation and only read afterwards.

  /// Where one table is.
  struct Plan: BitwiseCopyable {
    /// The number of values that are drawn from.
    let size: Int
    /// The first of its numbers, `[dependencies..., value]`.
    let offset: Int
    /// The first of its dependencies: factors, then controls.
    let dependencies: Int
    let factorCount: Int
    let controlCount: Int
  }

  let initial: [Plan]
  let transitions: [Plan]
  let likelihoods: [Plan]
  /// Factors and controls that tables depend on, and how far apart two neighbouring values of each are.
  private let dependencies: FixedBuffer<Int>
  private let strides: FixedBuffer<Int>
  private let values: FixedBuffer<Double>

  init(_ model: GenerativeModel) {
    var builder = Builder()
    initial = zip(model.factors, model.initialStates).map { factor, probability in
      let uniform = [Double](repeating: 1 / Double(factor.size), count: factor.size)
      return builder.add(Tensor(shape: [factor.size], probability ?? uniform), [], [])
    }
    transitions = model.transitions.map { builder.add($0.probability, $0.given, $0.controls) }
    likelihoods = model.likelihoods.map { builder.add($0.probability, $0.given, []) }
    dependencies = FixedBuffer(builder.dependencies)
    strides = FixedBuffer(builder.strides)
    values = FixedBuffer(builder.values)
  }

  /// Draws a value given the states and the actions that its table depends on.
  ///
  /// - Precondition: every state and action is in range.
  func draw(
    _ plan: Plan, _ state: [Int], _ action: [Int], using random: inout RandomStream
  ) -> Int {
    let given = dependencies.base + plan.dependencies
    let stride = strides.base + plan.dependencies
    var column = 0
    for axis in 0..<plan.factorCount { column += stride[axis] * state[given[axis]] }
    for axis in plan.factorCount..<plan.factorCount + plan.controlCount {
      column += stride[axis] * action[given[axis]]
    }
    precondition(column >= 0 && plan.offset + (column + 1) * plan.size <= values.count)
    return random.categorical(
      UnsafeBufferPointer(
        start: values.base + plan.offset + column * plan.size, count: plan.size))
  }

  /// Gathers tables one after the other.
  private struct Builder {
    var dependencies: [Int] = []
    var strides: [Int] = []
    var values: [Double] = []

    mutating func add(_ tensor: Tensor, _ given: [Int], _ controls: [Int]) -> Plan {
      let size = tensor.shape[0]
      let columns = tensor.shape.dropFirst().reduce(1, *)
      let plan = Plan(
        size: size, offset: values.count, dependencies: dependencies.count,
        factorCount: given.count, controlCount: controls.count)
      dependencies += given + controls
      var stride = columns
      for extent in tensor.shape.dropFirst() {
        stride /= extent
        strides.append(stride)
      }
      let rows = tensor.values
      for column in 0..<columns {
        for value in 0..<size { values.append(rows[value * columns + column]) }
      }
      return plan
    }
  }
}
