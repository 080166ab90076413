import GenerativeModel
import Testing

/// A mistake put into a good model, and what the linter must say of it.
struct SeededFault: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: FindingCode
  let place: String
  /// Part of the problem's words, where more than one thing could be found at that place.
  var words = ""
  let model: @Sendable () -> ModelDescription

  init(
    _ description: String, _ code: FindingCode, _ place: String, words: String = "",
    in base: @escaping @Sendable () -> ModelDescription,
    _ spoil: @escaping @Sendable (inout ModelDescription) -> Void
  ) {
    testDescription = description
    self.code = code
    self.place = place
    self.words = words
    model = {
      var model = base()
      spoil(&model)
      return model
    }
  }
}

/// Good models, of which nothing is to be said.
enum GoodModel {
  /// A T-maze in which the cue tells where the reward is.
  static func maze() -> ModelDescription {
    var model = describedTMaze()
    model.name = "maze"
    model.factors[1] = Variable("context", ["left pays", "right pays"])
    // [outcome][location][context]; the cue tells at its place, and nothing elsewhere.
    let cue: [Double] = [
      1, 1, 1, 1, 1, 1, 0, 0,
      0, 0, 0, 0, 0, 0, 0.9, 0.1,
      0, 0, 0, 0, 0, 0, 0.1, 0.9,
    ]
    model.modalities.append(Variable("hint", ["none", "says left", "says right"]))
    model.likelihoods.append(
      .init("hint", given: ["location", "context"], Tensor(shape: [3, 4, 2], cue)))
    // Nothing is lost or won in the centre and at the cue.
    let reward: [Double] = [
      1, 1, 0, 0, 0, 0, 1, 1,
      0, 0, 0.98, 0.02, 0.02, 0.98, 0, 0,
      0, 0, 0.02, 0.98, 0.98, 0.02, 0, 0,
    ]
    model.likelihoods[1].probability = Tensor(shape: [3, 4, 2], reward)
    return model
  }

  /// A walk over nine cells in three rows, of which one is preferred; moves slip now and then.
  static func grid() -> ModelDescription {
    var model = ModelDescription()
    model.name = "grid"
    model.factors = [Variable("cell", size: 9)]
    model.modalities = [Variable("sight", size: 9)]
    model.controls = [Variable("move", ["up", "right", "down", "left"])]
    model.likelihoods = [.init("sight", given: ["cell"], identity(9))]
    var moves = [Double](repeating: 0, count: 9 * 9 * 4)
    for cell in 0..<9 {
      for (action, step) in [(-1, 0), (0, 1), (1, 0), (0, -1)].enumerated() {
        let (row, column) = (cell / 3 + step.0, cell % 3 + step.1)
        let isFree = (0..<3).contains(row) && (0..<3).contains(column)
        let next = isFree ? 3 * row + column : cell
        moves[next * 36 + cell * 4 + action] += 0.75
        moves[cell * 36 + cell * 4 + action] += 0.25
      }
    }
    model.transitions = [
      .init("cell", given: ["cell"], controls: ["move"], Tensor(shape: [9, 9, 4], moves))
    ]
    model.preferences = [.init("sight", Tensor(shape: [9], [0, 0, 0, 0, 0, 0, 0, 0, 2]))]
    model.initialStates = [
      .init("cell", Tensor(shape: [9], [1, 0, 0, 0, 0, 0, 0, 0, 0]))
    ]
    return model
  }

  /// A machine whose wear shows through its noise, and is mended; listed policies and a habit.
  static func machine() -> ModelDescription {
    var model = ModelDescription()
    model.name = "machine"
    model.factors = [Variable("wear", ["new", "worn", "broken"])]
    model.modalities = [Variable("noise", ["quiet", "loud"])]
    model.controls = [Variable("do", ["run", "mend"])]
    model.likelihoods = [
      .init("noise", given: ["wear"], Tensor(shape: [2, 3], [0.9, 0.5, 0.125, 0.1, 0.5, 0.875]))
    ]
    model.transitions = [
      .init(
        "wear", given: ["wear"], controls: ["do"],
        Tensor(
          shape: [3, 3, 2],
          [0.75, 1, 0, 0.75, 0, 0.5, 0.25, 0, 0.5, 0.25, 0, 0.25, 0, 0, 0.5, 0, 1, 0.25]))
    ]
    model.preferences = [.init("noise", Tensor(shape: [2], [1, 0]))]
    model.initialStates = [.init("wear", Tensor(shape: [3], [1, 0, 0]))]
    model.policies = [[[0], [0]], [[0], [1]], [[1], [0]]]
    model.habit = [0.5, 0.25, 0.25]
    return model
  }

  static func identity(_ size: Int) -> Tensor {
    Tensor(
      shape: [size, size],
      (0..<size * size).map { $0 / size == $0 % size ? 1 : 0 })
  }

  static let all: [@Sendable () -> ModelDescription] = [maze, grid, machine]
}

extension ModelDescription {
  /// Changes the entries of a likelihood.
  mutating func likelihood(_ index: Int, _ change: (inout [Double]) -> Void) {
    let tensor = likelihoods[index].probability ?? Tensor(shape: [0], [])
    var values = tensor.values
    change(&values)
    likelihoods[index].probability = Tensor(shape: tensor.shape, values)
  }

  /// Changes the entries of a transition.
  mutating func transition(_ index: Int, _ change: (inout [Double]) -> Void) {
    let tensor = transitions[index].probability ?? Tensor(shape: [0], [])
    var values = tensor.values
    change(&values)
    transitions[index].probability = Tensor(shape: tensor.shape, values)
  }

  /// Exchanges the axes of a table's numbers and leaves what it says it is given.
  mutating func exchange(likelihood index: Int, _ one: Int, _ other: Int) {
    likelihoods[index].probability = likelihoods[index].probability.map {
      exchanged($0, one, other)
    }
  }

  mutating func exchange(transition index: Int, _ one: Int, _ other: Int) {
    transitions[index].probability = transitions[index].probability.map {
      exchanged($0, one, other)
    }
  }
}

/// A tensor with two axes exchanged.
private func exchanged(_ tensor: Tensor, _ one: Int, _ other: Int) -> Tensor {
  func strides(_ shape: [Int]) -> [Int] {
    shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
  }
  var shape = tensor.shape
  shape.swapAt(one, other)
  var from = strides(tensor.shape)
  from.swapAt(one, other)
  let (to, values) = (strides(shape), tensor.values)
  return Tensor(
    shape: shape,
    values.indices.map { offset in
      values[shape.indices.reduce(0) { $0 + offset / to[$1] % shape[$1] * from[$1] }]
    })
}
