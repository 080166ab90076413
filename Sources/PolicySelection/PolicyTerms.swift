import Kernels

/// The parts of the negative expected free energy of a step or a policy, in nats; under another objective of
/// what that makes of them.
public struct ExpectedFreeEnergyTerms: BitwiseCopyable, Hashable, Sendable {
  /// What is expected of preferred outcomes.
  public var utility = 0.0
  /// What will be learned about hidden states.
  public var stateInformationGain = 0.0
  /// What will be learned about the parameters.
  public var parameterInformationGain = 0.0
  /// What is gained on the way to the goal.
  public var inductive = 0.0

  /// Their sum.
  public var total: Double {
    utility + stateInformationGain + parameterInformationGain + inductive
  }

  /// Nothing yet.
  public init() {}

  func scaled(by factor: Double) -> ExpectedFreeEnergyTerms {
    var terms = self
    terms.utility *= factor
    terms.stateInformationGain *= factor
    terms.parameterInformationGain *= factor
    terms.inductive *= factor
    return terms
  }

  static func += (a: inout ExpectedFreeEnergyTerms, b: ExpectedFreeEnergyTerms) {
    a.utility += b.utility
    a.stateInformationGain += b.stateInformationGain
    a.parameterInformationGain += b.parameterInformationGain
    a.inductive += b.inductive
  }
}

/// The parts for every block of nodes of a tree.
final class NodeTerms {
  let utility: FixedBuffer<Lanes>
  let stateInformationGain: FixedBuffer<Lanes>
  let parameterInformationGain: FixedBuffer<Lanes>
  let inductive: FixedBuffer<Lanes>
  let total: FixedBuffer<Lanes>

  init(blocks: Int) {
    utility = FixedBuffer(zeros: blocks)
    stateInformationGain = FixedBuffer(zeros: blocks)
    parameterInformationGain = FixedBuffer(zeros: blocks)
    inductive = FixedBuffer(zeros: blocks)
    total = FixedBuffer(zeros: blocks)
  }

  /// The parts in one lane of a block.
  func terms(block: Int, lane: Int) -> ExpectedFreeEnergyTerms {
    var terms = ExpectedFreeEnergyTerms()
    terms.utility = utility.base[block][lane]
    terms.stateInformationGain = stateInformationGain.base[block][lane]
    terms.parameterInformationGain = parameterInformationGain.base[block][lane]
    terms.inductive = inductive.base[block][lane]
    return terms
  }
}
