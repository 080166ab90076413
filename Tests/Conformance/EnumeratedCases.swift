import ActiveInference
import EngineTestSupport

/// Random models of one kind, on which the library is held against ``BruteForce``.
package struct EnumeratedFamily: Sendable {
  /// Changes what a model may have and how its agent is set, by the model's number.
  typealias Variation =
    @Sendable (inout RandomModel.Options, inout AgentConfiguration, _ number: Int) -> Void

  /// A sentence about the world.
  package let title: String
  package let count: Int
  private let algorithm: InferenceSettings.Algorithm
  private let preset: AgentConfiguration.Preset
  /// Whether the enumeration finds out by itself when coordinate ascent ends.
  private let findsEnd: Bool
  /// Whether the model has a list of policies.
  private let listsPolicies: Bool
  /// Whether outcomes are seen that cannot be.
  private let seesAnything: Bool
  private let vary: Variation

  init(
    _ title: String, _ count: Int, _ algorithm: InferenceSettings.Algorithm,
    _ preset: AgentConfiguration.Preset = .default, findsEnd: Bool = false,
    listsPolicies: Bool = false, seesAnything: Bool = false, _ vary: @escaping Variation
  ) {
    self.title = title
    self.count = count
    self.algorithm = algorithm
    self.preset = preset
    self.findsEnd = findsEnd
    self.listsPolicies = listsPolicies
    self.seesAnything = seesAnything
    self.vary = vary
  }

  func measure() -> ConformanceFamily {
    ConformanceFamily(
      oracle: .enumeration, title: title,
      cases: Result { try (0..<count).map { try measure($0) } })
  }

  private func measure(_ number: Int) throws -> ConformanceCase {
    var options = RandomModel.Options()
    var configuration = AgentConfiguration(preset: preset)
    configuration.inference.algorithm = algorithm
    vary(&options, &configuration, number)
    var random = try RandomModel(seed: UInt64(number), options)
    var model = random.model
    if listsPolicies && !model.controls.isEmpty {
      var description = random.description
      description.policies = random.policies(12, horizon: options.preferenceRows ?? 3)
      description.habit = random.distribution(description.policies?.count ?? 0)
      description.habitCounts = nil
      configuration.planning.horizon = nil
      model = try GenerativeModel(description)
    }
    configuration.learning.dropMissing(model)
    configuration.planning.successor.takeFactors(of: model)
    let record =
      seesAnything
      ? random.anyRecord(steps: 5) : random.record(steps: 5, soften: number % 2 == 1)
    return try follow(
      model, configuration, record, findsEnd: findsEnd, seed: UInt64(number),
      "\(title), model \(number)")
  }
}

/// Drives the agent and the enumeration through a record and notes where they differ.
///
/// - Parameter findsEnd: whether the enumeration finds out by itself when coordinate ascent ends, which
///   rounding decides where the tolerance is small.
func follow(
  _ model: GenerativeModel, _ configuration: AgentConfiguration, _ record: BehaviourRecord,
  findsEnd: Bool = false, seed: UInt64, _ name: String
) throws -> ConformanceCase {
  var differences = Differences(tolerance: Oracle.enumeration.tolerance)
  // The agent is one of a file, and the enumeration's is the one that was meant.
  let agent = try ActiveInferenceAgent(
    model, AgentConfiguration(contentsOf: Array(configuration.jsonText.utf8), source: name))
  var reference = BruteForce(model, configuration, agent.blueprint.algorithm)
  let findsEnd = findsEnd || agent.blueprint.algorithm != .coordinateAscent
  var meetsImpossible = false
  agent.begin(seed: seed, episode: 0)
  var steps: [StepRecord] = []
  for (t, observation) in record.observations.enumerated() {
    let place = "\(name), step \(t)"
    var got = StepRecord(t: t, observation: observation)
    do {
      got.choice = try agent.act(on: observation)
    } catch AgentFailure.impossible(let step, let modality, _) where step == t {
      got.impossible = [modality]
    }
    let failed = got.choice == nil
    let expected = reference.act(
      on: observation, sweeps: findsEnd ? nil : agent.outcome.sweeps, seed: seed)
    meetsImpossible = meetsImpossible || !expected.impossible.isEmpty
    if expected.isTied && configuration.planning.replanEvery > 1 { break }
    if failed || configuration.inference.impossible == .error && !expected.impossible.isEmpty {
      differences.compare(
        got.impossible, Array(expected.impossible.prefix(1)), "\(place), error")
      break
    }
    agent.describe(&got, level: .full)
    if configuration.inference.impossible == .ignore {
      differences.compare(got.impossible, expected.impossible, "\(place), ignored")
    }
    if let joint = expected.joint {
      differences.compare(agent.state.belief, joint, "\(place), joint belief")
    }
    if expected.isTied && configuration.planning.method == .beam { break }
    differences.compare(got, expected, place)
    differences.compare(agent.concentration, reference.counts, model, place)
    got.action = t < record.actions.count ? record.actions[t] : got.choice
    steps.append(got)
    if configuration.planning.replanEvery > 1, t % 4 < 3, let choice = got.choice {
      // What the agent chose is done, or else no plan would be gone on with.
      reference.take(choice)
    } else if t < record.actions.count {
      try agent.took(record.actions[t])
      reference.take(record.actions[t])
    }
  }
  if let smoothing = configuration.inference.smoothing, steps.count == record.observations.count {
    try agent.conclude(&steps, level: .full)
    let smoothed = steps.last?.smoothed
    if let horizon = configuration.inference.horizon {
      differences.compare(steps, reference, horizon: horizon, name)
    } else if smoothing.method == .structured {
      let expected = reference.structured(smoothing)
      differences.compare(
        smoothed?.beliefs.joined().map { $0 } ?? [], Array(expected.beliefs.joined()),
        "\(name), structured")
      differences.compare(
        smoothed?.logEvidenceBound ?? smoothed?.logEvidence ?? .nan, expected.bound,
        "\(name), bound")
    } else {
      let expected = reference.hindsight()
      differences.compare(
        smoothed?.beliefs.joined().map { $0 } ?? [],
        expected.joint.flatMap { reference.marginals($0) }, "\(name), smoothed")
      differences.compare(
        smoothed?.logEvidence ?? .nan, expected.logEvidence, "\(name), log evidence")
    }
  }
  return ConformanceCase(
    .enumeration, name, agent, record, meetsImpossible: meetsImpossible, findsEnd: findsEnd,
    differences)
}

