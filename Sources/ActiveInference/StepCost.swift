import GenerativeModel
import Inference
import PolicySelection

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What an agent takes: memory in bytes, work in multiplications. Known before any memory is taken.
public struct StepCost: Hashable, Sendable {
  /// The scheme that infers states; `auto` has been resolved.
  public let algorithm: InferenceSettings.Algorithm
  /// The number of policies.
  public let policies: Int
  /// Joint actions a policy.
  public let horizon: Int
  /// Prefixes of policies, each evaluated at most once a step.
  public let prefixes: Int
  /// Numbers in a belief.
  public let beliefSize: Int
  /// Whether the belief is held over joint states.
  public let isJoint: Bool
  /// Bytes of the model and the tables that agents share.
  public let tableBytes: Int
  /// Bytes of each agent's own memory, to within small change. Where a factor is wide, what no belief
  /// reaches takes none. A window counts with the steps it begins with: its horizon, at most 1,023, or 15 where
  /// it has none; memory doubles as more come.
  public let agentBytes: Int
  /// Multiplications of a step when no belief is sharp and no two prefixes meet: an upper estimate.
  public let operations: Int
  private let model: String

  /// How the belief is held, in words.
  public var beliefText: String {
    isJoint ? "\(beliefSize) joint states" : "\(beliefSize) states of all factors"
  }

  /// What an agent of a model would take.
  ///
  /// - Throws: ``InvalidInput`` where a table holds more numbers than can be laid out, exact inference
  ///   would need more than 2^26 joint states, or there are more policies than can be enumerated.
  public init(
    of model: GenerativeModel, _ configuration: AgentConfiguration = AgentConfiguration(),
    parts: AgentParts = AgentParts()
  ) throws(InvalidInput) {
    self.model = model.name
    let compiled = try CompiledModel(model)
    let inference = configuration.inference.resolved(for: compiled)
    try inference.check(for: compiled)
    algorithm = inference.algorithm
    isJoint = inference.algorithm == .exact && parts.beliefs == nil
    if isJoint { try BeliefSpace.checkJoint(compiled) }
    beliefSize = isJoint ? compiled.jointStateCount : compiled.stateCount
    let counts = try PolicySet.prefixCounts(compiled, configuration.planning)
    policies = model.policies?.count ?? counts.last ?? 1
    horizon = counts.count
    prefixes = counts.reduce(0, +)

    let likelihoods = compiled.likelihoodCells.reduce(0, +)
    let scopes = compiled.scopes.reduce(0.0) { $0 + Double($1.columns) }
    let size = Double(beliefSize)
    let memory = PolicySet.bytes(
      prefixCounts: counts, actions: min(product(model.controls.map(\.size)) ?? .max, prefixes),
      beliefSize: beliefSize)
    let tables = Double(compiled.tableBytes)
    // Logarithms for mean-field schemes; for joint beliefs, where each joint state is in every scope.
    let scheme = isJoint ? 16 * size * Double(compiled.scopes.count) : 8 * Double(likelihoods)
    let planning =
      8 * max(4 * scopes, configuration.planning.foldedNumbers(compiled))
      + 8 * configuration.planning.inductiveNumbers(compiled)
    let marginals = 24 * model.controls.reduce(0.0) { $0 + Double($1.size) }
    tableBytes = whole(
      Double(compiled.modelBytes) + tables + scheme + planning + memory.shared)
    let learned = configuration.learning != LearningSettings() ? tables + planning : 0
    // Of wide factors also what is listed: states of beliefs and of scopes, and what is gained there.
    var listed = 0.0
    if !isJoint, try BeliefSpace(compiled, joint: false).hasWideFactors { listed = 160 * size }
    let successor = try configuration.planning.successorCost(compiled)
    let softControl =
      configuration.planning.method == .softControl
      ? configuration.planning.softControlBytes(compiled) : 0
    let isByPolicy = inference.algorithm.isByPolicy
    let byPolicy =
      isByPolicy
      ? PolicyMessagePassing.bytes(compiled, inference, policies: policies, horizon: horizon) : 0
    let search =
      configuration.planning.method == .sophisticated
      ? 0x1p20 * Double(configuration.planning.budget.mebibytes) : 0
    let window =
      inference.algorithm.hasWindow && parts.beliefs == nil
      ? WindowInference.cost(compiled, inference) : (bytes: 0, operations: 0)
    // A window keeps counts without those of its steps.
    let kept = window.bytes + (window.bytes > 0 && learned > 0 ? learned + tables : learned)
    agentBytes = whole(
      search + byPolicy + memory.own + 8 * (12 * size + 3 * scopes) + marginals + listed + kept
        + (successor?.bytes ?? 0) + softControl
        + configuration.planning.hybridBytes(actions: policies, beliefSize: beliefSize))

    var work = 0.0
    for (factor, cells) in compiled.transitionCells.enumerated() {
      let plan = compiled.factors.base[factor]
      let once = Double(cells) / Double(max(plan.actions, 1))
      work += isJoint ? once * size / Double(max(plan.columns, 1)) : once
    }
    let perNode = work + Double(likelihoods) + 2 * Double(compiled.outcomeCount)
    let sweeps = isJoint || window.bytes > 0 ? 1 : inference.iterations
    let weighed = Double(prefixes) + configuration.planning.hybridBeliefs(actions: policies)
    if isByPolicy {
      operations = whole(
        Double(policies) * Double(horizon + 1) * perNode
          + PolicyMessagePassing.operations(
            compiled, inference, policies: policies, horizon: horizon))
      return
    }
    let inferring = window.operations + Double(sweeps) * Double(likelihoods)
    operations = whole(
      inferring
        + (successor?.operations ?? weighed * perNode))
  }

  /// Bytes of memory that this machine has.
  public static var machineBytes: Int {
    sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Whether this machine has the memory.
  public var fits: Bool {
    let (bytes, overflow) = tableBytes.addingReportingOverflow(agentBytes)
    return !overflow && bytes <= StepCost.machineBytes
  }

  /// Refuses what this machine has no memory for.
  ///
  /// - Throws: ``InvalidInput`` that says how much would be needed.
  func checkFits() throws(InvalidInput) {
    if fits { return }
    func gigabytes(_ bytes: Int) -> String {
      let tenths = bytes / ((1 << 30) / 10)
      return "\(tenths / 10).\(tenths % 10) GiB"
    }
    throw InvalidInput(
      source: model,
      [
        Fault(
          "memory",
          "tables of \(gigabytes(tableBytes)) and \(gigabytes(agentBytes)) for an agent of"
            + " \(prefixes) prefixes of policies over \(beliefText) are more than the"
            + " \(gigabytes(StepCost.machineBytes)) of this machine",
          remedy: "shorten planning.horizon, list policies, or split a factor")
      ])
  }
}

/// A number of bytes or operations, `Int.max` where it is larger.
private func whole(_ value: Double) -> Int { value < 0x1p62 ? Int(value) : Int.max }
