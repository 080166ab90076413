import ActiveInference
import EngineTestSupport

/// The models that only the matrix needs.
enum SameBitsModels {
  /// One factor of many states and two actions, no entry of which is zero.
  static func dense(states: Int, counts: Bool) throws -> GenerativeModel {
    var random = RandomStream(seed: 128, episode: 0, step: 0, purpose: .user)
    func table(_ shape: [Int]) -> Tensor {
      let columns = shape.dropFirst().reduce(1, *)
      var values = (0..<shape[0] * columns).map { _ in 0.1 + random.nextUnit() }
      if counts { return Tensor(shape: shape, values) }
      for column in 0..<columns {
        let total = stride(from: column, to: values.count, by: columns)
          .reduce(0) { $0 + values[$1] }
        for cell in stride(from: column, to: values.count, by: columns) { values[cell] /= total }
      }
      return Tensor(shape: shape, values)
    }
    let likelihood = table([states, states])
    let transition = table([states, states, 2])
    var model = ModelDescription()
    model.name = "dense"
    model.factors = [Variable("state", size: states)]
    model.modalities = [Variable("outcome", size: states)]
    model.controls = [Variable("move", size: 2)]
    model.likelihoods = [.init("outcome", given: ["state"], counts ? nil : likelihood)]
    model.transitions = [
      .init("state", given: ["state"], controls: ["move"], counts ? nil : transition)
    ]
    if counts {
      model.likelihoodCounts = [.init("outcome", likelihood)]
      model.transitionCounts = [.init("state", transition)]
    }
    let preference = (0..<states).map { _ in random.nextUnit() }
    model.preferences = [.init("outcome", Tensor(shape: [states], preference))]
    return try GenerativeModel(model)
  }

  /// A place moved by one control and a mood that another moves and the place colours; every table has
  /// counts.
  ///
  /// - Parameters:
  ///   - habit: in place of the counts of E.
  ///   - habitGiven: the factors that E depends on.
  ///   - hasHabit: whether there are counts of E, which fit policies of one step.
  static func twoControls(
    policies: [[[Int]]]? = nil, habit: [Double]? = nil, habitGiven: [String] = [],
    hasHabit: Bool = true
  ) throws -> GenerativeModel {
    var random = RandomStream(seed: 2, episode: 0, step: 0, purpose: .user)
    func counts(_ shape: [Int]) -> Tensor {
      Tensor(shape: shape, (0..<shape.reduce(1, *)).map { _ in 0.05 + 4 * random.nextUnit() })
    }
    var model = ModelDescription()
    model.name = "two controls"
    model.factors = [Variable("place", size: 3), Variable("mood", size: 2)]
    model.modalities = [Variable("where", size: 3), Variable("sign", size: 4)]
    model.controls = [Variable("move", size: 2), Variable("act", size: 3)]
    model.likelihoods = [
      .init("where", given: ["place"]), .init("sign", given: ["place", "mood"]),
    ]
    model.transitions = [
      .init("place", given: ["place"], controls: ["move"]),
      .init("mood", given: ["mood", "place"], controls: ["act"]),
    ]
    model.likelihoodCounts = [.init("where", counts([3, 3])), .init("sign", counts([4, 3, 2]))]
    model.transitionCounts = [
      .init("place", counts([3, 3, 2])), .init("mood", counts([2, 2, 3, 3])),
    ]
    model.preferenceCounts = [.init("sign", counts([4]))]
    model.initialStateCounts = [.init("place", counts([3])), .init("mood", counts([2]))]
    model.policies = policies
    if let habit {
      model.habit = habit
    } else if hasHabit {
      let sizes = model.factors.filter { habitGiven.contains($0.name) }.map(\.size)
      model.habitGiven = habitGiven
      model.habitCounts = counts([6] + sizes).values
    }
    return try GenerativeModel(model)
  }
}

/// A world of which some outcomes are not seen and some not clearly.
struct Mist: Environment {
  private let world: ModelEnvironment

  init(_ world: ModelEnvironment) { self.world = world }

  var actionCounts: [Int]? { world.actionCounts }

  func reset(using random: inout RandomStream) -> (state: [Int], observation: [Observation]) {
    let (state, seen) = world.reset(using: &random)
    return (state, blurred(seen, using: &random))
  }

  func step(
    _ state: inout [Int], action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    blurred(world.step(&state, action: action, using: &random), using: &random)
  }

  func hiddenStates(_ state: [Int]) -> [Int] { state }

  private func blurred(
    _ seen: [Observation], using random: inout RandomStream
  ) -> [Observation] {
    zip(seen, world.process.modalities).map { entry, modality in
      guard case .outcome(let outcome) = entry else { return entry }
      switch random.integer(0..<12) {
      case 0: return .missing
      case 1:
        let spread = 0.3 / Double(modality.size)
        return .distribution((0..<modality.size).map { spread + ($0 == outcome ? 0.7 : 0) })
      default: return entry
      }
    }
  }
}
