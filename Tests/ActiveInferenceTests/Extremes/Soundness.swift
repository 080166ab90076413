import ActiveInference
import EngineTestSupport
import Testing

/// What holds of every step of every agent, whatever it is given.
enum Soundness {
  /// The largest distance of a sum of probabilities from 1.
  static let tolerance = 1e-12

  /// Every number of a step that is not finite and every distribution that does not sum to 1.
  static func faults(in step: StepRecord) -> [String] {
    var faults: [String] = []
    func finite(_ values: [Double], _ place: String) {
      for (index, value) in values.enumerated() where !value.isFinite {
        faults.append("step \(step.t), \(place)[\(index)] is \(value)")
      }
    }
    func distribution(_ values: [Double], _ place: String) {
      finite(values, place)
      let sum = values.reduce(0, +)
      if values.contains(where: { $0 < 0 }) || !(abs(sum - 1) <= tolerance) {
        faults.append("step \(step.t), \(place) sums to \(sum)")
      }
    }
    guard let beliefs = step.beliefs, let energy = step.freeEnergy, let terms = step.terms,
      let values = step.negativeExpectedFreeEnergy, let posterior = step.policyPosterior,
      let marginals = step.actionMarginals
    else { return ["step \(step.t) is not whole"] }
    for (factor, belief) in beliefs.enumerated() { distribution(belief, "beliefs[\(factor)]") }
    finite([energy], "free energy")
    finite(values, "negative expected free energy")
    finite(terms.utility, "utility")
    finite(terms.stateInformationGain, "information gain")
    finite(terms.parameterInformationGain, "novelty")
    finite(terms.inductive, "inductive")
    distribution(posterior, "policy posterior")
    for (control, marginal) in marginals.enumerated() {
      distribution(marginal, "marginals[\(control)]")
    }
    return faults
  }

  /// Counts that are not finite or negative.
  static func faults(in counts: GenerativeModel.Concentration) -> [String] {
    let tables = (counts.likelihood + counts.transition + counts.preference).compactMap {
      $0?.values
    }
    let vectors = counts.initialState.compactMap { $0 } + [counts.habit ?? []]
    return (tables + vectors).joined().filter { !($0.isFinite && $0 >= 0) }.map {
      "a count of \($0)"
    }
  }
}

/// Has an agent see and do what is recorded, or what it chooses, and expects every number to be sound.
@discardableResult
func expectSound(
  _ model: GenerativeModel, _ configuration: AgentConfiguration, _ record: BehaviourRecord,
  _ place: @autoclosure () -> String = "", sourceLocation: SourceLocation = #_sourceLocation
) throws -> [StepRecord] {
  let agent = try ActiveInferenceAgent(model, configuration)
  let steps = try agent.replay(record)
  let faults =
    steps.flatMap(Soundness.faults(in:)) + Soundness.faults(in: agent.concentration)
  #expect(faults.isEmpty, "\(place()): \(faults.prefix(6))", sourceLocation: sourceLocation)
  return steps
}

/// Every preset with every algorithm that it may have.
enum Agents {
  static let all: [AgentConfiguration] = AgentConfiguration.Preset.stepByStep.flatMap { preset in
    [InferenceSettings.Algorithm.exact, .coordinateAscent, .fixedPoint].map { algorithm in
      var configuration = AgentConfiguration(preset: preset)
      configuration.inference.algorithm = algorithm
      return configuration
    }
  }

  static func name(_ configuration: AgentConfiguration) -> String {
    "\(configuration.preset.rawValue), \(configuration.inference.algorithm.rawValue)"
  }
}

/// Models whose numbers are at the ends of what numbers can be.
enum ExtremeModels {
  /// A state of two values, moved and seen; `change` makes it extreme.
  static func switches(
    _ change: (inout ModelDescription) -> Void = { _ in }
  ) throws -> GenerativeModel {
    var model = ModelDescription()
    model.name = "switch"
    model.factors = [Variable("state", size: 2)]
    model.modalities = [Variable("light", size: 2)]
    model.controls = [Variable("press", size: 2)]
    let likelihood = Tensor(shape: [2, 2], [0.9, 0.2, 0.1, 0.8])
    model.likelihoods = [.init("light", given: ["state"], likelihood)]
    model.transitions = [
      .init(
        "state", given: ["state"], controls: ["press"],
        Tensor(shape: [2, 2, 2], [0.9, 0.1, 0.2, 0.6, 0.1, 0.9, 0.8, 0.4]))
    ]
    model.preferences = [.init("light", Tensor(shape: [2], [0, 1]))]
    model.initialStates = [.init("state", Tensor(shape: [2], [0.5, 0.5]))]
    change(&model)
    return try GenerativeModel(model)
  }

  /// The switch with counts in every table; `count` gives each cell its own.
  static func counted(_ count: (Int) -> Double) throws -> GenerativeModel {
    func table(_ shape: [Int]) -> Tensor {
      Tensor(shape: shape, (0..<shape.reduce(1, *)).map(count))
    }
    return try switches { model in
      model.likelihoods[0].probability = nil
      model.transitions[0].probability = nil
      model.preferences = []
      model.initialStates = []
      model.likelihoodCounts = [.init("light", table([2, 2]))]
      model.transitionCounts = [.init("state", table([2, 2, 2]))]
      model.preferenceCounts = [.init("light", table([2]))]
      model.initialStateCounts = [.init("state", table([2]))]
      model.habitCounts = table([2]).values
    }
  }

  /// What was seen and done with ``switches(_:)``: every light after every press, missing and uncertain.
  static func record(steps: Int = 12) -> BehaviourRecord {
    let seen: [Observation] = [
      .outcome(0), .outcome(1), .outcome(1), .missing, .distribution([1, 0]), .outcome(0),
      .distribution([0.25, 0.75]),
    ]
    return BehaviourRecord(
      observations: (0..<steps).map { [seen[$0 % seen.count]] },
      actions: (0..<steps - 1).map { [$0 / 2 % 2] })
  }
}

extension AgentConfiguration {
  /// Has everything learned and explored.
  mutating func learnEverything(_ rule: LearningSettings.Rule = .init()) {
    learning.likelihood = rule
    learning.transition = rule
    learning.preference = rule
    learning.initialState = rule
    learning.habit = rule
    planning.parameterInformationGain = true
  }
}
