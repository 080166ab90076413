import GenerativeModel
import Kernels

/// A description without fault, to be spoiled by tests: two factors, one control, two modalities.
func describedTMaze() -> ModelDescription {
  var model = ModelDescription()
  model.name = "tmaze"
  model.factors = [
    Variable("location", ["centre", "left", "right", "cue"]), Variable("context", size: 2),
  ]
  model.modalities = [Variable("where", size: 4), Variable("reward", ["none", "reward", "loss"])]
  model.controls = [Variable("move", ["centre", "left", "right", "cue"])]
  let identity = (0..<16).map { $0 / 4 == $0 % 4 ? 1.0 : 0.0 }
  // [outcome][location][context]
  let reward: [Double] = [
    1, 1, 0, 0, 0, 0, 1, 1,
    0, 0, 0.98, 0.02, 0.02, 0.98, 0, 0,
    0, 0, 0.02, 0.98, 0.98, 0.02, 0, 0,
  ]
  model.likelihoods = [
    .init("where", given: ["location"], Tensor(shape: [4, 4], identity)),
    .init("reward", given: ["location", "context"], Tensor(shape: [3, 4, 2], reward)),
  ]
  let move = (0..<64).map { $0 / 16 == $0 % 4 ? 1.0 : 0.0 }
  model.transitions = [
    .init("location", given: ["location"], controls: ["move"], Tensor(shape: [4, 4, 4], move)),
    .init("context", given: ["context"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1])),
  ]
  model.preferences = [.init("reward", Tensor(shape: [3], [0, 3, -3]))]
  model.initialStates = [.init("location", Tensor(shape: [4], [1, 0, 0, 0]))]
  return model
}

/// What is said about a description; `no fault` where there is none.
func messages(_ description: ModelDescription) -> String {
  do throws(InvalidInput) {
    _ = try GenerativeModel(description)
    return "no fault"
  } catch {
    return InvalidInput(error.faults).description
  }
}

/// Models of any structure, drawn at random.
struct RandomModels {
  private var random: RandomStream

  init(seed: UInt64) {
    random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
  }

  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  mutating func model() throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = ["", "a model", "no", "1"][below(4)]
    model.factors = (0...below(3)).map { variable("factor \($0)") }
    model.modalities = (0...below(3)).map { variable("modality \($0)") }
    model.controls = (0..<below(3)).map { variable("control \($0)") }
    for modality in model.modalities {
      let given = some(model.factors)
      let shape = [modality.size] + given.map(\.size)
      let table = columns(shape)
      model.likelihoods.append(
        .init(modality.name, given: given.map(\.name), table.probability))
      if let counts = table.counts { model.likelihoodCounts.append(.init(modality.name, counts)) }
      preferences(of: modality, &model)
    }
    for factor in model.factors {
      let given = some(model.factors)
      let controls = some(model.controls)
      let table = columns([factor.size] + (given + controls).map(\.size))
      model.transitions.append(
        .init(
          factor.name, given: given.map(\.name), controls: controls.map(\.name), table.probability))
      if let counts = table.counts { model.transitionCounts.append(.init(factor.name, counts)) }
      vectors(of: factor, &model)
    }
    policies(&model)
    return try GenerativeModel(model)
  }

  private mutating func preferences(of modality: Variable, _ model: inout ModelDescription) {
    let shape = below(2) == 0 ? [modality.size] : [3, modality.size]
    let count = shape.reduce(1, *)
    let values = (0..<count).map { _ in 6 * random.nextUnit() - 3 }
    switch below(3) {
    case 0: model.preferences.append(.init(modality.name, Tensor(shape: shape, values)))
    case 1:
      model.preferenceCounts.append(
        .init(modality.name, Tensor(shape: shape, values.map { $0 + 4 })))
    default: break
    }
  }

  private mutating func vectors(of factor: Variable, _ model: inout ModelDescription) {
    let counts = (0..<factor.size).map { _ in 0.1 + random.nextUnit() }
    switch below(3) {
    case 0:
      model.initialStates.append(
        .init(factor.name, Tensor(shape: [factor.size], random.dirichlet(counts))))
    case 1:
      model.initialStateCounts.append(.init(factor.name, Tensor(shape: [factor.size], counts)))
    default: break
    }
    if below(3) == 0 {
      let goal = (0..<factor.size).map { $0 == 0 ? 1.0 : Double(below(2)) }
      model.goals.append(.init(factor.name, Tensor(shape: [factor.size], goal)))
    }
  }

  private mutating func policies(_ model: inout ModelDescription) {
    if below(2) == 0 {
      model.policies = (0..<3).map { _ in
        (0..<2).map { _ in model.controls.map { below($0.size) } }
      }
    }
    switch below(3) {
    case 0: model.habit = random.dirichlet([1, 2, 3])
    case 1: model.habitCounts = [0.1, 0, 7]
    default: break
    }
  }

  private mutating func variable(_ name: String) -> Variable {
    let size = 1 + below(4)
    return below(2) == 0
      ? Variable(name, size: size) : Variable(name, (0..<size).map { "\(name): \($0)" })
  }

  private mutating func some(_ variables: [Variable]) -> [Variable] {
    let chosen = variables.filter { _ in below(2) == 0 }
    return below(2) == 0 ? chosen : chosen.reversed()
  }

  /// A table, its counts, or both; dense or sparse.
  private mutating func columns(_ shape: [Int]) -> (probability: Tensor?, counts: Tensor?) {
    let columns = shape.dropFirst().reduce(1, *)
    let isSparse = below(2) == 0
    var counts = [Double](repeating: 0, count: shape.reduce(1, *))
    var stored: Set<Int> = []
    for column in 0..<columns {
      // One entry of a column is never left out.
      let survivor = below(shape[0])
      for row in 0..<shape[0] where row == survivor || below(2) == 0 {
        counts[row * columns + column] = 0.1 + random.nextUnit()
        stored.insert(row * columns + column)
      }
    }
    let offsets = stored.sorted()
    let tensor =
      isSparse
      ? Tensor(shape: shape, offsets: offsets, values: offsets.map { counts[$0] })
      : Tensor(shape: shape, counts)
    switch below(3) {
    case 0: return (meanOfColumns(tensor), nil)
    case 1: return (nil, tensor)
    default: return (meanOfColumns(tensor), tensor)
    }
  }
}

/// The bits of every number of a model: equal models may differ in the sign of zero.
func bits(_ model: GenerativeModel) -> [UInt64] {
  var numbers: [Double] = []
  func add(_ tensor: Tensor?) { tensor?.forEachStored { numbers.append($1) } }
  model.likelihoods.forEach { add($0.probability) }
  model.transitions.forEach { add($0.probability) }
  model.preferences.forEach(add)
  numbers += model.initialStates.flatMap { $0 ?? [] } + (model.habit ?? [])
  model.concentration.likelihood.forEach(add)
  model.concentration.transition.forEach(add)
  model.concentration.preference.forEach(add)
  numbers += model.concentration.initialState.flatMap { $0 ?? [] }
  numbers += (model.concentration.habit ?? []) + model.goals.flatMap { $0 ?? [] }
  return numbers.map(\.bitPattern)
}
