import ActiveInference
import Testing

@Suite("Faults of agent files")
struct AgentFaultTests {
  private func faults(_ text: String) -> String {
    messages { _ = try AgentConfiguration(contentsOf: Array(text.utf8), source: "a.yaml") }
  }

  @Test("every value of the wrong kind or out of range is told at once")
  func values() {
    let found = faults(
      """
      format: aif.agent/1
      preset: pymdp1
      inference: {algorithm: fpj, iterations: 0, tolerance: -1e-3, impossible: never}
      planning:
        method: 3
        horizon: 0.5
        gamma: -1
        utility: 1
        stateInformationGain: "true"
        informationGain: per-modality
        parameterInformationGain: null
        novelty: Exact
        inductive: {depth: 0, threshold: 1, epsilon: 0}
      action: {selection: best, mode: full, alpha: [1]}
      learning:
        A: {rate: -1, forgetting: 1.5, modalities: reward}
        B: {rate: fast, factors: [location, 3, location]}
        C: yes
        E: {modalities: [reward]}
      """)
    #expect(
      found == """
        a.yaml: preset: unknown value 'pymdp1'; did you mean 'pymdp-1'?
        a.yaml: inference.algorithm: unknown value 'fpj'; did you mean 'fpi'?
        a.yaml: inference.iterations: is 0; give 1 or more
        a.yaml: inference.tolerance: is -0.001; give a finite number, 0 or more
        a.yaml: inference.impossible: unknown value 'never'; \
        the nearest known value is 'error'
        a.yaml: planning.method: expected text, found 3
        a.yaml: planning.horizon: expected a whole number or null, found 0.5
        a.yaml: planning.gamma: is -1.0; give a finite number, 0 or more
        a.yaml: planning.utility: expected true or false, found 1
        a.yaml: planning.stateInformationGain: expected true or false, found text 'true'
        a.yaml: planning.informationGain: unknown value 'per-modality'; \
        did you mean 'perModality'?
        a.yaml: planning.parameterInformationGain: expected true or false, found null
        a.yaml: planning.novelty: unknown value 'Exact'; did you mean 'exact'?
        a.yaml: planning.inductive.depth: is 0; give 1 or more
        a.yaml: planning.inductive.threshold: is 1.0; \
        give a finite number, 0 or more and below 1
        a.yaml: planning.inductive.epsilon: is 0.0; give a finite number, above 0 and below 1
        a.yaml: action.selection: unknown value 'best'; \
        the nearest known value is 'stochastic'
        a.yaml: action.alpha: expected a number, found a list
        a.yaml: learning.A.rate: is -1.0; give a finite number, 0 to 1e100
        a.yaml: learning.A.forgetting: is 1.5; give a finite number, 0 to 1
        a.yaml: learning.A.modalities: expected a list of names, found text 'reward'
        a.yaml: learning.B.rate: expected a number, found text 'fast'
        a.yaml: learning.B.factors[1]: expected a name, found 3
        a.yaml: learning.B.factors: 'location' is there twice; name it once
        a.yaml: learning.C: expected an object, found text 'yes'
        a.yaml: learning.E: unknown key 'modalities'; the nearest known key is 'rate'
        """)
  }

  @Test("an unknown key names the nearest known one")
  func keys() {
    let found = faults(
      """
      format: aif.agent/1
      planing: {horizon: 3}
      inference: {algoritm: fpi}
      learning: {F: {rate: 1}, A: {modality: [x]}}
      """)
    #expect(
      found == """
        a.yaml: unknown key 'planing'; did you mean 'planning'?
        a.yaml: inference: unknown key 'algoritm'; did you mean 'algorithm'?
        a.yaml: learning: unknown key 'F'; did you mean 'A'?
        a.yaml: learning.A: unknown key 'modality'; the nearest known key is 'modalities'
        """)
  }

  @Test("what the format has and this build has not is refused by name")
  func notInBuild() {
    let found = faults(
      """
      format: aif.agent/1
      preset: spm
      inference: {policyMessages: {chi: 0.5}}
      planning: {biasedJoint: statePreference}
      """)
    #expect(
      found == """
        a.yaml: inference.policyMessages.chi: 0.5 is not in this build: \
        no level of a deep agent infers by policy; of one that does not it is inference.chi; leave it out
        a.yaml: planning.biasedJoint: 'statePreference' is not in this build; \
        it has exactPosterior, stateIndependent
        """)
  }

  @Test("what another planning method reads is refused beside this one")
  func otherMethods() {
    let found = faults(
      """
      format: aif.agent/1
      planning: {backup: max, outcomeThreshold: 0.0625, beam: {width: 3}, method: sophisticated, replanEvery: 2}
      """)
    #expect(
      found == """
        a.yaml: planning.beam: is not for the method sophisticated; leave it out, or use beam
        a.yaml: planning.replanEvery: is not for the method sophisticated; \
        leave it out, or use enumerate or branch-and-bound or beam
        """)
  }

  @Test("what one method of planning reads is refused beside another, and out of its range")
  func methodKeys() {
    let place = "a.yaml: planning"
    let keys = ["backup: max", "policyThreshold: 0", "outcomeThreshold: 0.1", "budget: {nodes: 4}"]
    for key in keys {
      let name = key.prefix { $0 != ":" }
      #expect(
        faults("format: aif.agent/1\nplanning: {\(key)}").hasPrefix(
          "\(place).\(name): is not for the method enumerate; leave it out, or use sophisticated"))
      #expect(faults("format: aif.agent/1\nplanning: {method: sophisticated, \(key)}").isEmpty)
    }
    let wrong = faults(
      """
      format: aif.agent/1
      planning: {method: sophisticated, policyThreshold: 2, budget: {nodes: 0, mebibytes: 16385}}
      """)
    #expect(
      wrong == """
        \(place).policyThreshold: is 2.0; give a finite number, 0 to 1
        \(place).budget.nodes: is 0; give 1 or more
        \(place).budget.mebibytes: is 16385; give at most 16384
        """)
  }

  @Test("probabilities with a floor are of the presets that know them")
  func floored() throws {
    let text = "format: aif.agent/1\ninference: {impossible: floored}"
    #expect(
      faults(text) == "a.yaml: inference.impossible: 'floored' is of the presets pymdp-1, "
        + "pymdp-0.0.7 and spm; give error or ignore, or one of these presets")
    #expect(faults(text + "\npreset: pymdp-0.0.7") == "")
    #expect(faults("format: aif.agent/1\npreset: pymdp-1\ninference: {impossible: ignore}") == "")
  }

  @Test("a file says which format it has")
  func format() {
    #expect(faults("preset: default") == "a.yaml: key 'format' is missing")
    #expect(
      faults("format: aif.agent/2")
        == "a.yaml: format: 'aif.agent/2' is not known; this build reads aif.agent/1")
    #expect(faults("[1, 2]") == "a.yaml: expected an object, found a list")
    #expect(faults("") == "a.yaml: is empty")
    #expect(
      faults("format: aif.agent/1\ninference: 3\nlearning: null") == """
        a.yaml: inference: expected an object, found 3
        a.yaml: learning: expected an object, found null
        """)
  }
}
