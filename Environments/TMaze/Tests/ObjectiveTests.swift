import ActiveInference
import Foundation
import TMaze
import Testing

/// What each objective makes of the four places of pymdp's T-maze, from the first belief.
@Suite("Objectives in the T-maze") struct ObjectiveTests {
  private func maze(nullCue: Bool) throws -> GenerativeModel {
    try LegacyTMaze(parameters: ["nullCue": .boolean(nullCue)]).model
  }

  private func preferences(_ model: GenerativeModel) -> [[Double]] {
    zip(model.modalities, model.preferences).map { modality, preference in
      preference?.values ?? [Double](repeating: 0, count: modality.size)
    }
  }

  /// The values of being at the centre, an arm, the other and the cue.
  private func values(
    _ objective: Objective, _ model: GenerativeModel, independent: Bool = false,
    context: [Double] = [0.5, 0.5]
  ) throws -> [Double] {
    let c = preferences(model)
    return try (0..<4).map { place in
      let location = (0..<4).map { $0 == place ? 1.0 : 0 }
      return try PredictedJoint(model, beliefs: [location, context])
        .terms(
          independent ? .stateIndependent(logPreferences: c) : .exactPosterior(logPreferences: c)
        ).value(of: objective)
    }
  }

  private func agree(_ got: [Double], _ expected: [Double], _ tolerance: Double) -> Bool {
    got.count == expected.count && zip(got, expected).allSatisfy { abs($0 - $1) <= tolerance }
  }

  @Test("with a random cue, EFE goes to the cue, FEF is indifferent or stays, FEEF gambles")
  func randomCue() throws {
    let model = try maze(nullCue: false)
    let efe = try values(.expectedFreeEnergy, model)
    #expect(agree(efe, [5.130387, 4.535279, 4.535279, 4.437240], 1e-6), "\(efe)")
    let fef = try values(.freeEnergyOfFuture, model)
    #expect(agree(fef, [5.130387, 5.130387, 5.130387, 5.130387], 1e-6), "\(fef)")
    let avoiding = try values(.freeEnergyOfFuture, model, independent: true)
    #expect(agree(avoiding, [5.1304, 5.7255, 5.7255, 5.8235], 5e-5), "\(avoiding)")
    let feef = try values(.freeEnergyOfExpectedFuture, model)
    #expect(agree(feef, [4.437240, 3.744093, 3.744093, 4.437240], 1e-6), "\(feef)")
    #expect(try values(.divergence, model) == feef)
    #expect(try values(.evidence, model) == fef)
  }

  @Test("with no cue elsewhere, EFE goes to the cue and FEEF does not care where it gets outcomes")
  func nullCue() throws {
    let model = try maze(nullCue: true)
    let efe = try values(.expectedFreeEnergy, model)
    #expect(agree(efe, [5.535852, 4.940744, 4.940744, 4.842705], 1e-6), "\(efe)")
    let feef = try values(.freeEnergyOfExpectedFuture, model)
    #expect(agree(feef, [5.535852, 4.842705, 4.842705, 4.842705], 1e-6), "\(feef)")
  }

  /// The value of going to a place, and then, for each outcome and what it tells, to the best one.
  private func twoSteps(
    _ objective: Objective, _ model: GenerativeModel, first place: Int
  ) throws -> Double {
    let location = (0..<4).map { $0 == place ? 1.0 : 0 }
    let predicted = try PredictedJoint(model, beliefs: [location, [0.5, 0.5]])
    var value = try values(objective, model)[place]
    var outcomes = [[Double](repeating: 1, count: 8)]
    for table in predicted.likelihoods {
      outcomes = outcomes.flatMap { one in table.map { zip(one, $0).map { $0 * $1 } } }
    }
    for given in outcomes {
      let joint = zip(given, predicted.states).map { $0 * $1 }
      let p = joint.reduce(0, +)
      if p == 0 { continue }
      let context = (0..<2).map { c in (0..<4).reduce(0) { $0 + joint[2 * $1 + c] } / p }
      value += p * (try values(objective, model, context: context).min() ?? .nan)
    }
    return value
  }

  @Test("who plans to use what will be seen buys information, even for reward alone")
  func sophisticated() throws {
    let model = try maze(nullCue: true)
    // The arm and the cue.
    let expected: [(Objective, [Double])] = [
      (.expectedFreeEnergy, [7.6444, 7.4986]), (.freeEnergyOfFuture, [8.3069, 8.1917]),
      (.freeEnergyOfExpectedFuture, [7.4484, 7.4005]),
    ]
    for (objective, row) in expected {
      let got = try [2, 3].map { try twoSteps(objective, model, first: $0) }
      #expect(agree(got, row, 5e-5), "\(objective): \(got)")
    }
    let random = try maze(nullCue: false)
    let gambling = try [2, 3].map { try twoSteps(.freeEnergyOfExpectedFuture, random, first: $0) }
    #expect(agree(gambling, [5.2511, 5.8964], 5e-5), "\(gambling)")
  }
}
