import ActiveInference
import Conformance
import EngineTestSupport
import Testing

@Suite("Simulated physiology") struct PhysiologyTests {
  @Test("is SPM's: firing rates, local field potentials and dopamine", arguments: 0..<6)
  func spm(number: Int) throws {
    let golden = try PhysiologyGolden.all()[number]
    let agent = try ActiveInferenceAgent(golden.model, golden.configuration)
    let responses = try SimulatedPhysiology(
      Trace(
        model: golden.model, agent: golden.configuration,
        steps: agent.replay(golden.record, level: .iterates), final: agent.concentration))
    var differences = Differences(tolerance: 1e-9)
    for (name, got, expected) in [
      ("rate", responses.firingRates, golden.firingRates),
      ("potential", responses.localFieldPotentials, golden.localFieldPotentials),
    ] {
      differences.compare([got.count], [expected.count], "factors")
      for factor in expected.indices {
        for state in expected[factor].indices {
          differences.compare(
            got[factor][state], expected[factor][state], "\(name), factor \(factor), \(state)")
        }
      }
    }
    differences.compare(responses.dopamine, golden.dopamine, "dopamine")
    #expect(differences.isEmpty, "\(differences)")
    #expect(differences.compared > 300)
  }

  @Test("needs every sweep under every policy")
  func missing() throws {
    let model = try ExtremeModels.switches()
    let configuration = AgentConfiguration(preset: .spm)
    let agent = try ActiveInferenceAgent(model, configuration)
    let record = BehaviourRecord(observations: [[.outcome(0)]], actions: [])
    let trace = Trace(
      model: model, agent: configuration, steps: try agent.replay(record),
      final: agent.concentration)
    let refusal = #expect(throws: InvalidInput.self) { try SimulatedPhysiology(trace) }
    #expect(refusal?.description.contains("steps[0]") == true)
  }
}
