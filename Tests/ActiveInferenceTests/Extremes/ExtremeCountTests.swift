import ActiveInference
import Testing

@Suite("Extreme counts") struct ExtremeCountTests {
  @Test(
    "from 1e-12 to 1e12 in every table, side by side, are learned and explored by every agent",
    arguments: Agents.all)
  func everyTable(configuration: AgentConfiguration) throws {
    let patterns: [[Double]] = [
      [1e-12], [1e12], [1e-12, 1e12], [1e12, 1e-12, 1e-12], [0.5, 1e-12, 1e12],
    ]
    for pattern in patterns {
      let model = try ExtremeModels.counted { pattern[$0 % pattern.count] }
      for novelty in PlanningSettings.Novelty.allCases {
        for forgetting in [0, 0.1, 1] {
          var configuration = configuration
          configuration.planning.novelty = novelty
          configuration.learnEverything(.init(rate: 1, forgetting: forgetting))
          try expectSound(
            model, configuration, ExtremeModels.record(),
            "\(Agents.name(configuration)), counts \(pattern), \(novelty), forgetting \(forgetting)"
          )
        }
      }
    }
  }

  /// An agent that knows its state, so that a count of its likelihood grows by exactly one.
  private func learned(_ count: Double, rate: Double = 1) throws -> (counts: [Double], p: Double) {
    let model = try ExtremeModels.switches { model in
      model.likelihoods[0].probability = nil
      model.likelihoodCounts = [
        .init("light", Tensor(shape: [2, 2], Array(repeating: count, count: 4)))
      ]
      model.initialStates = [.init("state", Tensor(shape: [2], [1, 0]))]
    }
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init(rate: rate)
    let agent = try ActiveInferenceAgent(model, configuration)
    _ = try agent.act(on: [.outcome(1)])
    let counts = try #require(agent.concentration.likelihood[0]).values
    let next = try model.replacing(concentration: agent.concentration)
    return (counts, next.likelihoods[0].probability.values[2])
  }

  @Test("one observation moves a probability by 1 / 4a where counts are large")
  func large() throws {
    let (counts, p) = try learned(1e12)
    #expect(counts == [1e12, 1e12, 1e12 + 1, 1e12])
    #expect(abs(p - 0.5 - 2.5e-13) <= 1e-16)
  }

  @Test("one observation is nearly certainty where counts are small")
  func small() throws {
    let (counts, p) = try learned(1e-12)
    #expect(counts == [1e-12, 1e-12, 1 + 1e-12, 1e-12])
    #expect(abs(1 - p - 1e-12) <= 1e-15)
  }

  @Test("a rate of 1e12 or 1e-12 is one observation of that weight")
  func rates() throws {
    #expect(try learned(1, rate: 1e12).counts[2] == 1e12 + 1)
    #expect(abs(try learned(1, rate: 1e-12).p - 0.5 - 2.5e-13) <= 1e-16)
  }

  @Test("novelty is 1 / 2a less 1 / 2a0 where counts are large, and falls without bound nowhere")
  func novelty() throws {
    func novelty(_ count: Double) throws -> Double {
      let model = try ExtremeModels.switches { model in
        model.likelihoods[0].probability = nil
        model.likelihoodCounts = [
          .init("light", Tensor(shape: [2, 2], Array(repeating: count, count: 4)))
        ]
      }
      var configuration = AgentConfiguration()
      configuration.planning.parameterInformationGain = true
      let agent = try ActiveInferenceAgent(model, configuration)
      _ = try agent.act(on: [.outcome(0)])
      var step = StepRecord(t: 0, observation: [.outcome(0)])
      agent.describe(&step, level: .full)
      return try #require(step.terms).parameterInformationGain[0]
    }
    // Two outcomes of count a each: KL = 1 / 2a - 1 / 4a + O(1 / a^2).
    #expect(abs(try novelty(1e12) * 4e12 - 1) <= 1e-6)
    // ln a0 - ln a + psi(a + 1) - psi(a0 + 1), which is ln 2 - a pi^2 / 6 where a is small.
    #expect(abs(try novelty(1e-12) - 0.693_147_180_559_945_3) <= 1e-11)
  }

  @Test("counts and rates whose sums could overflow, or their inverses, are refused with the bound")
  func refused() throws {
    for count in [1e-200, 1e200, Double.leastNonzeroMagnitude, 1e308] {
      let refused = #expect(throws: InvalidInput.self) {
        try ExtremeModels.counted { $0 % 2 == 0 ? count : 1 }
      }
      let text = refused?.description ?? ""
      for table in ["A[light]", "B[state]", "C[light]", "D[state]", "E"] {
        #expect(text.contains("concentration.\(table)"), "\(count): \(text)")
      }
      #expect(text.contains("0 or in 1e-150...1e150"), "\(count): \(text)")
    }
    var configuration = AgentConfiguration()
    configuration.learning.likelihood = .init(rate: 1e200)
    #expect(throws: InvalidInput.self) {
      try ActiveInferenceAgent(ExtremeModels.counted { _ in 1 }, configuration)
    }
    // The bounds themselves are sound.
    for configuration in Agents.all {
      for novelty in PlanningSettings.Novelty.allCases {
        var configuration = configuration
        configuration.planning.novelty = novelty
        configuration.learnEverything(.init(rate: 1e100))
        try expectSound(
          ExtremeModels.counted { [1e150, 1e-150, 1][$0 % 3] }, configuration,
          ExtremeModels.record(), Agents.name(configuration))
      }
    }
  }
}
