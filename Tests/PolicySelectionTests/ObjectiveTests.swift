import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// What the functionals are by their definitions, written out over every joint outcome and state.
private struct Definition {
  /// q(o, s) and p~(o, s) as `[joint outcome][state]`.
  var predicted: [[Double]]
  var biased: [[Double]]

  private func sum(_ f: (_ outcome: Int, _ state: Int) -> Double) -> Double {
    var sum = 0.0
    for outcome in predicted.indices {
      for state in predicted[outcome].indices where predicted[outcome][state] > 0 {
        sum += predicted[outcome][state] * f(outcome, state)
      }
    }
    return sum
  }

  private func stateProbability(_ state: Int) -> Double { predicted.reduce(0) { $0 + $1[state] } }
  private func total(_ row: [Double]) -> Double { row.reduce(0, +) }

  var expectedFreeEnergy: Double {
    sum { log(stateProbability($1)) - log(biased[$0][$1]) }
  }
  var freeEnergyOfFuture: Double {
    sum { log(predicted[$0][$1] / total(predicted[$0])) - log(biased[$0][$1]) }
  }
  var freeEnergyOfExpectedFuture: Double {
    sum { log(predicted[$0][$1]) - log(biased[$0][$1]) }
  }
  var evidence: Double { sum { outcome, _ in -log(total(biased[outcome])) } }
  var divergence: Double {
    sum { outcome, _ in log(total(predicted[outcome])) - log(total(biased[outcome])) }
  }
  var informationGain: Double {
    sum { log(predicted[$0][$1] / total(predicted[$0])) - log(stateProbability($1)) }
  }
  var ambiguity: Double { sum { -log(predicted[$0][$1] / stateProbability($1)) } }
  var outcomeEntropy: Double { sum { outcome, _ in -log(total(predicted[outcome])) } }
  var posteriorDivergence: Double {
    sum {
      log(predicted[$0][$1] / total(predicted[$0])) - log(biased[$0][$1] / total(biased[$0]))
    }
  }

  func value(_ objective: Objective) -> Double {
    switch objective {
    case .expectedFreeEnergy: expectedFreeEnergy
    case .freeEnergyOfFuture: freeEnergyOfFuture
    case .freeEnergyOfExpectedFuture: freeEnergyOfExpectedFuture
    case .evidence: evidence
    case .divergence: divergence
    }
  }
}

/// A random belief, likelihoods and preferences.
private struct RandomPrediction {
  let states: [Double]
  /// `[modality][outcome][state]`.
  let likelihoods: [[[Double]]]
  let preferences: [[Double]]
  let statePreferences: [Double]

  init(_ seed: Int, modalities: Range<Int> = 1..<4) {
    var random = RandomStream(seed: 7, episode: UInt64(seed), step: 0, purpose: .user)
    let count = random.integer(1..<6)
    let sparsity = seed % 2 == 0 ? 0 : 0.3
    states = random.distribution(count, sparsity)
    likelihoods = (0..<random.integer(modalities)).map { _ in
      let outcomes = random.integer(1..<5)
      let columns = (0..<count).map { _ in random.distribution(outcomes, sparsity) }
      return (0..<outcomes).map { outcome in columns.map { $0[outcome] } }
    }
    preferences = likelihoods.map { $0.map { _ in 6 * random.nextUnit() - 3 } }
    statePreferences = states.map { _ in 6 * random.nextUnit() - 3 }
  }

  func predicted() throws -> PredictedJoint {
    try PredictedJoint(states: states, likelihoods: likelihoods)
  }

  var biasedJoints: [BiasedJoint] {
    [
      .exactPosterior(logPreferences: preferences),
      .stateIndependent(logPreferences: preferences),
      .statePreference(logPreferences: statePreferences),
    ]
  }

  private static func softmax(_ x: [Double]) -> [Double] {
    let total = x.reduce(0) { $0 + exp($1) }
    return x.map { exp($0) / total }
  }

  /// The functionals under a biased joint, with every joint outcome a row.
  func definition(_ joint: BiasedJoint) -> Definition {
    var given: [[Double]] = [states.map { _ in 1 }]
    var preferred = [1.0]
    for (table, preference) in zip(likelihoods, preferences) {
      let c = RandomPrediction.softmax(preference)
      given = given.flatMap { one in table.map { zip(one, $0).map { $0 * $1 } } }
      preferred = preferred.flatMap { one in c.map { one * $0 } }
    }
    let predicted = given.map { zip($0, states).map { $0 * $1 } }
    var biased = predicted
    let goals = RandomPrediction.softmax(statePreferences)
    for outcome in given.indices {
      let total = predicted[outcome].reduce(0, +)
      for state in states.indices {
        switch joint {
        case .exactPosterior:
          biased[outcome][state] =
            total > 0
            ? preferred[outcome] * predicted[outcome][state] / total
            : preferred[outcome] * states[state]
        case .stateIndependent: biased[outcome][state] = preferred[outcome] * states[state]
        case .statePreference: biased[outcome][state] = given[outcome][state] * goals[state]
        }
      }
    }
    return Definition(predicted: predicted, biased: biased)
  }
}

