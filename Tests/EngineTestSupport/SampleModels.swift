import ActiveInference

/// Models by hand whose answers are known.
package enum SampleModels {
  /// A binary state and identical sensors of it that tell the truth with probability 0.9.
  package static func sensors(_ count: Int, accuracy: Double = 0.9) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "sensors"
    model.factors = [Variable("state", size: 2)]
    model.modalities = (0..<count).map { Variable("sensor \($0)", size: 2) }
    let table = Tensor(shape: [2, 2], [accuracy, 1 - accuracy, 1 - accuracy, accuracy])
    model.likelihoods = model.modalities.map { .init($0.name, given: ["state"], table) }
    model.transitions = [
      .init("state", given: ["state"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1]))
    ]
    return try GenerativeModel(model)
  }

  /// Two binary factors whose difference is seen with probability 0.99: simultaneous updates
  /// oscillate, in pymdp too.
  package static func exclusiveOr() throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "exclusive or"
    model.factors = [Variable("first", size: 2), Variable("second", size: 2)]
    model.modalities = [Variable("difference", size: 2)]
    model.likelihoods = [
      .init(
        "difference", given: ["first", "second"],
        Tensor(shape: [2, 2, 2], [0.99, 0.01, 0.01, 0.99, 0.01, 0.99, 0.99, 0.01]))
    ]
    model.transitions = model.factors.map {
      .init($0.name, given: [$0.name], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1]))
    }
    model.initialStates = [
      .init("first", Tensor(shape: [2], [0.6, 0.4])),
      .init("second", Tensor(shape: [2], [0.4, 0.6])),
    ]
    return try GenerativeModel(model)
  }

  /// pymdp's T-maze: five places joined by ways, a reward left or right, a cue that is 0.95 true.
  ///
  /// - Parameter counts: whether A of reward and B of location have counts.
  package static func tMaze(counts: Bool = false) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "T-maze"
    let places = ["centre", "left", "right", "cue", "middle"]
    model.factors = [Variable("location", places), Variable("context", ["left", "right"])]
    model.modalities = [
      Variable("where", places), Variable("reward", ["none", "reward", "punishment"]),
      Variable("cue", ["none", "left", "right"]),
    ]
    model.controls = [Variable("move", places)]
    let ways: Set = [[0, 3], [0, 4], [1, 4], [2, 4]]
    let reward = table([3, 5, 2]) { i in
      let arm = i[1] == 1 || i[1] == 2
      return i[0] == (arm ? (i[1] == i[2] + 1 ? 1 : 2) : 0) ? 1 : 0
    }
    let cue = table([3, 5, 2]) { i in
      if i[1] != 3 { return i[0] == 0 ? 1 : 0 }
      return i[0] == 0 ? 0 : i[0] == i[2] + 1 ? 0.95 : 0.05
    }
    let move = table([5, 5, 5]) { i in
      i[0] == (ways.contains([i[1], i[2]].sorted()) ? i[2] : i[1]) ? 1 : 0
    }
    let context = Tensor(shape: [2, 2], [1, 0, 0, 1])
    model.likelihoods = [
      .init("where", given: ["location"], table([5, 5]) { $0[0] == $0[1] ? 1 : 0 }),
      .init("reward", given: ["location", "context"], reward),
      .init("cue", given: ["location", "context"], cue),
    ]
    model.transitions = [
      .init("location", given: ["location"], controls: ["move"], move),
      .init("context", given: ["context"], controls: [], context),
    ]
    model.preferences = [.init("reward", Tensor(shape: [3], [0, 2, -3]))]
    model.initialStates = [.init("location", Tensor(shape: [5], [1, 0, 0, 0, 0]))]
    if counts {
      // Every cell may turn out to be possible.
      let spread = { (tensor: Tensor) in tensor.mapStored { 4 * $0 + 0.5 } }
      model.likelihoods[1].probability = nil
      model.likelihoods[2].probability = nil
      model.transitions[0].probability = nil
      model.likelihoodCounts = [.init("reward", spread(reward)), .init("cue", spread(cue))]
      model.transitionCounts = [.init("location", spread(move))]
    }
    return try GenerativeModel(model)
  }

  /// A table from what each cell is, by its coordinates.
  package static func table(_ shape: [Int], _ value: ([Int]) -> Double) -> Tensor {
    let count = shape.reduce(1, *)
    return Tensor(
      shape: shape,
      (0..<count).map { offset in
        var rest = offset
        var coordinates: [Int] = []
        for size in shape.reversed() {
          coordinates.append(rest % size)
          rest /= size
        }
        return value(coordinates.reversed())
      })
  }
}
