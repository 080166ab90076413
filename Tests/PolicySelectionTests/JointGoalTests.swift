import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// Goals over factors that depend on one another, and states to be avoided, against plain search forwards.
@Suite("Inductive planning with goals over several factors and states to avoid")
struct JointGoalTests {
  /// A corridor of five rooms with a door between the third and the fourth, which opens only from the key's
  /// room, 0: walking depends on the door, and what happens to the door on where one is.
  private func corridor(avoiding: [Int] = [], doorGoal: Bool = false) throws -> GenerativeModel {
    var model = ModelDescription()
    model.factors = [Variable("room", size: 5), Variable("door", ["shut", "open"])]
    model.modalities = [Variable("none", size: 1)]
    model.controls = [Variable("move", ["left", "right", "turn"])]
    model.likelihoods = [.init("none", given: [], Tensor(shape: [1], [1]))]
    model.transitions = [
      .init(
        "room", given: ["door", "room"], controls: ["move"],
        SampleModels.table([5, 2, 5, 3]) { i in
          let (next, door, room, move) = (i[0], i[1], i[2], i[3])
          var wanted = room + [-1, 1, 0][move]
          if door == 0, min(room, wanted) == 2, max(room, wanted) == 3 { wanted = room }
          return next == min(max(wanted, 0), 4) ? 1 : 0
        }),
      .init(
        "door", given: ["room", "door"], controls: ["move"],
        SampleModels.table([2, 5, 2, 3]) { i in
          let (next, room, door, move) = (i[0], i[1], i[2], i[3])
          return next == (move == 2 && room == 0 ? 1 - door : door) ? 1 : 0
        }),
    ]
    model.goals = [.init("room", Tensor(shape: [5], [0, 0, 0, 0, 1]))]
    if doorGoal { model.goals.append(.init("door", Tensor(shape: [2], [1, 0]))) }
    if !avoiding.isEmpty {
      model.avoided = [
        .init("room", Tensor(shape: [5], (0..<5).map { avoiding.contains($0) ? 1 : 0 }))
      ]
    }
    return try GenerativeModel(model)
  }

  private func values(
    _ model: GenerativeModel, _ belief: [[Double]], depth: Int, horizon: Int = 1,
    joint: Bool = false
  ) throws -> [Double] {
    let planning = try Planning(model, joint: joint) {
      $0.horizon = horizon
      $0.stateInformationGain = false
      $0.inductive = .init(depth: depth, threshold: 0.1, epsilon: 1e-3)
    }
    return try planning.score(belief)
  }

  private func certain(_ state: Int, of size: Int) -> [Double] {
    (0..<size).map { $0 == state ? 1 : 0 }
  }

  @Test("goes back for the key before it walks through the door")
  func key() throws {
    let model = try corridor()
    let cost = log(1e-3)
    // In room 2, the door shut: two left, turn, four right.
    let shut = try values(model, [certain(2, of: 5), certain(0, of: 2)], depth: 8)
    #expect(shut == [0, cost, cost])
    let atKey = try values(model, [certain(0, of: 5), certain(0, of: 2)], depth: 8)
    #expect(atKey == [cost, cost, 0])
    let open = try values(model, [certain(2, of: 5), certain(1, of: 2)], depth: 8)
    #expect(open == [cost, 0, cost])
    // Seven transitions are out of reach of a depth of seven, which counts none as well.
    #expect(
      try values(model, [certain(2, of: 5), certain(0, of: 2)], depth: 7) == [0, 0, 0])
  }

  @Test("goals of factors that depend on one another are one goal")
  func together() throws {
    // To be in the last room with the door shut there is no way: it shuts from room 0 alone.
    let model = try corridor(doorGoal: true)
    #expect(
      try values(model, [certain(2, of: 5), certain(1, of: 2)], depth: 20) == [0, 0, 0])
  }

  @Test("does not pass through states that are to be avoided, but leaves one it is in")
  func avoiding() throws {
    let cost = log(1e-3)
    let line = try corridor(avoiding: [1])
    // The key is behind room 1, and room 1 costs also where the goal is out of reach.
    let shut = try values(line, [certain(2, of: 5), certain(0, of: 2)], depth: 10)
    #expect(shut == [cost, 0, 0])
    let inside = try values(line, [certain(1, of: 5), certain(1, of: 2)], depth: 10)
    #expect(inside == [cost, 0, cost])
  }

  @Test("agrees with a search forwards through random models", arguments: 0..<60 as Range<UInt64>)
  func bruteForce(seed: UInt64) throws {
    var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
    let model = try randomModel(&random)
    let belief = model.factors.map { factor in
      let values = (0..<factor.size).map { _ in 0.05 + random.nextUnit() }
      return values.map { $0 / values.reduce(0, +) }
    }
    let settings = PlanningSettings.Inductive(
      depth: 1 + Int(seed % 4), threshold: [0.1, 0.3][Int(seed % 2)], epsilon: 1e-2)
    for joint in [false, true] {
      let planning = try Planning(model, joint: joint) {
        $0.horizon = 1
        $0.stateInformationGain = false
        $0.utility = false
        $0.inductive = settings
      }
      var differences = Differences(tolerance: 1e-12)
      differences.compare(
        try planning.score(belief), Plain(model: model, settings: settings).values(belief, joint),
        "joint \(joint)")
      #expect(differences.isEmpty, "\(differences)")
    }
  }

  /// Three factors, of which the second depends on the first and the third on itself; goals and what is to
  /// be avoided at random, a fourth that no goal depends on.
  private func randomModel(_ random: inout RandomStream) throws -> GenerativeModel {
    var model = ModelDescription()
    let sizes = [2, 3, 2, 2]
    model.factors = sizes.indices.map { Variable("f\($0)", size: sizes[$0]) }
    model.modalities = [Variable("none", size: 1)]
    model.likelihoods = [.init("none", given: [], Tensor(shape: [1], [1]))]
    model.controls = [Variable("u", size: 2), Variable("v", size: 2)]
    let parents = [[0], random.nextUnit() < 0.5 ? [1, 0] : [0, 2], [2], [3, 0]]
    let controls = [["u"], ["v"], ["v", "u"], []]
    for factor in sizes.indices {
      let given = parents[factor]
      let columns =
        given.map { sizes[$0] }.reduce(1, *)
        * (1 << controls[factor].count)
      var values = [Double](repeating: 0, count: sizes[factor] * columns)
      for column in 0..<columns {
        let weights = (0..<sizes[factor]).map { _ in
          random.nextUnit() < 0.5 ? 0.001 : random.nextUnit() + 0.001
        }
        for state in weights.indices {
          values[state * columns + column] = weights[state] / weights.reduce(0, +)
        }
      }
      model.transitions.append(
        .init(
          "f\(factor)", given: given.map { "f\($0)" }, controls: controls[factor],
          Tensor(
            shape: [sizes[factor]] + given.map { sizes[$0] } + controls[factor].map { _ in 2 },
            values)))
    }
    model.goals = [.init("f1", Tensor(shape: [3], [0, 0, 1]))]
    if random.nextUnit() < 0.5 { model.goals.append(.init("f2", Tensor(shape: [2], [1, 0]))) }
    if random.nextUnit() < 0.5 { model.avoided = [.init("f1", Tensor(shape: [3], [1, 0, 0]))] }
    if random.nextUnit() < 0.3 { model.avoided.append(.init("f0", Tensor(shape: [2], [0, 1]))) }
    return try GenerativeModel(model)
  }
}

