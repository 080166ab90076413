import ActiveInference

/// Numbers that people know, printed in papers, notebooks and our notes on pymdp.
package struct NamedValue: Sendable {
  /// G1 to G8, and Q2, are the names in our notes.
  package let name: String
  package let what: String
  package let oracle: Oracle
  /// As they were printed.
  package let expected: [Double]
  /// Half a unit of the last digit printed.
  package let tolerance: Double
  private let measured: @Sendable () throws -> [Double]

  /// What the library makes of it.
  package func measure() throws -> [Double] { try measured() }

  /// A value of one step of a fixture's case.
  private init(
    _ name: String, _ what: String, _ place: Place, step: Int = 0, _ expected: [Double],
    within tolerance: Double = 5e-9, _ value: @escaping @Sendable (StepRecord) -> [Double]?
  ) {
    self.name = name
    self.what = what
    oracle = place.file.hasPrefix("pymdp-1") ? .pymdp1 : .pymdp007
    self.expected = expected
    self.tolerance = tolerance
    measured = { try value(NamedValue.replay(place.file, place.name)[step]) ?? [] }
  }

  private init(
    _ name: String, _ what: String, _ expected: [Double], within tolerance: Double = 5e-9,
    _ measured: @escaping @Sendable () -> [Double]
  ) {
    self.name = name
    self.what = what
    oracle = .pymdp1
    self.expected = expected
    self.tolerance = tolerance
    self.measured = measured
  }

  private struct Place {
    let file: String
    let name: String

    init(_ file: String, _ name: String) {
      self.file = file
      self.name = name
    }
  }

  /// The steps of an agent that goes through a case of a fixture.
  package static func replay(_ file: String, _ name: String) throws -> [StepRecord] {
    guard let golden = try GoldenFile(file).cases.first(where: { $0.name == name }) else {
      throw JSONValue.Unexpected(description: "\(file) has no case \(name)")
    }
    return try ActiveInferenceAgent(golden.model, golden.configuration).replay(golden.record)
  }

  // MARK: - The values

  package static let all = ofPymdp1 + ofPymdp007

  private static let bandit = Place("pymdp-1.0.4/goldens", "G1 epistemic bandit")
  private static let simplified = Place("pymdp-1.0.4/goldens", "G4 simplified T-maze")

  private static let ofPymdp1: [NamedValue] = [
    .init(
      "G1", "the epistemic bandit's -G at the start", bandit, [0, 0.11094407, 0.19274476]
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "G1", "its policy posterior", bandit, [0.03478905, 0.20528674, 0.75992421]
    ) { $0.policyPosterior },
    .init("G1", "its belief after the cue", bandit, step: 1, [0.8, 0.2]) { $0.beliefs?[0] },
    .init("G1", "the free energy of that", bandit, step: 1, [0.69314718]) {
      $0.freeEnergy.map { [$0] }
    },
    .init("G1", "-G after the cue", bandit, step: 1, [0, 0.34926663, 0.12646703]) {
      $0.negativeExpectedFreeEnergy
    },
    .init(
      "G3", "the T-maze's -G at the start", Place("pymdp-1.0.4/goldens", "G3 T-maze"),
      [0, 0, 0, 0.49463194, 0]
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "G4", "the simplified T-maze, two steps, left first", simplified,
      [0.09510807, 0.19021613, 0.19021613, 0.78825525]
    ) { $0.negativeExpectedFreeEnergy.map { Array($0[4..<8]) } },
    .init("G4", "the cue twice", simplified, [1.38629436]) {
      $0.negativeExpectedFreeEnergy.map { [$0[15]] }
    },
    .init(
      "G4", "after the cue: left, right, left and right", simplified, step: 1, [3.8, -5.8, -1],
      within: 1e-12
    ) { step in step.negativeExpectedFreeEnergy.map { [$0[5], $0[10], $0[6]] } },
    .init(
      "G5", "novelty of the counts 1, 3 and 2, 4",
      [
        0.30296103, 0.03768207, 0.14861229, 0.03879844,
      ]
    ) { weights([1, 3]) + weights([2, 4]) },
    sweeps(1, [0.78606123, 0.14890977]),
    sweeps(2, [0.80902691, 0.13480036]),
    sweeps(16, [0.80997959, 0.13367328]),
    window(
      "G7 mmp", "messages between five steps, mmp",
      [0.85614009, 0.81973307, 0.10666327, 0.09780472, 0.70686571]),
    window(
      "G7 vmp", "messages between five steps, vmp",
      [0.89296705, 0.83726039, 0.10720074, 0.08495064, 0.69983762]),
    window(
      "Q2 mmp", "a state that never changes, at which mmp goes astray (exact: 0.5874)",
      [0.721, 0.229, 0.001, 0.0002, 0.001], within: 5e-4),
    window(
      "Q2 vmp", "a state that never changes, at which vmp goes astray (exact: 0.5874)",
      [1, 0, 0, 0, 0], within: 5e-4),
    .init(
      "G8", "a line with a goal: -G of two steps",
      Place("pymdp-1.0.4/goldens", "G8 inductive line"),
      [-13.81551056, -6.90775528, -6.90775528, 0]
    ) { $0.negativeExpectedFreeEnergy },
  ]

  private static func sweeps(_ count: Int, _ expected: [Double]) -> NamedValue {
    .init(
      "G6", "fixed-point iteration, sweep \(count)",
      Place("pymdp-1.0.4/goldens", "G6 fixed-point iteration, \(count)"), expected
    ) { $0.beliefs?.map { $0[0] } }
  }

  /// What is believed of the first state at each step of a window.
  private static func window(
    _ name: String, _ what: String, _ expected: [Double], within tolerance: Double = 5e-9
  ) -> NamedValue {
    .init(
      String(name.prefix(2)), what, Place("pymdp-1.0.4/windows", name), step: 4, expected,
      within: tolerance
    ) { $0.smoothed?.beliefs.map { $0[0][0] } }
  }

  private static func weights(_ counts: [Double]) -> [Double] {
    let counts = FixedBuffer(counts)
    let weights = FixedBuffer(repeating: 0.0, count: counts.count)
    let scratch = FixedBuffer(repeating: 0.0, count: counts.count)
    noveltyWeights(
      counts.base, into: weights.base, count: counts.count, .exact, .pymdp1, scratch: scratch.base)
    return weights.array(0..<counts.count)
  }

  private static let maze = Place("pymdp-0.0.7.1/tmaze", "TMazeEnv horizon 1")
  private static let hint = Place("pymdp-0.0.7.1/hint-bandit", "hint bandit, loss -4")

  private static let ofPymdp007: [NamedValue] = [
    .init(
      "T-maze", "-G of centre, right, left, cue", maze,
      [-5.130387, -4.535279, -4.535279, -4.437240], within: 5e-7
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "T-maze", "posterior of right, left, cue", maze, [0.147, 0.147, 0.706], within: 5e-4
    ) { $0.policyPosterior.map { Array($0[1...]) } },
    .init(
      "T-maze", "after the cue", maze, step: 1, [-5.130387, -2.250387, -8.010387, -5.130387],
      within: 5e-7
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "T-maze", "with a null cue",
      Place("pymdp-0.0.7.1/tmaze", "TMazeEnvNullOutcome horizon 1"),
      [-5.535852, -4.940744, -4.940744, -4.842705], within: 5e-7
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "T-maze", "two steps: cue twice, right then cue, cue then right",
      Place("pymdp-0.0.7.1/tmaze", "TMazeEnv horizon 2"), [-8.8745, -8.9725, -8.9725],
      within: 5e-5
    ) { step in step.negativeExpectedFreeEnergy.map { [$0[15], $0[7], $0[13]] } },
    .init(
      "hint", "-G at the start", hint, [-4.614015, -4.531732, -5.421271, -5.421271], within: 5e-7
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "hint", "after one hint", hint, step: 1, [-4.6140, -4.5446, -4.7304, -6.1704], within: 5e-5
    ) { $0.negativeExpectedFreeEnergy },
    .init(
      "hint", "after two", hint, step: 2, [-4.6140, -4.5703, -4.2681, -6.7509], within: 5e-5
    ) { $0.negativeExpectedFreeEnergy },
    .init("hint", "what two hints make believe", hint, step: 2, [0.844828], within: 5e-7) {
      $0.beliefs?[0].max().map { [$0] }
    },
  ]
}
