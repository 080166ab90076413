import Kernels

/// The structure of a model as a step walks it: sizes, strides and offsets, no names and no numbers.
///
/// Compiled once from a ``GenerativeModel``, immutable, shared by every agent and thread. The numbers
/// are in ``ModelTables``.
public final class CompiledModel: @unchecked Sendable {
  // Unchecked: the buffers are written during initialisation and only read afterwards.

  /// An ordered list of factors that some table depends on.
  ///
  /// Tables with the same list share one scope, so that the belief over it is computed once.
  public struct Scope {
    /// The factors in axis order.
    public let factors: [Int]
    /// Their sizes.
    public let sizes: [Int]
    /// The number of joint states, the product of `sizes`.
    public let columns: Int
  }

  /// Where one modality's numbers are.
  public struct ModalityPlan: BitwiseCopyable {
    /// The number of outcomes.
    public let outcomes: Int
    /// The scope of its likelihood.
    public let scope: Int
    /// The joint states of that scope.
    public let columns: Int
    /// Its first outcome among the outcomes of all modalities.
    public let outcomeOffset: Int
    /// Whether its likelihood is held as what is not zero.
    public let isSparse: Bool
  }

  /// Where one factor's numbers are.
  public struct FactorPlan: BitwiseCopyable {
    /// The number of states.
    public let states: Int
    /// The scope of its transition.
    public let scope: Int
    /// The joint states of that scope.
    public let columns: Int
    /// The joint actions of its controls.
    public let actions: Int
    /// Its first state among the states of all factors.
    public let stateOffset: Int
    /// Whether its transition is held as what is not zero.
    public let isSparse: Bool
  }

  /// What was compiled.
  public let model: GenerativeModel
  /// The distinct lists of factors that tables depend on.
  public let scopes: [Scope]
  /// For each scope the modalities whose likelihood has it, in order.
  package let modalitiesOfScope: [[Int]]
  /// The scope that habits depend on (E); nil where they are the same in all states.
  package let habitScope: Int?
  /// One plan a modality.
  public let modalities: FixedBuffer<ModalityPlan>
  /// One plan a factor.
  public let factors: FixedBuffer<FactorPlan>
  /// The number of states of all factors together.
  public let stateCount: Int
  /// The number of outcomes of all modalities together.
  public let outcomeCount: Int
  /// Numbers that the likelihood of each modality holds.
  public let likelihoodCells: [Int]
  /// Numbers that the transition of each factor holds.
  public let transitionCells: [Int]
  /// The number of joint states of all factors; `Int.max` where it does not fit.
  public let jointStateCount: Int
  /// For each factor a run of one entry a control: how far apart the control's actions are in the
  /// factor's joint actions; 0 where the control does not drive it.
  public let actionStrides: FixedBuffer<Int>
  /// Factors that some likelihood or transition connects have the same number: under an exact
  /// belief, factors of different components are independent.
  public let components: [Int]

  /// The most numbers that a table holds.
  public static let largestTable = 1 << 27
  /// The most actions that a control has: as many as policies can be enumerated.
  public static let largestControl = 1 << 24

  /// Lays a model out.
  ///
  /// - Throws: ``InvalidInput`` where a variable has more than 2^27 values or a table holds more than
  ///   2^27 numbers, naming it and how many.
  public convenience init(_ model: GenerativeModel) throws(InvalidInput) {
    try self.init(model, holdsZeros: false)
  }