extension Differences {
  /// Notes where what each step believed of the last few differs.
  fileprivate mutating func compare(
    _ steps: [StepRecord], _ reference: BruteForce, horizon: Int, _ name: String
  ) {
    // ln P of the first steps' observations, of as many as the place says.
    var evidence = [0.0]
    for (t, step) in steps.enumerated() {
      let found = reference.hindsight(until: t)
      evidence.append(found.logEvidence)
      let start = max(0, t + 1 - horizon)
      if !reference.algorithm.hasWindow || t == steps.count - 1 {
        compare(Double(step.smoothed?.windowStart ?? -1), Double(start), "\(name), start at \(t)")
        compare(
          step.smoothed?.beliefs.joined().map { $0 } ?? [],
          found.joint[start...].flatMap { reference.marginals($0) }, "\(name), window at \(t)")
        compare(
          step.smoothed?.logEvidence ?? .nan, evidence[t + 1] - evidence[start],
          "\(name), evidence at \(t)")
      }
    }
  }

  /// Notes where learned counts differ.
  fileprivate mutating func compare(
    _ got: GenerativeModel.Concentration, _ expected: GenerativeModel.Concentration,
    _ model: GenerativeModel, _ place: String
  ) {
    let learned = got.named(model)
    for (table, counts) in expected.named(model).sorted(by: { $0.key < $1.key }) {
      compare(learned[table]?.values ?? [], counts.values, "\(place), \(table)")
    }
    compare(got.habit ?? [], expected.habit ?? [], "\(place), E")
  }
}

extension RandomModel {
  /// A record in which every outcome may be seen at any time, possible or not.
  fileprivate mutating func anyRecord(steps: Int) -> BehaviourRecord {
    var record = record(steps: steps, soften: chance(0.5))
    for step in record.observations.indices {
      for modality in model.modalities.indices where chance(0.6) {
        record.observations[step][modality] = .outcome(integer(0..<model.modalities[modality].size))
      }
    }
    return record
  }
}

extension LearningSettings {
  /// Drops rules and names of tables for which a random model happens to have no counts.
  fileprivate mutating func dropMissing(_ model: GenerativeModel) {
    let counts = model.concentration
    let modalities = model.modalities.map(\.name)
    let factors = model.factors.map(\.name)
    likelihood = likelihood?.of(modalities, where: counts.likelihood.map { $0 != nil })
    transition = transition?.of(factors, where: counts.transition.map { $0 != nil })
    preference = preference?.of(modalities, where: counts.preference.map { $0 != nil })
    initialState = initialState?.of(factors, where: counts.initialState.map { $0 != nil })
    if counts.habit == nil { habit = nil }
  }
}

extension SuccessorSettings {
  /// In place of factors that are named, those of them that a random model has and all that they need.
  fileprivate mutating func takeFactors(of model: GenerativeModel) {
    guard let names = factors else { return }
    var chosen = Set(model.factors.indices.filter { names.contains(model.factors[$0].name) })
    if reward != .contextual { chosen.formUnion(model.likelihoods.flatMap(\.given)) }
    for _ in model.factors { chosen.formUnion(chosen.flatMap { model.transitions[$0].given }) }
    factors = chosen.sorted().map { model.factors[$0].name }
  }
}

extension LearningSettings.Rule {
  /// The rule for what is counted; nil where nothing is.
  fileprivate func of(_ names: [String], where isCounted: [Bool]) -> LearningSettings.Rule? {
    let counted = zip(names, isCounted).filter(\.1).map(\.0)
    if counted.isEmpty { return nil }
    var rule = self
    if let subset, !subset.allSatisfy(counted.contains) { rule.subset = [counted[0]] }
    return rule
  }
}
