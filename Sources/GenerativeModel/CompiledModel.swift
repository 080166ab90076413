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
    /// Its first entry in the likelihood tables.
    public let offset: Int
    /// Its first outcome among the outcomes of all modalities.
    public let outcomeOffset: Int
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
    /// Its first entry in the transition table.
    public let offset: Int
    /// Its first state among the states of all factors.
    public let stateOffset: Int
  }

  /// What was compiled.
  public let model: GenerativeModel
  /// The distinct lists of factors that tables depend on.
  public let scopes: [Scope]
  /// One plan a modality.
  public let modalities: FixedBuffer<ModalityPlan>
  /// One plan a factor.
  public let factors: FixedBuffer<FactorPlan>
  /// The number of states of all factors together.
  public let stateCount: Int
  /// The number of outcomes of all modalities together.
  public let outcomeCount: Int
  /// Entries of the likelihood tables of all modalities together.
  public let likelihoodCount: Int
  /// Entries of the transition tables of all factors together.
  public let transitionCount: Int
  /// The number of joint states of all factors; `Int.max` where it does not fit.
  public let jointStateCount: Int
  /// For each factor a run of one entry a control: how far apart the control's actions are in the
  /// factor's joint actions; 0 where the control does not drive it.
  public let actionStrides: FixedBuffer<Int>
  /// Factors that some likelihood or transition connects have the same number: under an exact
  /// belief, factors of different components are independent.
  public let components: [Int]

  /// The largest table, in cells, that is laid out densely.
  public static let largestTable = 1 << 27

  /// Lays a model out.
  ///
  /// - Throws: ``InvalidInput`` where a table has more than 2^27 cells, naming it and its size.
  public init(_ model: GenerativeModel) throws(InvalidInput) {
    try CompiledModel.checkSizes(model)
    self.model = model
    let factorSizes = model.factors.map(\.size)
    var scopes: [Scope] = []
    func scope(_ given: [Int]) -> Int {
      if let index = scopes.firstIndex(where: { $0.factors == given }) { return index }
      let sizes = given.map { factorSizes[$0] }
      scopes.append(Scope(factors: given, sizes: sizes, columns: sizes.reduce(1, *)))
      return scopes.count - 1
    }

    var outcomeOffset = 0
    var offset = 0
    var modalities: [ModalityPlan] = []
    for (modality, likelihood) in zip(model.modalities, model.likelihoods) {
      let index = scope(likelihood.given)
      modalities.append(
        ModalityPlan(
          outcomes: modality.size, scope: index, columns: scopes[index].columns, offset: offset,
          outcomeOffset: outcomeOffset))
      outcomeOffset += modality.size
      offset += likelihood.probability.count
    }
    outcomeCount = outcomeOffset
    likelihoodCount = offset

    offset = 0
    var stateOffset = 0
    var factors: [FactorPlan] = []
    var strides: [Int] = []
    for (factor, transition) in zip(model.factors, model.transitions) {
      let index = scope(transition.given)
      var stride = 1
      var factorStrides = [Int](repeating: 0, count: model.controls.count)
      for control in transition.controls.reversed() {
        factorStrides[control] = stride
        stride *= model.controls[control].size
      }
      strides += factorStrides
      factors.append(
        FactorPlan(
          states: factor.size, scope: index, columns: scopes[index].columns, actions: stride,
          offset: offset, stateOffset: stateOffset))
      stateOffset += factor.size
      offset += transition.probability.count
    }
    stateCount = stateOffset
    transitionCount = offset
    jointStateCount = product(factorSizes) ?? Int.max
    self.scopes = scopes
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

  /// Bytes of the laid out numbers: likelihoods twice (by outcome and by state) and transitions.
  public var tableBytes: Int { (2 * likelihoodCount + transitionCount) * 8 }

  /// Refuses a model with a table that is too large, before memory is taken.
  package static func checkSizes(_ model: GenerativeModel) throws(InvalidInput) {
    var faults: [Fault] = []
    func check(_ place: String, _ shape: [Int]) {
      let cells = product(shape)
      guard cells == nil || cells.map({ $0 > largestTable }) == true else { return }
      let size =
        cells.map { "\($0) cells, \($0 / (1 << 27)) GiB" } ?? "more cells than can be counted"
      faults.append(
        Fault(
          place, "has \(size)",
          remedy: "a table of at most \(largestTable) cells can be laid out; split the factor"))
    }
    for (modality, likelihood) in zip(model.modalities, model.likelihoods) {
      check("A[\(modality.name)]", likelihood.probability.shape)
    }
    for (factor, transition) in zip(model.factors, model.transitions) {
      check("B[\(factor.name)]", transition.probability.shape)
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }

  /// Numbers the connected components of the factors under shared likelihoods and transitions.
  private static func components(_ model: GenerativeModel) -> [Int] {
    var component = Array(model.factors.indices)
    func join(_ factors: [Int]) {
      guard let lowest = factors.map({ component[$0] }).min() else { return }
      let joined = Set(factors.map { component[$0] })
      for factor in component.indices where joined.contains(component[factor]) {
        component[factor] = lowest
      }
    }
    for likelihood in model.likelihoods { join(likelihood.given) }
    for (factor, transition) in model.transitions.enumerated() { join(transition.given + [factor]) }
    return component
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
