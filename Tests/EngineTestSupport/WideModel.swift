import ActiveInference

/// A random model with a factor of many states whose tables are sparse, and small factors beside it.
///
/// - `place`, wide: a walk by `move` to one of a few states. Each looks like one of two outcomes of
///   `where`; what `sign` says depends on `mood` too.
/// - `mood`, small: driven by `act` and, if wanted, by the place.
/// - `far`, wide too, if wanted: another walk by `move`, told by `light`.
package struct WideModel {
  package struct Options {
    package var hasSecondWide = false
    package var moodDependsOnPlace = false
    package var hasCounts = false
    /// States that the first belief leaves possible; nil for all.
    package var firstPlaces: Int? = 5
    package var states = 1024

    package init() {}
  }

  package let description: ModelDescription
  private let model: GenerativeModel
  private var random: RandomStream

  package init(seed: UInt64, _ options: Options = Options()) throws {
    random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
    description = WideModel.describe(options, &random)
    model = try GenerativeModel(description)
  }

  private static func describe(
    _ options: Options, _ random: inout RandomStream
  ) -> ModelDescription {
    let places = Variable("place", size: options.states)
    let mood = Variable("mood", size: 3)
    let far = Variable("far", size: options.states + 7)
    let move = Variable("move", size: 2)
    let act = Variable("act", size: 2)
    var result = ModelDescription()
    result.name = "wide"
    result.factors = [places, mood]
    result.controls = [move, act]
    result.modalities = [
      Variable("where", size: 60), Variable("sign", size: 40), Variable("feeling", size: 3),
    ]
    result.likelihoods = [
      .init("where", given: ["place"], sparse(60, [places.size], 2, &random)),
      .init("sign", given: ["place", "mood"], sparse(40, [places.size, 3], 2, &random)),
      .init("feeling", given: ["mood"], random.table(3, given: [3], 0)),
    ]
    let parents = options.moodDependsOnPlace ? [mood, places] : [mood]
    result.transitions = [
      .init(
        "place", given: ["place"], controls: ["move"],
        sparse(places.size, [places.size, move.size], 3, &random)),
      .init(
        "mood", given: parents.map(\.name), controls: ["act"],
        random.table(3, given: parents.map(\.size) + [act.size], 0.2)),
    ]
    if options.hasSecondWide {
      result.factors.append(far)
      result.modalities.append(Variable("light", size: 30))
      result.likelihoods.append(.init("light", given: ["far"], sparse(30, [far.size], 2, &random)))
      result.transitions.append(
        .init(
          "far", given: ["far"], controls: ["move"],
          sparse(far.size, [far.size, move.size], 2, &random)))
    }
    result.preferences = [
      .init("where", Tensor(shape: [60], (0..<60).map { _ in 4 * random.nextUnit() - 2 })),
      .init("sign", Tensor(shape: [40], (0..<40).map { _ in 4 * random.nextUnit() - 2 })),
    ]
    if let first = options.firstPlaces {
      result.initialStates = [.init("place", sparse(places.size, [], first, &random))]
    }
    var goal = [Double](repeating: 0, count: places.size)
    for _ in 0..<20 { goal[random.integer(0..<places.size)] = 1 }
    result.goals = [.init("place", Tensor(shape: [places.size], goal))]
    if options.hasCounts { addCounts(&result, &random) }
    return result
  }

  /// A table of so many entries a column, each column a distribution.
  private static func sparse(
    _ size: Int, _ given: [Int], _ perColumn: Int, _ random: inout RandomStream
  ) -> Tensor {
    let columns = given.reduce(1, *)
    var entries: [Int: Double] = [:]
    for column in 0..<columns {
      var weights: [Int: Double] = [:]
      for _ in 0..<perColumn { weights[random.integer(0..<size)] = 0.05 + random.nextUnit() }
      // In order, so that the sum does not depend on how a dictionary is kept.
      let total = weights.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value }
      for (row, weight) in weights { entries[row * columns + column] = weight / total }
    }
    let sorted = entries.sorted { $0.key < $1.key }
    return Tensor(
      shape: [size] + given, offsets: sorted.map(\.key), values: sorted.map(\.value))
  }

  private static func addCounts(_ result: inout ModelDescription, _ random: inout RandomStream) {
    var scales: [Double] = []
    for _ in 0..<97 { scales.append(0.5 + 8 * random.nextUnit()) }
    func counts(_ tensor: Tensor) -> Tensor {
      let columns = tensor.shape.dropFirst().reduce(1, *)
      switch tensor.storage {
      case .dense(let values):
        return Tensor(
          shape: tensor.shape, values.enumerated().map { $1 * scales[$0 % columns % 97] })
      case .sparse(let offsets, let values):
        return Tensor(
          shape: tensor.shape, offsets: offsets,
          values: zip(offsets, values).map { $1 * scales[$0 % columns % 97] })
      }
    }
    result.likelihoodCounts = result.likelihoods.compactMap { table in
      table.probability.map { .init(table.modality, counts($0)) }
    }
    result.transitionCounts = result.transitions.compactMap { table in
      table.probability.map { .init(table.factor, counts($0)) }
    }
    result.initialStateCounts = result.initialStates.map { .init($0.name, counts($0.values)) }
  }

  // MARK: - Data

  package mutating func chance(_ probability: Double) -> Bool { random.nextUnit() < probability }

  /// What somebody sees who walks at random; some of it missing, some of it uncertain.
  package mutating func walk(
    steps: Int, soften: Bool
  ) -> (observations: [[Observation]], actions: [[Int]]) {
    var state = model.factors.indices.map { factor in
      let first = model.initialStates[factor]
      return draw((0..<model.factors[factor].size).map { first?[$0] ?? 1 })
    }
    var observations: [[Observation]] = []
    var actions: [[Int]] = []
    for step in 0..<steps {
      if step > 0 {
        let action = model.controls.map { random.integer(0..<$0.size) }
        let last = state
        for (factor, table) in model.transitions.enumerated() {
          let place = table.given.map { last[$0] } + table.controls.map { action[$0] }
          state[factor] = draw(column(table.probability, place))
        }
        actions.append(action)
      }
      observations.append(
        model.likelihoods.map { table in
          see(draw(column(table.probability, table.given.map { state[$0] })), table, soften)
        })
    }
    return (observations, actions)
  }

  private mutating func see(
    _ outcome: Int, _ table: GenerativeModel.Likelihood, _ soften: Bool
  ) -> Observation {
    guard soften else { return .outcome(outcome) }
    if chance(0.2) { return .missing }
    guard chance(0.3) else { return .outcome(outcome) }
    var weights = random.distribution(table.probability.shape[0], 0.5)
    for index in weights.indices { weights[index] *= 0.3 }
    weights[outcome] += 0.7
    let total = weights.reduce(0, +)
    return .distribution(weights.map { $0 / total })
  }

  private mutating func draw(_ weights: [Double]) -> Int {
    weights.withUnsafeBufferPointer { random.categorical($0) }
  }

  private func column(_ tensor: Tensor, _ place: [Int]) -> [Double] {
    var column = 0
    for (index, size) in zip(place, tensor.shape.dropFirst()) { column = column * size + index }
    let columns = tensor.shape.dropFirst().reduce(1, *)
    var result = [Double](repeating: 0, count: tensor.shape[0])
    switch tensor.storage {
    case .dense(let values):
      for row in result.indices { result[row] = values[row * columns + column] }
    case .sparse(let offsets, let values):
      for (offset, value) in zip(offsets, values) where offset % columns == column {
        result[offset / columns] = value
      }
    }
    return result
  }
}
