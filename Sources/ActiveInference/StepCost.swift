import GenerativeModel
import Inference
import PolicySelection

/// What an agent takes: memory in bytes, work in multiplications.
public struct StepCost: Hashable, Sendable {
  /// Prefixes of policies, each evaluated at most once a step.
  public let prefixes: Int
  /// Numbers in a belief.
  public let beliefSize: Int
  /// Whether the belief is held over joint states.
  public let isJoint: Bool
  /// Bytes of the tables that agents share.
  public let tableBytes: Int
  /// Bytes of each agent's own memory, to within small change.
  public let agentBytes: Int
  /// Multiplications of a step when no belief is sharp and no two prefixes meet: an upper estimate.
  public let operations: Int

  /// How the belief is held, in words.
  public var beliefText: String {
    isJoint ? "\(beliefSize) joint states" : "\(beliefSize) states of all factors"
  }
}

extension CompiledAgent {
  /// What an agent of this kind takes.
  public var cost: StepCost {
    let likelihoods = compiled.likelihoodCount
    var transitions = 0
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      transitions += (space.isJoint ? space.size : plan.columns) * plan.states
    }
    let perNode = transitions + likelihoods + 2 * compiled.outcomeCount
    let sweeps = space.isJoint ? 1 : inference.iterations
    let prefixes = policies.prefixCount
    return StepCost(
      prefixes: prefixes, beliefSize: space.size, isJoint: space.isJoint,
      tableBytes: compiled.tableBytes + policies.bytes,
      agentBytes: ExpectedFreeEnergy.workspaceBytes(space, policies)
        + (learns ? compiled.tableBytes : 0),
      operations: sweeps * likelihoods + prefixes * perNode)
  }
}
