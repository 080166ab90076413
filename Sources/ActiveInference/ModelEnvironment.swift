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
    let state = tables.initial.map { $0.draw(using: &random) }
    return (state, observe(state, using: &random))
  }

  /// Draws the next states from B and what is seen of them from A.
  public func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    let last = state
    for (factor, table) in tables.transitions.enumerated() {
      state[factor] = table.draw(given: last, action, using: &random)
    }
    return observe(state, using: &random)
  }

  /// One a factor.
  public func hiddenStates(_ state: [Int]) -> [Int] { state }

  /// Whether the goal's outcome is observed; nil where nothing is preferred.
  public func goalReached(_ state: [Int], observation: [Observation]) -> Bool? {
    guard let goal else { return nil }
    return observation[goal.modality] == .outcome(goal.outcome)
  }

  private func observe(_ state: [Int], using random: inout RandomStream) -> [Observation] {
    tables.likelihoods.map { .outcome($0.draw(given: state, [], using: &random)) }
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

/// A model's tables in the order that drawing from them wants: one contiguous column each.
private struct ProcessTables: Sendable {
  /// A distribution for each joint value of what it depends on.
  struct Columns: Sendable {
    let size: Int
    let given: [Int]
    let controls: [Int]
    /// How far apart two neighbouring values of each dependency are, `given` then `controls`.
    let strides: [Int]
    let columns: Int
    /// `[dependencies..., value]`.
    let values: [Double]

    init(_ tensor: Tensor, given: [Int] = [], controls: [Int] = []) {
      size = tensor.shape[0]
      self.given = given
      self.controls = controls
      columns = tensor.shape.dropFirst().reduce(1, *)
      var strides = [Int](repeating: 1, count: tensor.shape.count - 1)
      for axis in strides.indices.dropLast().reversed() {
        strides[axis] = strides[axis + 1] * tensor.shape[axis + 2]
      }
      self.strides = strides
      let rows = tensor.values
      var values = [Double](repeating: 0, count: rows.count)
      for value in 0..<size {
        for column in 0..<columns { values[column * size + value] = rows[value * columns + column] }
      }
      self.values = values
    }

    func draw(
      given state: [Int] = [], _ action: [Int] = [], using random: inout RandomStream
    ) -> Int {
      var column = 0
      for (axis, factor) in given.enumerated() { column += strides[axis] * state[factor] }
      for (axis, control) in controls.enumerated() {
        column += strides[given.count + axis] * action[control]
      }
      return values.withUnsafeBufferPointer { values in
        random.categorical(
          UnsafeBufferPointer(rebasing: values[column * size..<(column + 1) * size]))
      }
    }
  }

  let initial: [Columns]
  let transitions: [Columns]
  let likelihoods: [Columns]

  init(_ model: GenerativeModel) {
    initial = zip(model.factors, model.initialStates).map { factor, probability in
      let uniform = [Double](repeating: 1 / Double(factor.size), count: factor.size)
      return Columns(Tensor(shape: [factor.size], probability ?? uniform))
    }
    transitions = model.transitions.map {
      Columns($0.probability, given: $0.given, controls: $0.controls)
    }
    likelihoods = model.likelihoods.map { Columns($0.probability, given: $0.given) }
  }
}
