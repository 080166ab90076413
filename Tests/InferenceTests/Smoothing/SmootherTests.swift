import ActiveInference
import EngineTestSupport
import Testing

#if DEBUG
  private let seeds = 0..<16
#else
  private let seeds = 0..<240
#endif

@Suite struct `Smoothing a sequence` {
  /// 1 to 3 factors, transitions and likelihoods of several, missing and uncertain observations.
  @Test(arguments: [InferenceConvention.standard, .pymdp1])
  func `gives what every sequence of states together gives`(
    convention: InferenceConvention
  ) throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in seeds {
      var options = RandomModel.Options()
      options.largestJoint = 6
      var random = try RandomModel(seed: UInt64(seed), options)
      let record = random.record(steps: 1 + seed % 5, soften: true)
      let model = random.model
      let expected = SequenceEnumeration(model, record, isGeometric: convention == .pymdp1)
      var inference = InferenceSettings()
      inference.convention = convention
      let smoother = try Smoother(model, inference: inference)
      let sequence = try smoother.smooth(record)
      let evidence = try #require(sequence.logEvidence)
      differences.compare(evidence, expected.total.logarithm, "\(seed): log evidence")
      for step in 0..<sequence.count {
        for factor in model.factors.indices {
          differences.compare(
            sequence.belief(factor: factor, at: step), expected.belief(factor: factor, at: step),
            "\(seed): factor \(factor) at \(step)")
          if step + 1 == sequence.count { continue }
          let pair = sequence.pairwise(factor: factor, after: step)
          #expect(
            pair.shape
              == [model.factors[factor].size]
              + model.transitions[factor].given.map { model.factors[$0].size })
          differences.compare(
            pair.values, expected.pairwise(factor: factor, after: step),
            "\(seed): pairs of factor \(factor) after \(step)")
        }
        for (index, group) in sequence.groups.enumerated() {
          differences.compare(
            sequence.joint(group: index, at: step), expected.joint(of: group.factors, at: step),
            "\(seed): group \(index) at \(step)")
        }
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  /// Closed-form values of a chain of two states, from pymdp's own note on its smoothers.
  @Test func `gives the known posterior of a chain of two states`() throws {
    let model = try chain()
    let sequence = try Smoother(model).smooth(record(of: [0, 0, 1, 1, 0]))
    let first = sequence.beliefs.map { $0[0][0] }
    var differences = Differences(tolerance: 5e-9)
    differences.compare(
      first, [0.84821048, 0.7923704, 0.16409972, 0.15444326, 0.70314472], "first state")
    differences.compare(try #require(sequence.logEvidence), -3.8001038845, "log evidence")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test func `of a state that never changes is the same at every step`() throws {
    let model = try chain(transition: [1, 0, 0, 1])
    let sequence = try Smoother(model).smooth(record(of: [0, 0, 1, 1, 0]))
    // Three of the one and two of the other: the ratio of one likelihood to the other, 0.9 0.9 0.1... .
    let one = 0.9 * 0.9 * 0.1 * 0.1 * 0.9
    let other = 0.2 * 0.2 * 0.8 * 0.8 * 0.2
    for step in 0..<5 {
      #expect(abs(sequence.beliefs[step][0][0] - one / (one + other)) <= 1e-14)
    }
    #expect(abs(sequence.logEvidence! - ((one + other) / 2).logarithm) <= 1e-13)
  }

  @Test func `takes factors that no table connects apart, and exactly so`() throws {
    let one = try ModelDescription(chain())
    var both = one
    both.factors.append(Variable("fan", size: 2))
    both.modalities.append(Variable("hum", size: 2))
    both.likelihoods.append(
      .init("hum", given: ["fan"], Tensor(shape: [2, 2], [0.7, 0.4, 0.3, 0.6])))
    both.transitions.append(
      .init("fan", given: ["fan"], controls: [], Tensor(shape: [2, 2], [0.6, 0.1, 0.4, 0.9])))
    let model = try GenerativeModel(both)
    let record = BehaviourRecord(
      observations: [[0, 1], [1, 1], [1, 0], [0, 0]].map { $0.map { .outcome($0) } },
      actions: [[], [], []])
    let smoother = try Smoother(model)
    #expect(smoother.groups.map(\.factors) == [[0], [1]] && smoother.groups[1].isExact)
    let sequence = try smoother.smooth(record)
    let expected = SequenceEnumeration(model, record)
    var differences = Differences(tolerance: 1e-13)
    differences.compare(
      try #require(sequence.logEvidence), expected.total.logarithm, "log evidence")
    for step in 0..<4 {
      for factor in 0..<2 {
        differences.compare(
          sequence.joint(group: factor, at: step), expected.belief(factor: factor, at: step),
          "factor \(factor) at \(step)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test func `of one step is Bayes' rule`() throws {
    let sequence = try Smoother(chain()).smooth(record(of: [1]))
    #expect(abs(sequence.beliefs[0][0][0] - 0.1 / 0.9) <= 1e-15)
    #expect(sequence.count == 1)
  }

  @Test func `of many thousand steps does not underflow`() throws {
    let outcomes = (0..<20_000).map { $0 % 7 == 0 ? 1 : 0 }
    let sequence = try Smoother(chain()).smooth(record(of: outcomes))
    let evidence = try #require(sequence.logEvidence)
    #expect(evidence < -8000 && evidence.isFinite)
    for step in [0, 9_999, 19_999] {
      #expect(abs(sequence.beliefs[step][0].reduce(0, +) - 1) <= 1e-14)
    }
  }

  /// Nothing that a filter holds for nearly impossible is lost on the way back.
  @Test func `finds a state that was all but ruled out`() throws {
    let tiny = 1e-290
    let model = try chain(
      likelihood: [1, tiny, 0, 1 - tiny], transition: [1, 0, 0, 1], first: [1 - 1e-12, 1e-12])
    let short = try Smoother(model).smooth(record(of: [0, 1]))
    #expect(short.beliefs[0][0] == [0, 1] && short.beliefs[1][0] == [0, 1])
  }

  @Test func `refuses impossible data and names the step and the modality`() throws {
    let model = try chain(likelihood: [1, 0, 0, 1], transition: [1, 0, 0, 1])
    let found = #expect(throws: InvalidInput.self) {
      try Smoother(model).smooth(record(of: [0, 0, 1]))
    }
    #expect(
      found?.faults.first?.place == "observations[2][light]"
        && found?.faults.first?.problem.contains("'light 1' has probability zero") == true)
    var settings = InferenceSettings()
    settings.impossible = .ignore
    let sequence = try Smoother(model, inference: settings).smooth(record(of: [0, 0, 1]))
    #expect(sequence.ignored(at: 2) == ["light"] && sequence.ignored(at: 1) == [])
    #expect(sequence.beliefs[2][0] == [1, 0])
  }

  @Test func `refuses what would take too much memory, with the number`() throws {
    let smoother = try Smoother(chain(), limit: 1200)
    _ = try smoother.smooth(record(of: Array(repeating: 0, count: 100)))
    let found = #expect(throws: InvalidInput.self) {
      try smoother.smooth(record(of: Array(repeating: 0, count: 200)))
    }
    #expect(found?.description.contains("smooth at most 149 steps at once") == true)
  }

  @Test func `of a record that does not fit names every fault`() throws {
    let found = #expect(throws: InvalidInput.self) {
      try Smoother(chain()).smooth(
        BehaviourRecord(observations: [[.outcome(2)], [.outcome(0), .missing]], actions: []))
    }
    #expect(found?.faults.count == 3)
  }
}

extension Double {
  var logarithm: Double { VectorMath.log(self) }
}

/// One factor of two states and one modality; by default that of the known posterior.
func chain(
  likelihood: [Double] = [0.9, 0.2, 0.1, 0.8], transition: [Double] = [0.8, 0.3, 0.2, 0.7],
  first: [Double] = [0.5, 0.5]
) throws -> GenerativeModel {
  var description = ModelDescription()
  description.factors = [Variable("lamp", size: 2)]
  description.modalities = [Variable("light", size: 2)]
  description.likelihoods = [
    .init("light", given: ["lamp"], Tensor(shape: [2, 2], likelihood))
  ]
  description.transitions = [
    .init("lamp", given: ["lamp"], controls: [], Tensor(shape: [2, 2], transition))
  ]
  description.initialStates = [.init("lamp", Tensor(shape: [2], first))]
  return try GenerativeModel(description)
}

func record(of outcomes: [Int]) -> BehaviourRecord {
  BehaviourRecord(
    observations: outcomes.map { [.outcome($0)] },
    actions: Array(repeating: [], count: outcomes.count - 1))
}