  /// - Parameter holdsZeros: whether every table is held whole; for tests, which compare both forms.
  package init(_ model: GenerativeModel, holdsZeros: Bool) throws(InvalidInput) {
    try CompiledModel.checkSizes(model)
    self.model = model
    let factorSizes = model.factors.map(\.size)
    var scopes: [Scope] = []
    var known: [[Int]: Int] = [:]
    func scope(_ given: [Int]) -> Int {
      if let index = known[given] { return index }
      known[given] = scopes.count
      let sizes = given.map { factorSizes[$0] }
      scopes.append(Scope(factors: given, sizes: sizes, columns: sizes.reduce(1, *)))
      return scopes.count - 1
    }

    var outcomeOffset = 0
    var modalities: [ModalityPlan] = []
    var cells: [Int] = []
    for (index, modality) in model.modalities.enumerated() {
      let likelihood = model.likelihoods[index]
      let scopeIndex = scope(likelihood.given)
      let held = Storage(
        model.concentration.likelihood[index] ?? likelihood.probability, holdsZeros: holdsZeros)
      modalities.append(
        ModalityPlan(
          outcomes: modality.size, scope: scopeIndex, columns: scopes[scopeIndex].columns,
          outcomeOffset: outcomeOffset, isSparse: held.isSparse))
      outcomeOffset += modality.size
      cells.append(held.cells)
    }
    outcomeCount = outcomeOffset
    likelihoodCells = cells

    cells = []
    var stateOffset = 0
    var factors: [FactorPlan] = []
    var strides: [Int] = []
    for (index, factor) in model.factors.enumerated() {
      let transition = model.transitions[index]
      let scopeIndex = scope(transition.given)
      var stride = 1
      var factorStrides = [Int](repeating: 0, count: model.controls.count)
      for control in transition.controls.reversed() {
        factorStrides[control] = stride
        stride *= model.controls[control].size
      }
      strides += factorStrides
      let held = Storage(
        model.concentration.transition[index] ?? transition.probability, holdsZeros: holdsZeros)
      factors.append(
        FactorPlan(
          states: factor.size, scope: scopeIndex, columns: scopes[scopeIndex].columns,
          actions: stride, stateOffset: stateOffset, isSparse: held.isSparse))
      stateOffset += factor.size
      cells.append(held.cells)
    }
    stateCount = stateOffset
    transitionCells = cells
    jointStateCount = product(factorSizes) ?? Int.max
    habitScope = model.habitGiven.isEmpty ? nil : scope(model.habitGiven)
    self.scopes = scopes
    var modalitiesOfScope = [[Int]](repeating: [], count: scopes.count)
    for (index, modality) in modalities.enumerated() {
      modalitiesOfScope[modality.scope].append(index)
    }
    self.modalitiesOfScope = modalitiesOfScope
    self.modalities = FixedBuffer(modalities)
    self.factors = FixedBuffer(factors)
    actionStrides = FixedBuffer(strides)
    components = CompiledModel.components(model)
  }

  /// The joint action of a factor's controls when each control does as `action` says.
  public func jointAction(of factor: Int, _ action: [Int]) -> Int {
    var joint = 0
    let strides = actionStrides.base + factor * action.count
    for control in action.indices { joint += strides[control] * action[control] }
    return joint
  }

  /// Bytes of the laid out numbers: likelihoods twice (by outcome and by state) and transitions, with
  /// the places of what sparse tables hold, and as many again for counts.
  public var tableBytes: Int {
    var bytes = 8 * stateCount
    func add(_ cells: Int, _ isSparse: Bool, runs: Int, times: Int) {
      bytes += times * (cells * (isSparse ? 12 : 8) + (isSparse ? 8 * runs : 0))
    }
    for (index, cells) in likelihoodCells.enumerated() {
      let plan = modalities.base[index]
      let hasCounts = model.concentration.likelihood[index] != nil
      add(cells, plan.isSparse, runs: (plan.columns + plan.outcomes) / 2, times: 2)
      if hasCounts { bytes += cells * (plan.isSparse ? 16 : 8) }
    }
    for (index, cells) in transitionCells.enumerated() {
      let plan = factors.base[index]
      add(cells, plan.isSparse, runs: plan.columns * plan.actions, times: 1)
      if model.concentration.transition[index] != nil { bytes += cells * 8 }
    }
    return bytes
  }

  /// Bytes of the model itself, which stays beside what is laid out of it: tables as they were written,
  /// labels and vectors.
  public var modelBytes: Int {
    let counts = model.concentration
    var tensors = model.likelihoods.map(\.probability) + model.transitions.map(\.probability)
    for table in model.preferences + counts.likelihood + counts.transition + counts.preference {
      if let table { tensors.append(table) }
    }
    var bytes = tensors.reduce(0) { $0 + $1.bytes }
    for vector in model.initialStates + model.goals + model.avoided + counts.initialState {
      bytes += 8 * (vector?.count ?? 0)
    }
    // Factors and modalities of equal labels mostly share them.
    let labels = (model.factors + model.modalities).map { 16 * ($0.labels?.count ?? 0) }
    return bytes + (labels.max() ?? 0)
  }

