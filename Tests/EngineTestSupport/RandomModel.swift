import ActiveInference

/// A small random model, the same for the same seed: what a brute-force check is made of.
///
/// Factors may drive one another, need not depend on themselves, may share controls or have none;
/// likelihoods may depend on nothing; variables may have one value; tables have structural zeros.
package struct RandomModel {
  /// What a random model may have.
  package struct Options {
    /// Joint states at most.
    package var largestJoint = 18
    /// Factors at least.
    package var fewestFactors = 1
    /// Joint actions at least.
    package var fewestActions = 1
    /// Joint outcomes at most.
    package var mostOutcomes = Int.max
    /// The share of entries that are zero.
    package var sparsity = 0.25
    /// The share of entries that are very small.
    package var tiny = 0.06
    /// Whether A, B, C, D and E have counts, which they are the means of.
    package var counts = false
    /// Whether factors have goals, for which they depend on themselves alone.
    package var goals = false
    /// Whether E is there and depends on some factors.
    package var habitOfStates = false
    /// Planning steps for which there are preferences; nil makes C `[outcome]`.
    package var preferenceRows: Int?
    /// Policies at most, of all sequences of the horizon's length.
    package var horizon = 1
    package var mostPolicies = 36

    package init() {}
  }

  package let description: ModelDescription
  package let model: GenerativeModel
  private let world: ModelEnvironment
  private var random: RandomStream

  /// - Parameter description: in place of what the seed gives.
  package init(
    seed: UInt64, _ options: Options = Options(), replacing description: ModelDescription? = nil
  ) throws {
    random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
    let drawn = RandomModel.describe(&random, options)
    self.description = description ?? drawn
    model = try GenerativeModel(self.description)
    world = try ModelEnvironment(model)
  }

  // MARK: - Chance

  package mutating func integer(_ range: Range<Int>) -> Int { random.integer(range) }
  package mutating func chance(_ probability: Double) -> Bool { random.nextUnit() < probability }
  package mutating func shuffled<T>(_ elements: [T]) -> [T] { elements.shuffled(using: &random) }
  package mutating func distribution(_ size: Int) -> [Double] { random.distribution(size, 0.2) }

  /// What somebody in the world of this model sees who acts at random.
  ///
  /// - Parameter soften: whether some observations are missing and some are distributions.
  package mutating func record(steps: Int, soften: Bool = false) -> BehaviourRecord {
    var (state, observation) = world.reset(using: &random)
    var record = BehaviourRecord(observations: [], actions: [])
    for step in 0..<steps {
      if step > 0 {
        let action = model.controls.map { random.integer(0..<$0.size) }
        observation = world.step(&state, action: action, using: &random)
        record.actions.append(action)
      }
      record.observations.append(soften ? soft(observation) : observation)
    }
    return record
  }

  private mutating func soft(_ observation: [Observation]) -> [Observation] {
    zip(observation, model.modalities).map { entry, modality in
      guard case .outcome(let outcome) = entry else { return entry }
      switch random.integer(0..<4) {
      case 0: return .missing
      case 1:
        let spread = random.distribution(modality.size, 0)
        return .distribution(
          spread.enumerated().map { 0.7 * ($0 == outcome ? 1 : 0) + 0.3 * $1 })
      default: return entry
      }
    }
  }

  /// Distinct policies of a length, many beginning alike.
  package mutating func policies(_ count: Int, horizon: Int) -> [[[Int]]] {
    var list: [[[Int]]] = []
    for _ in 0..<count {
      let shared = list.isEmpty ? 0 : random.integer(0..<horizon)
      var policy = list.isEmpty ? [] : Array(list[random.integer(0..<list.count)][..<shared])
      while policy.count < horizon {
        policy.append(model.controls.map { random.integer(0..<$0.size) })
      }
      if !list.contains(policy) { list.append(policy) }
    }
    return list
  }

  // MARK: - The model

  private static func describe(_ random: inout RandomStream, _ options: Options)
    -> ModelDescription
  {
    var result = ModelDescription()
    result.name = "random"
    repeat {
      result.factors = (0..<random.integer(options.fewestFactors..<4)).map {
        Variable("factor \($0)", size: random.integer(1..<5))
      }
    } while result.factors.reduce(1, { $0 * $1.size }) > options.largestJoint
    repeat {
      result.modalities = (0..<random.integer(1..<4)).map {
        Variable("modality \($0)", size: random.integer(1..<5))
      }
    } while result.modalities.reduce(1, { $0 * $1.size }) > options.mostOutcomes
    repeat {
      result.controls = (0..<random.integer(0..<3)).map {
        Variable("control \($0)", size: random.integer(1..<4))
      }
    } while policyCount(result.controls, options.horizon) > options.mostPolicies
      || policyCount(result.controls, 1) < options.fewestActions
    describeTables(&result, &random, options)
    describeCounts(&result, &random, options)
    return result
  }

  private static func policyCount(_ controls: [Variable], _ horizon: Int) -> Int {
    let actions = controls.reduce(1) { $0 * $1.size }
    return (0..<horizon).reduce(1) { count, _ in count * actions }
  }

  private static func describeTables(
    _ result: inout ModelDescription, _ random: inout RandomStream, _ options: Options
  ) {
    for modality in result.modalities {
      let given = random.subset(result.factors)
      result.likelihoods.append(
        .init(
          modality.name, given: given.map(\.name),
          random.table(modality.size, given: given.map(\.size), options.sparsity, options.tiny)))
      if random.nextUnit() < 0.7 {
        let rows = options.preferenceRows
        let values = (0..<(rows ?? 1) * modality.size).map { _ in 6 * random.nextUnit() - 3 }
        let shape = rows.map { [$0, modality.size] } ?? [modality.size]
        result.preferences.append(.init(modality.name, Tensor(shape: shape, values)))
      }
    }
    for factor in result.factors {
      let given = options.goals ? [factor] : random.subset(result.factors)
      let controls = random.subset(result.controls)
      result.transitions.append(
        .init(
          factor.name, given: given.map(\.name), controls: controls.map(\.name),
          random.table(
            factor.size, given: (given + controls).map(\.size), options.sparsity, options.tiny)))
      if random.nextUnit() < 0.8 {
        let first = random.distribution(factor.size, options.sparsity, options.tiny)
        result.initialStates.append(.init(factor.name, Tensor(shape: [factor.size], first)))
      }
      if options.goals {
        var goal = (0..<factor.size).map { _ in random.nextUnit() < 0.3 ? 1.0 : 0 }
        goal[random.integer(0..<factor.size)] = 1
        result.goals.append(.init(factor.name, Tensor(shape: [factor.size], goal)))
      }
    }
    if options.habitOfStates {
      let given = random.subset(result.factors)
      let policies = policyCount(result.controls, options.horizon)
      result.habitGiven = given.map(\.name)
      result.habit = random.table(policies, given: given.map(\.size), 0.2).values
    } else if random.nextUnit() < 0.5 {
      result.habit = random.distribution(policyCount(result.controls, options.horizon), 0.2)
    }
  }

  private static func describeCounts(
    _ result: inout ModelDescription, _ random: inout RandomStream, _ options: Options
  ) {
    guard options.counts else { return }
    // Each column of counts is its distribution times a weight of its own.
    func counts(_ tensor: Tensor) -> Tensor {
      let columns = tensor.shape.dropFirst().reduce(1, *)
      let weights = (0..<columns).map { _ in 0.5 + 8 * random.nextUnit() }
      return Tensor(
        shape: tensor.shape,
        tensor.values.enumerated().map { $1 * weights[$0 % columns] })
    }
    for table in result.likelihoods {
      if let tensor = table.probability {
        result.likelihoodCounts.append(.init(table.modality, counts(tensor)))
      }
    }
    for table in result.transitions {
      if let tensor = table.probability {
        result.transitionCounts.append(.init(table.factor, counts(tensor)))
      }
    }
    for table in result.initialStates {
      result.initialStateCounts.append(.init(table.name, counts(table.values)))
    }
    if options.preferenceRows == nil {
      result.preferences = []
      for modality in result.modalities where random.nextUnit() < 0.7 {
        let values = (0..<modality.size).map { _ in 0.2 + 3 * random.nextUnit() }
        result.preferenceCounts.append(
          .init(modality.name, Tensor(shape: [modality.size], values)))
      }
    }
    if let habit = result.habit { result.habitCounts = habit.map { 4 * $0 } }
  }
}

extension RandomStream {
  package mutating func integer(_ range: Range<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// Probabilities that sum to one, some of them zero and a few very small.
  package mutating func distribution(
    _ size: Int, _ sparsity: Double, _ tiny: Double = 0.06
  ) -> [Double] {
    var weights = (0..<size).map { _ in
      if nextUnit() < sparsity { return 0.0 }
      return nextUnit() < tiny ? 1e-7 * nextUnit() : 0.05 + nextUnit()
    }
    let survivor = integer(0..<size)
    if weights[survivor] == 0 { weights[survivor] = 1 }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// `[value, given...]` with a distribution in each column.
  package mutating func table(
    _ size: Int, given: [Int], _ sparsity: Double, _ tiny: Double = 0.06
  ) -> Tensor {
    let columns = given.reduce(1, *)
    let values = (0..<columns).map { _ in distribution(size, sparsity, tiny) }
    return Tensor(
      shape: [size] + given, (0..<size).flatMap { row in values.map { $0[row] } })
  }

  /// Some of the elements in any order.
  package mutating func subset<T>(_ elements: [T]) -> [T] {
    elements.shuffled(using: &self).prefix(integer(0..<elements.count + 1)).map { $0 }
  }
}