@Suite("Objectives") struct ObjectiveTests {
  private static let modelCount = 500

  @Test("are what their definitions say, under every biased joint, on 500 random models")
  func definitions() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed)
      for joint in random.biasedJoints {
        let place = "model \(seed), \(joint)"
        let terms = try random.predicted().terms(joint)
        let definition = random.definition(joint)
        for objective in Objective.allCases {
          differences.compare(
            [terms.value(of: objective)], [definition.value(objective)], "\(place), \(objective)")
        }
        differences.compare(
          [
            terms.surprisal, terms.risk, terms.ambiguity, terms.informationGain,
            terms.outcomeEntropy, terms.posteriorDivergence,
          ],
          [
            definition.evidence, definition.divergence, definition.ambiguity,
            definition.informationGain, definition.outcomeEntropy, definition.posteriorDivergence,
          ], place)
      }
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared == ObjectiveTests.modelCount * 3 * 11)
  }

  @Test("differ by information gain, ambiguity and outcome entropy whatever is preferred")
  func identities() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed)
      for joint in random.biasedJoints {
        let d = random.definition(joint)
        let terms = try random.predicted().terms(joint)
        let (efe, fef, feef) = (
          terms.value(of: .expectedFreeEnergy), terms.value(of: .freeEnergyOfFuture),
          terms.value(of: .freeEnergyOfExpectedFuture)
        )
        let place = "model \(seed), \(joint)"
        // One side the library's, the other the definition's.
        differences.compare([efe], [d.freeEnergyOfFuture - d.informationGain], place)
        differences.compare([feef], [d.expectedFreeEnergy - d.ambiguity], place)
        differences.compare([feef], [d.freeEnergyOfFuture - d.outcomeEntropy], place)
        differences.compare([fef], [d.evidence + d.posteriorDivergence], place)
        differences.compare(
          [terms.value(of: .divergence)], [d.evidence - d.informationGain - d.ambiguity], place)
        #expect(feef <= efe + 1e-12 && efe <= fef + 1e-12, "\(place): \(feef), \(efe), \(fef)")
        #expect(fef >= terms.surprisal - 1e-12, "\(place)")
        #expect(terms.risk >= -1e-12 && terms.informationGain >= -1e-12, "\(place)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("are what the table of biased joints says")
  func table() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed)
      let d = random.definition(random.biasedJoints[0])
      // E_s KL[P(o | s) || c], of c(o) a product over modalities.
      let expectedRisk = d.evidence - d.ambiguity
      let goals = random.definition(random.biasedJoints[2])
      let risk = zip(random.states, random.statePreferences).reduce(0.0) { sum, state in
        let normaliser = log(random.statePreferences.reduce(0) { $0 + exp($1) })
        return sum + (state.0 > 0 ? state.0 * (log(state.0) - state.1 + normaliser) : 0)
      }
      let rows: [[Double]] = [
        [d.divergence + d.ambiguity, d.evidence, d.divergence],
        [d.evidence, d.evidence + d.informationGain, expectedRisk],
        [risk + goals.ambiguity, risk + goals.ambiguity + goals.informationGain, risk],
      ]
      for (joint, row) in zip(random.biasedJoints, rows) {
        let terms = try random.predicted().terms(joint)
        differences.compare(
          [.expectedFreeEnergy, .freeEnergyOfFuture, .freeEnergyOfExpectedFuture]
            .map(terms.value(of:)), row, "model \(seed), \(joint)")
        if case .statePreference = joint {
          differences.compare([terms.stateDivergence ?? .nan], [risk], "model \(seed)")
        }
      }
      let first = try random.predicted().terms(random.biasedJoints[0])
      differences.compare(
        [first.value(of: .freeEnergyOfExpectedFuture)], [expectedRisk - d.informationGain],
        "model \(seed)")
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("one modality at a time, information gain and entropy are never less than jointly")
  func perModality() throws {
    var largest = 0.0
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed)
      let joint = random.biasedJoints[0]
      let together = try random.predicted().terms(joint)
      let singly = try random.predicted().terms(joint, over: .perModality)
      var differences = Differences(tolerance: 1e-12)
      differences.compare([singly.surprisal], [together.surprisal], "surprisal")
      differences.compare([singly.ambiguity], [together.ambiguity], "ambiguity")
      let sum = try random.likelihoods.indices.reduce(0) { sum, modality in
        try sum
          + PredictedJoint(states: random.states, likelihoods: [random.likelihoods[modality]])
          .terms(.exactPosterior(logPreferences: [random.preferences[modality]])).informationGain
      }
      differences.compare([singly.informationGain], [sum], "information gain")
      #expect(differences.isEmpty, "model \(seed): \(differences)")
      #expect(singly.informationGain >= together.informationGain - 1e-12, "model \(seed)")
      largest = max(largest, singly.informationGain - together.informationGain)
    }
    #expect(largest > 0.1, "what two modalities tell alike is counted twice: \(largest)")
  }

  @Test("where the state is seen, expected free energy is that of the expected future")
  func identity() throws {
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed, modalities: 1..<2)
      let count = random.states.count
      let table = (0..<count).map { o in (0..<count).map { $0 == o ? 1.0 : 0 } }
      let terms = try PredictedJoint(states: random.states, likelihoods: [table])
        .terms(.exactPosterior(logPreferences: [random.statePreferences]))
      #expect(terms.ambiguity == 0)
      #expect(
        terms.value(of: .expectedFreeEnergy) == terms.value(of: .freeEnergyOfExpectedFuture))
    }
  }

  @Test("where outcomes tell nothing, expected free energy is the free energy of the future")
  func uninformative() throws {
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed)
      let flat = random.likelihoods.map { table in
        table.map { row in [Double](repeating: 1 / Double(table.count), count: row.count) }
      }
      for joint in random.biasedJoints.prefix(2) {
        let terms = try PredictedJoint(states: random.states, likelihoods: flat).terms(joint)
        let fef = terms.value(of: .freeEnergyOfFuture)
        #expect(abs(terms.informationGain) < 1e-14)
        #expect(abs(terms.value(of: .expectedFreeEnergy) - fef) < 1e-14 * max(1, abs(fef)))
      }
    }
  }

  @Test("once the outcome is there, all free energies of the future are the variational one")
  func observed() throws {
    // Of an outcome o the posterior is q(s | o), and the model p(o, s) is what the joint is biased to.
    for seed in 0..<ObjectiveTests.modelCount {
      let random = RandomPrediction(seed, modalities: 1..<2)
      let table = random.likelihoods[0]
      guard let seen = table.indices.first(where: { o in table[o].allSatisfy { $0 > 0 } }) else {
        continue
      }
      let count = random.states.count
      var posterior = zip(random.states, table[seen]).map { $0 * $1 }
      let evidence = posterior.reduce(0, +)
      posterior = posterior.map { $0 / evidence }
      // ln p(o, s) as a preference over states once the outcome is the only one.
      let joint = zip(random.states, table[seen]).map { $0 > 0 ? log($0 * $1) : -600 }
      let certain = [[Double](repeating: 1, count: count)]
      let terms = try PredictedJoint(states: posterior, likelihoods: [certain])
        .terms(.statePreference(logPreferences: joint))
      // Preferences are normalised: by ln p(o), which is what free energy then lacks.
      let freeEnergy = zip(posterior, joint).reduce(0) { sum, state in
        sum + (state.0 > 0 ? state.0 * (log(state.0) - state.1) : 0)
      }
      for objective in [Objective.freeEnergyOfFuture, .freeEnergyOfExpectedFuture] {
        let value = terms.value(of: objective) - log(evidence)
        #expect(abs(value - freeEnergy) <= 1e-12 * max(1, abs(freeEnergy)), "model \(seed)")
      }
    }
  }

  @Test("that ask for what is not there are refused by name")
  func refused() throws {
    let predicted = try PredictedJoint(states: [0.5, 0.5], likelihoods: [[[1, 0], [0, 1]]])
    func message(_ joint: BiasedJoint, _ over: PlanningSettings.InformationGain = .joint) -> String
    {
      (#expect(throws: InvalidInput.self) { try predicted.terms(joint, over: over) })?.description
        ?? ""
    }
    #expect(
      message(.exactPosterior(logPreferences: [])).contains("has 0 entries for 1 modalities"))
    #expect(
      message(.stateIndependent(logPreferences: [[0, .infinity]]))
        .contains("logPreferences[0]: is not 2 finite numbers"))
    #expect(
      message(.statePreference(logPreferences: [0, 0]), .perModality).contains("jointly"))
    let many = try PredictedJoint(
      states: [1], likelihoods: [[[Double]]](repeating: [[0.5], [0.5]], count: 21))
    let flat = BiasedJoint.exactPosterior(
      logPreferences: [[Double]](repeating: [0, 0], count: 21))
    #expect(throws: InvalidInput.self) { try many.terms(flat) }
    let singly = try many.terms(flat, over: .perModality)
    #expect(abs(singly.outcomeEntropy - 21 * log(2)) < 1e-12)
    #expect(throws: InvalidInput.self) {
      try PredictedJoint(states: [0.5, 0.6], likelihoods: [[[1, 0], [0.5, 1]]])
    }
  }
}
