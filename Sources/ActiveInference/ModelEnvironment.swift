/// A generative model used as a world: states are drawn from D and B, outcomes from A.
public struct ModelEnvironment: Environment {
  /// The hidden state of each factor.
  public typealias State = [Int]

  /// The process and all that is drawn from: one reference, so that a copy is cheap.
  private let tables: ProcessTables
  /// The outcome whose observation counts as reaching the goal.
  private let goal: (modality: Int, outcome: Int)?

  /// A world that behaves as the model says.
  ///
  /// - Parameter goal: the outcome whose observation counts as reaching the goal; unless given, the
  ///   one that the model prefers most, where it prefers anything.
  /// - Throws: ``InvalidInput`` where a table is too large to be laid out, or all of them for this
  ///   machine.
  public init(
    _ process: GenerativeModel, goal: (modality: Int, outcome: Int)? = nil
  ) throws(InvalidInput) {
    try CompiledModel.checkSizes(process)
    try ModelEnvironment.checkFits(process)
    self.tables = ProcessTables(process)
    self.goal = goal ?? ModelEnvironment.mostPreferred(process)
  }

  /// The process.
  public var process: GenerativeModel { tables.process }

  /// Draws the first states from D and what is seen of them from A.
  public func reset(using random: inout RandomStream) -> (state: [Int], observation: [Observation])
  {
    var observation: [Observation] = []
    let state = tables.begin(using: &random, observation: &observation)
    return (state, observation)
  }

  /// Draws the next states from B and what is seen of them from A.
  public func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    var observation: [Observation] = []
    tables.advance(&state, action: action, using: &random, observation: &observation)
    return observation
  }

  /// Draws the first states from D and what is seen of them from A.
  public func reset(using random: inout RandomStream, observation: inout [Observation]) -> [Int] {
    tables.begin(using: &random, observation: &observation)
  }

  /// Draws the next states from B and what is seen of them from A, in place.
  ///
  /// - Precondition: a state a factor and an action a control, each in range.
  /// - Complexity: O(log n) a factor and modality for columns of n values that are not zero.
  public func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream,
    observation: inout [Observation]
  ) {
    tables.advance(&state, action: action, using: &random, observation: &observation)
  }

  /// The sizes of the process's controls.
  public var actionCounts: [Int]? { tables.actionCounts }

  /// One a factor.
  public func hiddenStates(_ state: [Int]) -> [Int] { state }

  /// Whether the goal's outcome is observed; nil where nothing is preferred.
  public func goalReached(_ state: [Int], observation: [Observation]) -> Bool? {
    guard let goal else { return nil }
    guard case .outcome(goal.outcome) = observation[goal.modality] else { return false }
    return true
  }

  /// First states are laid out whole, and where nothing is said of them have no table in the model.
  private static func checkFits(_ process: GenerativeModel) throws(InvalidInput) {
    let states = process.factors.reduce(0) { $0 + $1.size }
    let bytes = 32 * states
    if bytes <= StepCost.machineBytes { return }
    throw InvalidInput(
      source: process.name,
      [
        Fault(
          "factors",
          "\(states) states to begin in take \(bytes >> 30) GiB, more than the"
            + " \(StepCost.machineBytes >> 30) GiB of this machine",
          remedy: "split a factor")
      ])
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