  /// How a table is held: whole, or as what is not zero where that is at most a quarter of more than
  /// 1,024 cells, or half where the file says that it is sparse.
  struct Storage {
    let isSparse: Bool
    /// The numbers held.
    let cells: Int

    init(_ tensor: Tensor, holdsZeros: Bool = false) {
      let all = tensor.count
      let nonzero = tensor.nonzeroCount
      let share =
        switch tensor.storage {
        case .dense: 4
        case .sparse: 2
        }
      isSparse = !holdsZeros && all > 1024 && nonzero <= all / share
      cells = isSparse ? nonzero : all
    }
  }

  /// Refuses a model with a variable or table that is too large, before memory is taken.
  package static func checkSizes(_ model: GenerativeModel) throws(InvalidInput) {
    var faults: [Fault] = []
    func check(_ key: String, _ variables: [Variable], _ values: String) {
      for variable in variables where variable.size > largestTable {
        faults.append(
          Fault(
            "\(key)[\(variable.name)]",
            "has \(variable.size) \(values), \(gigabytes(variable.size)) GiB for a number each",
            remedy: "at most \(largestTable) can be laid out; split it into several"))
      }
    }
    check("factors", model.factors, "states")
    check("modalities", model.modalities, "outcomes")
    for control in model.controls where control.size > largestControl {
      faults.append(
        Fault(
          "controls[\(control.name)]", "has \(control.size) actions",
          remedy: "at most \(largestControl) can be weighed; split it into several"))
    }
    let strides = model.factors.count.multipliedReportingOverflow(by: model.controls.count)
    if strides.overflow || strides.partialValue > largestControl {
      faults.append(
        Fault(
          "controls",
          "\(model.controls.count) of them for \(model.factors.count) factors are too many",
          remedy: "at most \(largestControl) pairs of a factor and a control can be laid out"))
    }
    func check(_ place: String, _ tensor: Tensor) {
      let storage = Storage(tensor)
      guard storage.cells > largestTable else { return }
      faults.append(
        Fault(
          place,
          "has \(storage.cells) \(storage.isSparse ? "nonzero " : "")cells,"
            + " \(gigabytes(storage.cells)) GiB",
          remedy: "at most \(largestTable) can be laid out; split the factor"))
    }
    for (modality, likelihood) in zip(model.modalities, model.likelihoods) {
      check("A[\(modality.name)]", likelihood.probability)
    }
    for (factor, transition) in zip(model.factors, model.transitions) {
      check("B[\(factor.name)]", transition.probability)
    }
    if let habit = model.habit { check("E", model.habitTable(habit)) }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }

  /// What so many numbers take, rounded to the nearest.
  private static func gigabytes(_ count: Int) -> Int {
    Int((Double(count) * 0x1p-27).rounded())
  }

  /// Numbers the connected components of the factors under shared likelihoods and transitions: each has the
  /// number of its first factor.
  private static func components(_ model: GenerativeModel) -> [Int] {
    var first = Array(model.factors.indices)
    func root(_ factor: Int) -> Int {
      var factor = factor
      while first[factor] != factor {
        first[factor] = first[first[factor]]
        factor = first[factor]
      }
      return factor
    }
    func join(_ factors: [Int]) {
      guard let lowest = factors.map(root).min() else { return }
      for factor in factors { first[root(factor)] = lowest }
    }
    for likelihood in model.likelihoods { join(likelihood.given) }
    for (factor, transition) in model.transitions.enumerated() { join(transition.given + [factor]) }
    return model.factors.indices.map(root)
  }
}

/// The product of sizes; nil where it does not fit.
package func product(_ sizes: [Int]) -> Int? {
  var result = 1
  for size in sizes {
    let (next, overflow) = result.multipliedReportingOverflow(by: size)
    if overflow { return nil }
    result = next
  }
  return result
}

/// Every combination of one value a variable of these sizes, the last varying fastest.
package func combinations(_ sizes: [Int]) -> [[Int]] {
  var combinations: [[Int]] = [[]]
  for size in sizes {
    combinations = combinations.flatMap { values in (0..<size).map { values + [$0] } }
  }
  return combinations
}
