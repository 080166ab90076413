import ActiveInference
import Foundation
import TMaze
import Testing

@Suite("aif explain")
struct ExplainTests {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    let outcome = try run("simulate", "tmaze", "--episodes", "3", "--output", folder.file("t"))
    #expect(outcome.code == 0, "\(outcome.err)")
  }

  private func explain(_ arguments: String...) throws -> Outcome {
    try run(["explain", folder.file("t")] + arguments)
  }

  @Test("gives a line a step: the choice, its best rival, how far ahead, and why")
  func overview() throws {
    let outcome = try explain()
    #expect(outcome.code == 0)
    #expect(outcome.err == "")
    #expect(outcome.lines.count == 8)
    #expect(outcome.lines[0].hasPrefix("step  chooses  before  ahead by  probability"))
    #expect(outcome.lines[1].hasPrefix("0     cue      centre  0.495     1.000 to 0.000"))
    #expect(outcome.lines[1].hasSuffix("information of cue (7.914)"))
    #expect(outcome.lines[2].hasSuffix("utility of reward (28.000)"))
    #expect(outcome.lines[5].hasSuffix("its place: they are equal"))
  }

  @Test("says of one step what was observed, believed and chosen, why, and what is worth knowing")
  func oneStep() throws {
    let outcome = try explain("--step", "1")
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.lines[0] == "seed 0, episode 0, step 1 of 0...6")
    #expect(outcome.out.contains("context   undecided  reward right 0.95"))
    #expect(outcome.out.contains("It chooses centre, 1.602 nats ahead of left, the next best."))
    #expect(outcome.out.contains("reward 1.750"))
    #expect(
      outcome.out.contains("No other outcome of one modality, nor of two, would have changed"))
    let decision = try run("explain", folder.file("t"), "--step", "0")
    #expect(decision.lines.contains("cue     all        1.750                 0.495"))
    // What the cue would say, each with its probability.
    #expect(decision.out.contains("0.500            where: cue    location: cue 1.00"))
  }

  @Test("names the observation that would have changed the choice, which it does when it is made")
  func counterfactual() throws {
    let simplified = folder.file("s")
    #expect(try run("simulate", "tmaze-simplified", "--output", simplified).code == 0)
    let steps = try object(run("explain", simplified, "--step", "1", "--format", "json").out)
    let step = try #require((steps["steps"] as? [[String: Any]])?.first)
    let search = try #require(step["counterfactuals"] as? [String: Any])
    let change = try #require((search["changes"] as? [[String: Any]])?.first)
    let observation = try #require(change["observation"] as? [Int])
    let trace = try folder.traces("s")[0]
    var behaviour = BehaviourRecord(
      observations: trace.steps.prefix(2).map(\.observation), actions: [trace.steps[0].action ?? []]
    )
    behaviour.observations[1] = observation.map { .outcome($0) }
    let agent = try ActiveInferenceAgent(trace.model, trace.agent)
    let other = try agent.replay(behaviour)
    #expect(other[1].choice == change["choice"] as? [Int])
    #expect(other[1].choice != trace.steps[1].choice)
    #expect(other[1].beliefs == change["beliefs"] as? [[Double]])
    let text = try run("explain", simplified, "--step", "1").out
    #expect(text.contains("Had where been cue"))
    #expect(text.contains("(probability 0.500 before), it would believe context: reward"))
  }

  @Test("gives programs every number: parts sum to the value that the trace recorded")
  func json() throws {
    let trace = try folder.traces("t")[1]
    for step in trace.steps.indices {
      let whole = try object(
        explain("--episode", "1", "--step", "\(step)", "--format", "json").out)
      #expect(whole["episode"] as? Int == 1)
      let steps = try #require(whole["steps"] as? [[String: Any]])
      #expect(steps.count == 1 && steps[0]["t"] as? Int == step)
      #expect(steps[0]["choice"] as? [Int] == trace.steps[step].choice)
      for action in try #require(steps[0]["actions"] as? [[String: Any]]) {
        let parts = try #require(action["steps"] as? [[String: Any]])
        let sum = parts.reduce(0.0) { sum, step in
          step.values.reduce(sum) { $0 + (($1 as? [Double])?.reduce(0, +) ?? 0) }
        }
        let policy = try #require(action["policy"] as? Int)
        let recorded = try #require(trace.steps[step].negativeExpectedFreeEnergy?[policy])
        #expect(abs(sum - recorded) < 1e-12)
        let value = try #require(action["value"] as? Double)
        #expect(abs(value - recorded) < 1e-12)
      }
    }
  }

  @Test("gives rows in comma-separated values that sum to the same")
  func rows() throws {
    let rows = fields(try explain("--step", "1", "--format", "csv").out)
    #expect(
      rows[0] == ["step", "action", "chosen", "policyPosterior", "planStep", "part", "of", "nats"])
    #expect(rows.allSatisfy { $0.count == 8 })
    let mine = rows.dropFirst().filter { $0[2] == "true" && $0[5] != "habit" }
    #expect(mine.allSatisfy { $0[1] == "centre" })
    let sum = mine.reduce(0) { $0 + (Double($1[7]) ?? .nan) }
    let recorded = try folder.traces("t")[0].steps[1].negativeExpectedFreeEnergy?.max()
    #expect(abs(sum - (try #require(recorded))) < 1e-12)
    #expect(fields(try explain("--format", "csv").out).count > rows.count)
  }

  @Test("takes a pipe, a golden, and traces that recorded choices alone")
  func inputs() throws {
    let expected = try explain("--step", "1").out
    let piped = try run("explain", "-", "--step", "1", input: folder.read("t"))
    #expect(piped.out == expected)
    let golden = try folder.write(Golden(folder.traces("t")).text, "golden")
    #expect(try run("explain", golden, "--step", "1").out == expected)
    let low = folder.file("low")
    #expect(try run("simulate", "tmaze", "--record", "choices", "--output", low).code == 0)
    let outcome = try run("explain", low, "--step", "1")
    #expect(outcome.out == expected)
    #expect(outcome.err == "")
  }

  @Test("says on standard error where the trace's numbers are not those of this build, to 1e-9")
  func otherNumbers() throws {
    var traces = try folder.traces("t")
    traces[0].steps[1].negativeExpectedFreeEnergy?[0] += 1e-6
    let changed = try folder.write(traces, "changed")
    let outcome = try run("explain", changed, "--step", "2")
    #expect(outcome.code == 0)
    #expect(outcome.err.contains("changed: step 1, negative expected free energy of policy 0"))
    #expect(outcome.err.contains("what is explained are the numbers of this build"))
    #expect(try run("explain", changed, "--step", "0").err == "")
    traces[0].steps[1].negativeExpectedFreeEnergy?[0] -= 1e-6 - 1e-12
    #expect(try run("explain", folder.write(traces, "close")).err == "")
  }

  @Test("refuses what it cannot explain with 2, and says what to do")
  func refused() throws {
    let beyond = try explain("--step", "7")
    #expect(beyond.code == 2 && beyond.out == "")
    #expect(beyond.err.contains("--step 7: episode 0 has the steps 0...6"))
    #expect(try explain("--step", "-1").code == 2)
    let none = try explain("--episode", "9")
    #expect(none.code == 2)
    #expect(none.err.contains("none of its 3 episodes has the number 9"))
    #expect(try run("explain", folder.file("missing")).code == 2)
    let empty = folder.file("empty")
    #expect(try run("simulate", "tmaze", "--record", "none", "--output", empty).code == 0)
    let unrecorded = try run("explain", empty, "--step", "1")
    #expect(unrecorded.code == 2)
    #expect(unrecorded.err.contains("--record choices"))
    var trace = try folder.traces("t")[0]
    trace.steps[0].action = nil
    let cut = try run("explain", folder.write([trace], "cut"), "--step", "1")
    #expect(cut.code == 2)
    #expect(cut.err.contains("steps[0].action is missing"))
    let model = try run("explain", folder.write(Sample.bandit, "model.yaml"))
    #expect(model.code == 2 && model.out == "")
  }

  @Test("takes models without controls and learning agents, and shows ten actions of many")
  func models() throws {
    let nothing = try folder.write(Sample.nothing, "nothing.yaml")
    #expect(try run("simulate", nothing, "--steps", "2", "--output", folder.file("n")).code == 0)
    let outcome = try run("explain", folder.file("n"), "--step", "1")
    #expect(outcome.code == 0, "\(outcome.err)")
    #expect(outcome.out.contains("There is nothing to choose: no controls."))
    #expect(try run("explain", folder.file("n")).code == 0)
    let bandit = try folder.write(Sample.bandit, "bandit.yaml")
    let learning = [
      "--set", "agent.learning.A.rate=1", "--steps", "5", "--output", folder.file("b"),
    ]
    let simulated = try run(["simulate", bandit] + learning)
    #expect(simulated.code == 0, "\(simulated.err)")
    let learned = try run("explain", folder.file("b"), "--step", "4")
    #expect(learned.code == 0 && learned.err == "", "\(learned.err)")
    // A dial that every action sets, seen as it is.
    let rows = (0..<12).map { next in (0..<12).map { $0 == next ? 1 : 0 } }
    let dial = """
      {"format": "aif.model/1", "factors": [{"name": "dial", "size": 12}],
       "modalities": [{"name": "seen", "size": 12}], "controls": [{"name": "set", "size": 12}],
       "A": [{"modality": "seen", "given": ["dial"], "probability": \(rows)}],
       "B": [{"factor": "dial", "given": [], "controls": ["set"], "probability": \(rows)}],
       "C": [{"modality": "seen", "logPreference": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}]}
      """
    let model = try folder.write(dial, "dial.json")
    #expect(try run("simulate", model, "--steps", "2", "--output", folder.file("d")).code == 0)
    let turned = try run("explain", folder.file("d"), "--step", "0")
    #expect(turned.out.contains("It chooses set 11, 1.000 nats ahead of set 10, the next best."))
    #expect(turned.out.contains("and 2 more actions; --format json has them"))
  }
}
