import ActiveInference
import EngineTestSupport
import Testing

/// Names are only names: numbering states, outcomes or actions otherwise numbers every result
/// otherwise and changes none.
@Suite("Labels in another order") struct PermutationTests {
  @Test("permute every result", arguments: ["exact", "cavi", "fpi"])
  func results(scheme: String) throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<60 {
      var options = RandomModel.Options()
      options.horizon = 1 + seed % 2
      options.counts = seed % 3 == 0
      options.goals = seed % 4 == 1
      var random = try RandomModel(seed: UInt64(2000 + seed), options)
      var configuration = AgentConfiguration()
      configuration.inference.algorithm = try #require(.init(rawValue: scheme))
      configuration.planning.informationGain = seed % 2 == 0 ? .joint : .perModality
      configuration.planning.parameterInformationGain = options.counts
      if options.goals { configuration.planning.inductive = .init(depth: 3) }
      if options.counts { configuration.learning.transition = .init() }
      // A list, so that policies stay in their order whatever their actions are called.
      let set = try PolicySet(CompiledModel(random.model), horizon: options.horizon)
      if !random.model.controls.isEmpty {
        var listed = random.description
        listed.policies = (0..<set.count).map(set.policy)
        random = try RandomModel(seed: UInt64(2000 + seed), options, replacing: listed)
      }
      let renaming = Renaming(&random)
      let record = random.record(steps: 4)
      let original = try ActiveInferenceAgent(random.model, configuration).replay(record)
      let renamed = try ActiveInferenceAgent(
        GenerativeModel(renaming.rename(random.description)), configuration
      ).replay(renaming.rename(record))
      for (one, other) in zip(original, renamed) {
        compare(one, other, renaming, "model \(seed), step \(one.t)", &differences)
      }
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared > 3000)
  }

  private func compare(
    _ one: StepRecord, _ other: StepRecord, _ renaming: Renaming, _ place: String,
    _ differences: inout Differences
  ) {
    differences.compare(
      other.beliefs ?? [],
      zip(one.beliefs ?? [], renaming.states).map { $1.permute($0) }, "\(place), beliefs")
    differences.compare(
      other.freeEnergy ?? .nan, one.freeEnergy ?? .nan, "\(place), freeEnergy")
    differences.compare(
      other.negativeExpectedFreeEnergy ?? [], one.negativeExpectedFreeEnergy ?? [],
      "\(place), negativeExpectedFreeEnergy")
    differences.compare(
      other.policyPosterior ?? [], one.policyPosterior ?? [], "\(place), policyPosterior")
    differences.compare(
      other.actionMarginals ?? [],
      zip(one.actionMarginals ?? [], renaming.actions).map { $1.permute($0) },
      "\(place), actionMarginals")
    let sorted = (one.policyPosterior ?? []).sorted(by: >)
    if sorted.count > 1 && sorted[0] - sorted[1] > 1e-9 {
      differences.compare(
        other.choice ?? [], zip(one.choice ?? [], renaming.actions).map { $1.moves[$0] },
        "\(place), choice")
    }
  }
}

/// Values of one variable in another order.
private struct Permutation {
  /// Where each value goes.
  let moves: [Int]

  func permute<T>(_ values: [T]) -> [T] {
    var result = values
    for (value, target) in moves.enumerated() { result[target] = values[value] }
    return result
  }
}

/// New numbers for the values of every variable of a model.
private struct Renaming {
  let states: [Permutation]
  let outcomes: [Permutation]
  let actions: [Permutation]

  init(_ random: inout RandomModel) {
    func permutations(_ variables: [Variable], _ random: inout RandomModel) -> [Permutation] {
      variables.map { Permutation(moves: random.shuffled(Array(0..<$0.size))) }
    }
    states = permutations(random.model.factors, &random)
    outcomes = permutations(random.model.modalities, &random)
    actions = permutations(random.model.controls, &random)
  }

  func rename(_ record: BehaviourRecord) -> BehaviourRecord {
    BehaviourRecord(
      observations: record.observations.map { step in
        zip(step, outcomes).map { entry, permutation in
          switch entry {
          case .missing: .missing
          case .outcome(let outcome): .outcome(permutation.moves[outcome])
          case .distribution(let weights): .distribution(permutation.permute(weights))
          }
        }
      },
      actions: record.actions.map { zip($0, actions).map { $1.moves[$0] } })
  }

  func rename(_ model: ModelDescription) -> ModelDescription {
    var result = model
    let factors = Dictionary(uniqueKeysWithValues: zip(model.factors.map(\.name), states))
    let modalities = Dictionary(uniqueKeysWithValues: zip(model.modalities.map(\.name), outcomes))
    let controls = Dictionary(uniqueKeysWithValues: zip(model.controls.map(\.name), actions))
    var axes: [String: [Permutation?]] = [:]
    for (index, table) in model.likelihoods.enumerated() {
      let order = [modalities[table.modality]] + table.given.map { factors[$0] }
      axes[table.modality] = order
      result.likelihoods[index].probability = table.probability.map { permute($0, order) }
    }
    for (index, table) in model.transitions.enumerated() {
      let order =
        [factors[table.factor]] + table.given.map { factors[$0] }
        + table.controls.map { controls[$0] }
      axes[table.factor] = order
      result.transitions[index].probability = table.probability.map { permute($0, order) }
    }
    for path in [\ModelDescription.likelihoodCounts, \.transitionCounts] {
      result[keyPath: path] = model[keyPath: path].map {
        .init($0.name, permute($0.values, axes[$0.name] ?? []))
      }
    }
    for path in [\ModelDescription.preferences, \.preferenceCounts] {
      result[keyPath: path] = model[keyPath: path].map {
        let steps = [Permutation?](repeating: nil, count: $0.values.shape.count - 1)
        return .init($0.name, permute($0.values, steps + [modalities[$0.name]]))
      }
    }
    for path in [\ModelDescription.initialStates, \.initialStateCounts, \.goals] {
      result[keyPath: path] = model[keyPath: path].map {
        .init($0.name, permute($0.values, [factors[$0.name]]))
      }
    }
    result.policies = model.policies?.map { policy in
      policy.map { action in zip(action, actions).map { $1.moves[$0] } }
    }
    return result
  }

  /// Moves the values along every axis that has a permutation.
  private func permute(_ tensor: Tensor, _ axes: [Permutation?]) -> Tensor {
    let values = tensor.values
    var result = values
    for (offset, value) in values.enumerated() {
      var rest = offset
      var target = 0
      var stride = 1
      for (size, permutation) in zip(tensor.shape, axes).reversed() {
        let coordinate = rest % size
        rest /= size
        target += stride * (permutation?.moves[coordinate] ?? coordinate)
        stride *= size
      }
      result[target] = value
    }
    return Tensor(shape: tensor.shape, result)
  }
}
