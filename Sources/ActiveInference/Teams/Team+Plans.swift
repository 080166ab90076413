import GenerativeModel
import Inference
import PolicySelection

/// Plans for the first members of a team from the model that joins theirs.
struct TeamPlanner {
  /// How many members it plans for.
  let memberCount: Int
  /// The members whose actions it says; those before them have acted.
  let speaksFor: Range<Int>
  let agent: ActiveInferenceAgent
  /// The groups of shared factors that it knows, and their factors' numbers in the joined model.
  let groups: [(index: Int, factors: [Int])]

  /// The action of each control that is best once the first controls have done what they have.
  ///
  /// - Parameter done: the actions of the members before, control by control.
  func best(after done: [Int]) -> [Int] {
    let values = agent.negativeExpectedFreeEnergy
    let policies = agent.blueprint.policies
    var best: (value: Double, action: [Int])?
    for (policy, value) in values.enumerated() {
      guard let action = policies.policy(policy).first, action.starts(with: done) else { continue }
      if value > best?.value ?? -.infinity { best = (value, action) }
    }
    return best?.action ?? done
  }
}

extension Team {
  static func checkPlans(
    _ plans: Plans, _ members: [Member], _ hearings: [Hearing], _ faults: FaultList
  ) {
    if plans == .alone { return }
    if !hearings.isEmpty {
      faults.add(
        "plans", "\(plans.rawValue) does without hearing",
        remedy: "fuse beliefs instead, or plan alone")
    }
    for member in members where member.agent.learns {
      faults.add(
        "plans",
        "\(plans.rawValue) plans with what members know at first, and \(member.name) learns",
        remedy: "have it learn nothing, or plan alone")
    }
  }

  /// Who plans: nobody for others, one for each and those before it, or one for all.
  static func planners(
    _ members: [Member], _ shared: [[String]], _ plans: Plans
  ) throws(InvalidInput) -> [TeamPlanner] {
    var planners: [TeamPlanner] = []
    for last in members.indices {
      let isLast = last == members.count - 1
      if plans == .alone || plans == .jointly && !isLast { continue }
      let included = members[...last]
      let known = shared.indices.filter { group in
        included.contains { member in
          shared[group].allSatisfy { name in
            member.agent.model.factors.contains { $0.name == name }
          }
        }
      }
      let model = try GenerativeModel(
        joining: included.map { ($0.name, $0.agent.model) }, sharing: known.flatMap { shared[$0] })
      planners.append(
        TeamPlanner(
          memberCount: last + 1, speaksFor: plans == .jointly ? 0..<members.count : last..<last + 1,
          agent: try ActiveInferenceAgent(model, members[last].agent.configuration),
          groups: known.map { group in
            (
              group,
              shared[group].compactMap { name in model.factors.firstIndex { $0.name == name } }
            )
          }))
    }
    return planners
  }

  /// Has every planner take in what its members have seen and what all believe, and answers with the
  /// action of each member.
  func planTogether(_ observations: [[Observation]]) throws -> [[Int]] {
    var actions: [[Int]] = []
    for planner in planners {
      let agent = planner.agent
      try agent.perceive(observations.prefix(planner.memberCount).flatMap { $0 })
      for group in planner.groups {
        guard let sharer = sharers[group.index].first else { continue }
        try agent.adopt(agents[sharer.member].belief(over: sharer.factors), over: group.factors)
      }
      _ = try agent.decide()
      var rest = planner.best(after: actions.flatMap { $0 })[...]
      rest.removeFirst(actions.reduce(0) { $0 + $1.count })
      for member in planner.speaksFor {
        let controls = members[member].agent.model.controls.count
        actions.append(Array(rest.prefix(controls)))
        rest.removeFirst(controls)
      }
    }
    // What those do who come later is no part of what an earlier one has planned for.
    for planner in planners {
      try planner.agent.took(actions.prefix(planner.memberCount).flatMap { $0 })
    }
    return actions
  }
}
