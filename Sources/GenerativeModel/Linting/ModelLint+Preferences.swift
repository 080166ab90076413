extension ModelLint {
  /// Preferences that make no difference to any choice.
  func checkPreferences() {
    var anything = model.goals.contains { $0 != nil } || model.habit != nil
    for m in model.modalities.indices {
      guard let preference = model.preferences[m] else { continue }
      let rows = rows(of: preference, m)
      let place = "C[\(model.modalities[m].name)]"
      if rows.allSatisfy({ row in row.allSatisfy { $0 == row[0] } }) {
        if rows.contains(where: { $0[0] != 0 }) { addConstant(m, place) }
        continue
      }
      anything = true
      checkInfluence(m, place)
      checkImpossible(m, place)
    }
    if !anything {
      add(
        .noPreference, at: "C", "nothing is preferred",
        proof: "neither C, E nor H tells policies apart",
        remedy: "prefer an outcome, unless the agent is to explore alone")
    }
  }

  private func rows(of preference: Tensor, _ m: Int) -> [[Double]] {
    let size = model.modalities[m].size
    let values = preference.values
    return stride(from: 0, to: values.count, by: size).map { Array(values[$0..<$0 + size]) }
  }

  private func addConstant(_ m: Int, _ place: String) {
    let isLearned = model.concentration.preference[m] != nil
    add(
      .constantPreference, isLearned ? .note : nil, at: place, "prefers every outcome alike",
      proof: "each row holds one number, which is added to the value of every policy",
      remedy: "make outcomes differ, or leave it out")
  }

  private func checkInfluence(_ m: Int, _ place: String) {
    if outcomeParents[m].contains(where: { influenced[$0] }) { return }
    let isLearned =
      model.concentration.likelihood[m] != nil
      || model.concentration.transition.contains { $0 != nil }
    add(
      .uncontrollablePreference, isLearned ? .note : nil, at: place,
      "no action changes what is expected of \(model.modalities[m].name)",
      proof:
        "no factor on which it depends, at any remove, is driven by a control that makes a difference",
      remedy: "let an action drive a factor that A[\(model.modalities[m].name)] depends on")
  }

  private func checkImpossible(_ m: Int, _ place: String) {
    let seen = seen(m)
    let never = seen.indices.filter { !seen[$0] && preferred[m][$0] }
    if never.isEmpty { return }
    var isPossible = [Bool](repeating: false, count: seen.count)
    for column in 0..<likelihoods[m].columns {
      for outcome in likelihoods[m].support(column) { isPossible[Int(outcome)] = true }
    }
    addImpossible(
      m, never.filter { !isPossible[$0] }, isLearned(m) ? .note : nil, place, "every state", "")
    addImpossible(
      m, never.filter { isPossible[$0] }, .note, place, "every state that is reached",
      " (\(reachable.method))")
  }

  private func addImpossible(
    _ m: Int, _ outcomes: [Int], _ severity: Finding.Severity?, _ place: String, _ states: String,
    _ method: String
  ) {
    if outcomes.isEmpty { return }
    let one = outcomes.count == 1
    let labels = listed(outcomes.map { model.modalities[m].label($0) })
    add(
      .impossiblePreference, severity, at: place,
      "\(labels) \(one ? "has a preference and is" : "have preferences and are") never seen",
      proof: "A gives \(one ? "it" : "them") probability 0 in \(states)\(method)",
      remedy:
        "let a state that can be reached yield \(one ? "it" : "them"), or prefer something else")
  }

  /// Goals that are never reached.
  func checkGoals() {
    for f in model.factors.indices {
      guard let goal = model.goals[f] else { continue }
      let states = goal.indices.filter { goal[$0] > 0 }
      if states.isEmpty || states.contains(where: { reachable.states[f][$0] }) { continue }
      add(
        .unreachableGoal, at: "H[\(model.factors[f].name)]",
        "\(listed(states.map { model.factors[f].label($0) })) \(states.count == 1 ? "is" : "are") never reached",
        proof: reachable.method, remedy: "choose a goal that an action leads to, or mend B or D")
    }
  }

  /// Whether information gain can tell policies apart.
  func checkInformation() {
    let informative = model.modalities.indices.filter { !isUninformative($0) }
    let isLearned =
      model.concentration.likelihood.contains { $0 != nil }
      || model.concentration.transition.contains { $0 != nil }
    if informative.isEmpty {
      addConstantGain(
        isLearned ? .note : nil, "is zero: no outcome tells anything",
        "every table of A has equal columns for all states that are reached")
    } else if isAlwaysCertain {
      addConstantGain(
        .note, "is zero: the state is never uncertain",
        "D and B are certain in every state that is reached, so that each belief is one state")
    } else if !informative.contains(where: { m in outcomeParents[m].contains { influenced[$0] } }),
      !model.controls.allSatisfy({ $0.size == 1 })
    {
      addConstantGain(
        isLearned ? .note : nil, "is the same for all policies",
        "no factor on which an outcome depends, at any remove, is driven by a control that makes a "
          + "difference")
    }
  }

  private func addConstantGain(_ severity: Finding.Severity?, _ problem: String, _ proof: String) {
    add(
      .constantInformationGain, severity, at: "A", "the information gain about states \(problem)",
      proof: proof,
      remedy: "planning.stateInformationGain costs time and changes nothing: switch it off, or let "
        + "an outcome that actions bring about tell states apart")
  }

  /// Whether one state is known for certain at every step.
  private var isAlwaysCertain: Bool {
    let first = zip(model.factors, model.initialStates).allSatisfy { factor, initial in
      factor.size == 1 || initial.map { $0.count { $0 > 0 } == 1 } ?? false
    }
    return first
      && model.factors.indices.allSatisfy { f in
        metTransitions[f].enumerated().allSatisfy { column, isMet in
          !isMet || transitions[f].support(column).count == 1
        }
      }
  }
}
