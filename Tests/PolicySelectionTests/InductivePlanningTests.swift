import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// An agent on a line that wants to be at its end.
@Suite("Inductive planning") struct InductivePlanningTests {
  private func line(
    _ places: Int, goal: Int?, given: [String] = ["place"]
  ) throws -> GenerativeModel {
    var model = ModelDescription()
    model.factors = [Variable("place", size: places), Variable("light", size: 2)]
    model.modalities = [Variable("where", size: places)]
    model.controls = [Variable("step", ["left", "right"])]
    model.likelihoods = [
      .init(
        "where", given: ["place"],
        SampleModels.table([places, places]) { $0[0] == $0[1] ? 1 : 0 })
    ]
    let sizes = given.map { $0 == "place" ? places : 2 }
    model.transitions = [
      .init(
        "place", given: given, controls: ["step"],
        SampleModels.table([places] + sizes + [2]) { i in
          let wanted = i[1] + (i[i.count - 1] == 0 ? -1 : 1)
          return i[0] == min(max(wanted, 0), places - 1) ? 1 : 0
        }),
      .init("light", given: ["light"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1])),
    ]
    if let goal {
      model.goals = [
        .init("place", Tensor(shape: [places], (0..<places).map { $0 == goal ? 1 : 0 }))
      ]
    }
    return try GenerativeModel(model)
  }

  private func values(
    _ model: GenerativeModel, at place: Int, depth: Int, horizon: Int, threshold: Double = 0.1
  ) throws -> [Double] {
    let planning = try Planning(model) {
      $0.horizon = horizon
      $0.stateInformationGain = false
      $0.inductive = .init(depth: depth, threshold: threshold, epsilon: 1e-3)
    }
    let places = (0..<model.factors[0].size).map { $0 == place ? 1.0 : 0 }
    return try planning.score([places, [0.5, 0.5]])
  }

  @Test("every step that does not lead nearer costs ln epsilon (golden G8)")
  func golden() throws {
    var differences = Differences(tolerance: 1e-12)
    let cost = log(1e-3)
    differences.compare(
      try values(line(4, goal: 3), at: 0, depth: 5, horizon: 2),
      [2 * cost, cost, cost, 0], "values")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("says nothing of a goal that is farther than its depth")
  func tooFar() throws {
    #expect(try values(line(4, goal: 3), at: 0, depth: 3, horizon: 1) == [0, 0])
    #expect(try values(line(4, goal: 3), at: 0, depth: 4, horizon: 1) != [0, 0])
  }

  @Test("does not take a way less probable than the threshold")
  func threshold() throws {
    #expect(try values(line(4, goal: 3), at: 0, depth: 5, horizon: 1, threshold: 0.999) != [0, 0])
  }

  @Test("at the goal prefers to stay there")
  func arrived() throws {
    let values = try values(line(4, goal: 3), at: 3, depth: 5, horizon: 1)
    #expect(values[1] == 0 && values[0] < -6)
  }

  @Test("needs a goal, and avoids only what a goal depends on")
  func refused() throws {
    let none = #expect(throws: InvalidInput.self) {
      try values(line(3, goal: nil), at: 0, depth: 2, horizon: 1)
    }
    #expect(
      none?.description == "planning.inductive: the model has no goal; add H for some factor")
    var model = ModelDescription(try line(3, goal: 2))
    model.avoided = [.init("light", Tensor(shape: [2], [0, 1]))]
    let apart = #expect(throws: InvalidInput.self) {
      try values(GenerativeModel(model), at: 0, depth: 2, horizon: 1)
    }
    #expect(
      apart?.description
        == "H[light]: avoids states, but no goal depends on the factor; give it a goal, or leave"
        + " avoid out")
  }

  @Test("refuses a joint goal that is too large, with its size")
  func tooLarge() throws {
    var model = ModelDescription(try line(512, goal: 2, given: ["place", "light"]))
    model.factors.append(Variable("other", size: 2))
    model.transitions.append(
      .init("other", given: ["other"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1])))
    let tied = try GenerativeModel(model)
    let planning = { (depth: Int) in
      try Planning(tied) { $0.inductive = .init(depth: depth) }
    }
    // 512 places, 2 lights, 2 actions, one next state each, a light that a dense table says stays.
    _ = try planning(100)
    let fault = #expect(throws: InvalidInput.self) { _ = try planning(60_000) }
    #expect(fault?.description.hasPrefix("H[place]: a goal over place, light takes about ") == true)
    #expect(fault?.description.contains("at most 67108864 over all") == true)
  }
}