/// What inductive planning is worth, found by walking forwards, with nothing kept.
private struct Plain {
  let model: GenerativeModel
  let settings: PlanningSettings.Inductive

  /// The factors of each goal with all that they depend on, those that share one together.
  private var scopes: [[Int]] {
    var scopes = model.factors.indices.filter { model.goals[$0] != nil }.map { factor in
      var scope = [factor]
      while let next = scope.flatMap({ model.transitions[$0].given }).first(where: {
        !scope.contains($0)
      }) { scope.append(next) }
      return Set(scope)
    }
    for first in scopes.indices {
      for second in scopes.indices.reversed() where second > first {
        if scopes.indices.contains(second), !scopes[first].isDisjoint(with: scopes[second]) {
          scopes[first].formUnion(scopes[second])
          scopes.remove(at: second)
        }
      }
      if first + 1 >= scopes.count { break }
    }
    return scopes.map { $0.sorted() }
  }

  private func states(_ factors: [Int]) -> [[Int: Int]] {
    factors.reduce([[:]]) { states, factor in
      states.flatMap { state in
        (0..<model.factors[factor].size).map { state.merging([factor: $0]) { $1 } }
      }
    }
  }

  private var actions: [[Int]] {
    model.controls.reduce([[]]) { actions, control in
      actions.flatMap { action in (0..<control.size).map { action + [$0] } }
    }
  }

  private func probability(_ factor: Int, _ next: Int, _ state: [Int: Int], _ action: [Int])
    -> Double
  {
    let table = model.transitions[factor]
    let index = [next] + table.given.map { state[$0] ?? 0 } + table.controls.map { action[$0] }
    let shape = table.probability.shape
    return table.probability.values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }]
  }

  private func isAvoided(_ state: [Int: Int]) -> Bool {
    state.contains { factor, value in model.avoided[factor]?[value] == 1 }
  }

  /// Whether the goal can be reached in exactly so many steps, none of which leads to what is avoided.
  private func reaches(_ state: [Int: Int], in steps: Int) -> Bool {
    if steps == 0 {
      return state.allSatisfy { factor, value in (model.goals[factor]?[value] ?? 1) == 1 }
    }
    return actions.contains { action in
      states(state.keys.sorted()).contains { next in
        !isAvoided(next)
          && next.allSatisfy { probability($0.key, $0.value, state, action) > settings.threshold }
          && reaches(next, in: steps - 1)
      }
    }
  }

  func values(_ belief: [[Double]], _ joint: Bool) -> [Double] {
    let all = states(Array(model.factors.indices))
    return actions.map { action in
      // P(next joint state), exactly or as the product of its marginals.
      var predicted = all.map { next in
        all.reduce(0.0) { sum, state in
          sum
            + model.factors.indices.reduce(1) {
              $0 * belief[$1][state[$1] ?? 0] * probability($1, next[$1] ?? 0, state, action)
            }
        }
      }
      if !joint {
        let marginals = model.factors.indices.map { factor in
          (0..<model.factors[factor].size).map { value in
            zip(all, predicted).reduce(0) { $0 + ($1.0[factor] == value ? $1.1 : 0) }
          }
        }
        predicted = all.map { state in
          model.factors.indices.reduce(1) { $0 * marginals[$1][state[$1] ?? 0] }
        }
      }
      var value = 0.0
      for scope in scopes {
        let likely = Dictionary(
          uniqueKeysWithValues: scope.map { factor in
            (factor, belief[factor].firstIndex(of: belief[factor].max() ?? 0) ?? 0)
          })
        let distance = (0..<settings.depth).first { reaches(likely, in: $0) }
        for (state, weight) in zip(all, predicted) {
          let own = state.filter { scope.contains($0.key) }
          let isNear =
            distance.map { reaches(own, in: max($0 - 1, 0)) && !isAvoided(own) } ?? !isAvoided(own)
          if !isNear { value += weight * log(settings.epsilon) }
        }
      }
      return value
    }
  }
}
