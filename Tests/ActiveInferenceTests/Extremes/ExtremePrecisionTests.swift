import ActiveInference
import Foundation
import Testing

@Suite("Extreme precisions and preferences") struct ExtremePrecisionTests {
  @Test(
    "gamma and alpha from 0 to 1e6 and beyond give a posterior, under every agent",
    arguments: Agents.all)
  func precisions(configuration: AgentConfiguration) throws {
    for gamma in [0, 1e-6, 1e6, 1e300] {
      for alpha in [0, 1e-6, 1e6, 1e300] {
        for mode in ActionSettings.Mode.allCases {
          var configuration = configuration
          configuration.planning.gamma = gamma
          configuration.planning.horizon = 2
          configuration.action.alpha = alpha
          configuration.action.mode = mode
          configuration.action.selection = .stochastic
          let record = ExtremeModels.record(steps: 5)
          let steps = try expectSound(
            ExtremeModels.switches(), configuration, record,
            "\(Agents.name(configuration)), gamma \(gamma), alpha \(alpha)")
          if gamma == 0 {
            // No policy is better than another, but for their priors, which are equal.
            let posterior = try #require(steps[0].policyPosterior)
            #expect(posterior.allSatisfy { abs($0 - 0.25) <= 1e-15 })
          }
        }
      }
    }
  }

  @Test("at gamma 1e6 the best policy is certain, and the best share where they tie")
  func best() throws {
    var configuration = AgentConfiguration()
    configuration.planning.gamma = 1e6
    let steps = try expectSound(
      ExtremeModels.switches(), configuration, ExtremeModels.record(steps: 4))
    for step in steps {
      let values = try #require(step.negativeExpectedFreeEnergy)
      let posterior = try #require(step.policyPosterior)
      #expect(posterior == (values[0] > values[1] ? [1, 0] : [0, 1]))
    }
    // Both presses do the same.
    let indifferent = try ExtremeModels.switches {
      $0.transitions[0].probability = Tensor(
        shape: [2, 2, 2], [0.9, 0.9, 0.2, 0.2, 0.1, 0.1, 0.8, 0.8])
    }
    for step in try expectSound(indifferent, configuration, ExtremeModels.record(steps: 4)) {
      #expect(step.policyPosterior == [0.5, 0.5])
      #expect(step.choice == [0])
    }
  }

  @Test(
    "policies that a habit rules out are never chosen, the best among them", arguments: Agents.all)
  func habit(configuration: AgentConfiguration) throws {
    var configuration = configuration
    configuration.planning.gamma = 1e6
    configuration.planning.horizon = 1
    let model = try ExtremeModels.switches { $0.habit = [1, 0] }
    let steps = try expectSound(
      model, configuration, ExtremeModels.record(), Agents.name(configuration))
    // pymdp's presets give a policy of no habit a little of it, which the precision outweighs.
    guard configuration.preset == .default else { return }
    for step in steps { #expect(step.policyPosterior == [1, 0]) }
  }

  @Test("preferences of 1e6 and 1e300 give finite values, under every agent", arguments: Agents.all)
  func preferences(configuration: AgentConfiguration) throws {
    for preference in [1e6, -1e6, 1e300, -1e300] {
      for horizon in [1, 3] {
        var configuration = configuration
        configuration.planning.horizon = horizon
        let model = try ExtremeModels.switches {
          $0.preferences = [.init("light", Tensor(shape: [2], [-preference, preference]))]
        }
        try expectSound(
          model, configuration, ExtremeModels.record(),
          "\(Agents.name(configuration)), C \(preference), horizon \(horizon)")
      }
    }
  }

  @Test("preferences that could sum to infinity over a policy are refused with the sum's bound")
  func overflow() throws {
    for (preference, horizon) in [(1.7e308, 1), (4e307, 4), (-1.7e308, 1)] {
      let model = try ExtremeModels.switches {
        $0.preferences = [.init("light", Tensor(shape: [2], [-preference, preference]))]
      }
      var configuration = AgentConfiguration()
      configuration.planning.horizon = horizon
      let refused = #expect(throws: InvalidInput.self) {
        try ActiveInferenceAgent(model, configuration)
      }
      #expect(
        refused?.description.contains("C: preferences over \(horizon)") == true,
        "\(refused?.description ?? "")")
    }
  }

  @Test("a goal that costs next to nothing or ln 1e-300 to miss is planned for")
  func inductive() throws {
    for epsilon in [1e-300, 1 - 1e-16] {
      for threshold in [0, 1 - 1e-16] {
        var configuration = AgentConfiguration()
        configuration.planning.inductive = .init(depth: 50, threshold: threshold, epsilon: epsilon)
        let model = try ExtremeModels.switches {
          $0.goals = [.init("state", Tensor(shape: [2], [0, 1]))]
        }
        try expectSound(model, configuration, ExtremeModels.record())
      }
    }
  }
}
