import GenerativeModel
import Inference
import Kernels

/// Takes what policies are worth apart: step by step, by modality and by factor.
///
/// Goes along one policy by itself, which ``ExpectedFreeEnergy`` does for all at once, and shares with it
/// what values a belief.
package final class PolicyBreakdown {
  private let space: BeliefSpace
  private let settings: PlanningSettings
  private let tables: PlanningTables<Double>
  private let model: ModelTables<Double>
  private let dynamics: BeliefDynamics<SingleArithmetic>
  private let nodeDynamics: BeliefDynamics<SharedLaneArithmetic>
  private let evaluator: NodeEvaluation<SingleArithmetic>
  private let inductive: InductivePreference<SingleArithmetic>?
  private let terms = NodeTerms(blocks: 1)
  private let actions: FixedBuffer<Int>
  /// The belief before a step and after it; and both as blocks of one node.
  private var beliefs: (BeliefBuffer<Double>, BeliefBuffer<Double>)
  private var blocks: (BeliefBuffer<Lanes>, BeliefBuffer<Lanes>)

  /// Memory to take policies apart that are enumerated.
  ///
  /// - Parameters:
  ///   - tables: the agent's own where it learns, as is `model`.
  package init(
    _ space: BeliefSpace, _ settings: PlanningSettings, _ tables: PlanningTables<Double>,
    _ model: ModelTables<Double>
  ) throws(InvalidInput) {
    self.space = space
    self.settings = settings
    self.tables = tables
    self.model = model
    dynamics = BeliefDynamics(space)
    nodeDynamics = BeliefDynamics(space)
    evaluator = try NodeEvaluation(space, settings, tables, nodeDynamics)
    inductive = settings.inductive.map { InductivePreference(space, $0, model) }
    actions = FixedBuffer(repeating: 0, count: space.compiled.factors.count)
    beliefs = (BeliefBuffer(space), BeliefBuffer(space))
    blocks = (BeliefBuffer(space), BeliefBuffer(space))
  }

  /// Follows tables that have changed by learning.
  package func refresh() { inductive?.refresh(model) }

  /// The steps of a policy from a belief.
  ///
  /// - Parameter policy: joint actions, each with one entry a control.
  /// - Throws: ``PlanningFailure`` where a joint information gain is too large to be taken.
  /// - Complexity: O(steps x modalities) of what the policy's own evaluation takes.
  package func steps(
    of policy: [[Int]], from belief: Belief<Double>
  ) throws(PlanningFailure) -> [StepBreakdown] {
    beliefs.0.base.update(from: belief.base, count: space.size)
    dynamics.noteSupports(beliefs.0.belief)
    inductive?.begin(dynamics.marginals(of: belief))
    spread(beliefs.0, into: blocks.0)
    var steps: [StepBreakdown] = []
    for (index, action) in policy.enumerated() {
      for factor in 0..<actions.count {
        actions.base[factor] = space.compiled.jointAction(of: factor, action)
      }
      dynamics.predict(beliefs.0.belief, action: actions.base, model, into: beliefs.1.belief)
      spread(beliefs.1, into: blocks.1)
      steps.append(try breakdown(planningStep: index))
      beliefs = (beliefs.1, beliefs.0)
      blocks = (blocks.1, blocks.0)
    }
    return steps
  }

  /// A belief as a block whose nodes are all the same.
  private func spread(_ belief: BeliefBuffer<Double>, into block: BeliefBuffer<Lanes>) {
    for state in 0..<space.size { block.base[state] = Lanes(repeating: belief.base[state]) }
    nodeDynamics.noteSupports(block.belief)
  }

  // MARK: - One step

  private func breakdown(planningStep: Int) throws(PlanningFailure) -> StepBreakdown {
    let likelihoods = UnsafePointer(model.likelihoodColumns.base)
    try evaluator.evaluate(
      blocks.1.belief, nodes: 1, planningStep: planningStep, likelihoods, inductive: inductive,
      into: terms, at: 0)
    let predicted = predictedOutcomes
    return StepBreakdown(
      utility: utility(predicted, planningStep),
      stateInformationGain: try informationGain(predicted, likelihoods),
      likelihoodNovelty: likelihoodNovelty(likelihoods), transitionNovelty: transitionNovelty,
      inductive: inductiveParts)
  }

  private var predictedOutcomes: [PredictedOutcomes] {
    (0..<space.compiled.modalities.count).map {
      PredictedOutcomes(
        model.likelihoodColumns.base[$0], states(of: $0), floor: tables.entropyFloor)
    }
  }

  private func states(of modality: Int) -> ScopeDistribution<Double> {
    dynamics.distribution(
      of: space.compiled.modalities.base[modality].scope, in: beliefs.1.belief)
  }

  private func utility(_ predicted: [PredictedOutcomes], _ planningStep: Int) -> [Double] {
    guard settings.utility else { return predicted.map { _ in 0 } }
    let row = min(planningStep, tables.preferenceRows - 1) * space.compiled.outcomeCount
    return predicted.enumerated().map { modality, outcomes in
      let preference =
        tables.preferences.base + row + space.compiled.modalities.base[modality].outcomeOffset
      return outcomes.probabilities.enumerated().reduce(0) {
        $0 + $1.element * preference[$1.offset]
      }
    }
  }

  private func informationGain(
    _ predicted: [PredictedOutcomes], _ likelihoods: UnsafePointer<RunTable<Double>>
  ) throws(PlanningFailure) -> StepBreakdown.InformationGain {
    guard settings.stateInformationGain else { return .each(predicted.map { _ in 0 }) }
    if settings.informationGain == .perModality {
      return .each(predicted.map { $0.informationGain(floor: tables.entropyFloor) })
    }
    guard let joint = evaluator.joint else {
      return .undivided(terms.stateInformationGain.base[0][0])
    }
    return .chain(try chain(joint, predicted, likelihoods))
  }

  /// What each modality tells beyond those before it: as far as those of its group go, for the others say
  /// nothing about its states.
  private func chain(
    _ joint: JointInformationGain<Double>, _ predicted: [PredictedOutcomes],
    _ likelihoods: UnsafePointer<RunTable<Double>>
  ) throws(PlanningFailure) -> [Double] {
    let groups = joint.groupOf.array(0..<predicted.count)
    var members: [Int: [Int]] = [:]
    for modality in predicted.indices where groups[modality] >= 0 {
      members[groups[modality], default: []].append(modality)
    }
    var gains = [Double](repeating: 0, count: predicted.count)
    for modality in predicted.indices { joint.isObserved.base[modality] = false }
    defer { for modality in predicted.indices { joint.isObserved.base[modality] = true } }
    for group in members.values {
      var before = 0.0
      for modality in group {
        joint.isObserved.base[modality] = true
        try joint.findEntropy(blocks.1.belief, lane: 0, likelihoods)
        gains[modality] = joint.entropy - before - predicted[modality].ambiguity
        before = joint.entropy
      }
      for modality in group { joint.isObserved.base[modality] = false }
    }
    return gains
  }

  private func likelihoodNovelty(
    _ likelihoods: UnsafePointer<RunTable<Double>>
  ) -> [Double] {
    (0..<space.compiled.modalities.count).map { modality in
      guard tables.hasLikelihoodNovelty else { return 0 }
      if settings.convention != .standard {
        var sum = Lanes.zero
        evaluator.addProductNovelty(of: modality, blocks.1.belief, likelihoods, to: &sum)
        return sum[0]
      }
      guard space.compiled.model.concentration.likelihood[modality] != nil else { return 0 }
      let (likelihood, states) = (likelihoods[modality], states(of: modality))
      let weights = tables.likelihoodWeights.base[modality].cells
      var sum = 0.0
      for index in 0..<states.count where states.weights[index] != 0 {
        for cell in likelihood.cells(of: states.column(index)) {
          sum += states.weights[index] * likelihood.cells[cell] * weights[cell]
        }
      }
      return sum
    }
  }

  private var transitionNovelty: [Double] {
    let marginals = nodeDynamics.marginals(of: blocks.1.belief)
    return (0..<actions.count).map { factor in
      guard tables.hasTransitionNovelty else { return 0 }
      var sum = Lanes.zero
      evaluator.addTransitionNovelty(
        of: factor, blocks.0.belief, action: actions.base[factor], marginals: marginals, to: &sum)
      return sum[0]
    }
  }

  private var inductiveParts: [Double] {
    guard let inductive else { return [Double](repeating: 0, count: actions.count) }
    let next = blocks.1.belief
    return inductive.valueByFactor(next, marginals: nodeDynamics.marginals(of: next)).map { $0[0] }
  }
}
