import ActiveInference
import Foundation

extension BruteForce {
  /// Scores all policies from the belief and turns the scores into a posterior.
  func plan(_ step: inout ReferenceStep, seed: UInt64) {
    switch configuration.planning.method {
    case .enumerate: enumerate(&step)
    case .sophisticated: recur(&step)
    case .branchAndBound, .beam: search(&step)
    case .treeSearch: simulate(&step, seed: seed)
    case .successor: follow(&step)
    case .hybrid: refine(&step)
    case .softControl:
      let values = softControlValues()
      let nothing = values.map { _ in 0.0 }
      step.negativeExpectedFreeEnergy = values
      step.terms = [
        "utility": values, "stateInformationGain": nothing, "parameterInformationGain": nothing,
        "inductive": nothing,
      ]
    }
    weigh(&step)
  }

  /// softmax(gamma value + ln E), and what it makes of each control's actions.
  func weigh(_ step: inout ReferenceStep) {
    let values = step.negativeExpectedFreeEnergy.map { configuration.planning.gamma * $0 }
    step.policyPosterior = BruteForce.softmax(
      zip(values, habit(at: belief)).map { $0 + logHabit($1) })
    step.actionMarginals = model.controls.indices.map { control in
      (0..<model.controls[control].size).map { action in
        zip(policies, step.policyPosterior).reduce(0) {
          $0 + ($1.0[0][control] == action ? $1.1 : 0)
        }
      }
    }
  }

  /// Scores every policy by itself.
  private func enumerate(_ step: inout ReferenceStep) {
    var terms: [String: [Double]] = [
      "utility": [], "stateInformationGain": [], "parameterInformationGain": [], "inductive": [],
    ]
    for policy in policies {
      var utility = 0.0
      var information = 0.0
      var novelty = 0.0
      var inductive = 0.0
      var belief = belief
      for (time, action) in policy.enumerated() {
        let next = predict(belief, action)
        let parts = parts(belief, action, next, time, now: step.beliefs)
        utility += parts[0]
        information += parts[1]
        novelty += parts[2]
        inductive += parts[3]
        belief = next
      }
      terms["utility"]?.append(utility)
      terms["stateInformationGain"]?.append(information)
      terms["parameterInformationGain"]?.append(novelty)
      terms["inductive"]?.append(inductive)
      step.negativeExpectedFreeEnergy.append(utility + information + novelty + inductive)
    }
    step.terms = terms
    step.sequences = policies
  }

  /// Scores every action by what follows it under the base policy.
  private func follow(_ step: inout ReferenceStep) {
    let parts = successorTerms()
    let nothing = [Double](repeating: 0, count: parts.count)
    step.terms = [
      "utility": parts.map(\.0), "stateInformationGain": parts.map(\.1),
      "parameterInformationGain": nothing, "inductive": nothing,
    ]
    step.negativeExpectedFreeEnergy = parts.map { $0.0 + $0.1 }
    step.sequences = policies
  }

  /// Utility, state and parameter information gain and inductive value of one step, `time` steps from now.
  func parts(
    _ belief: [Double], _ action: [Int], _ next: [Double], _ time: Int, now: [[Double]]
  ) -> [Double] {
    let settings = configuration.planning
    var parts = [0.0, 0, 0, 0]
    (parts[0], parts[1]) = objective(next, time)
    if settings.parameterInformationGain {
      parts[2] = noveltyOfTransitions(belief, action) + noveltyOfLikelihoods(next)
    }
    if let settings = settings.inductive { parts[3] = inductiveValue(next, now: now, settings) }
    return parts
  }

  private var convention: PlanningConvention { configuration.planning.convention }

  /// The joint states that E is given, and which of them a joint state is.
  var habitColumns: Int { model.habitGiven.reduce(1) { $0 * model.factors[$1].size } }
  func habitColumn(_ state: [Int]) -> Int {
    model.habitGiven.reduce(0) { $0 * model.factors[$1].size + state[$1] }
  }

  /// sum_s q(s) E(policy | s).
  func habit(at belief: [Double]) -> [Double] {
    policies.indices.map { policy in
      zip(states, belief).reduce(0) {
        $0 + $1.1 * habit[policy * habitColumns + habitColumn($1.0)]
      }
    }
  }

  /// ln E; finite under pymdp.
  func logHabit(_ p: Double) -> Double {
    switch convention {
    case .standard: log(p)
    case .pymdp1: log(max(p, 0x1p-52))
    case .pymdp007, .spm: log(p + 1e-16)
    }
  }

  /// C of a modality at a planning step: the last row holds for what follows it, and pymdp 0.0.7 takes
  /// ln(softmax(C) + 1e-16), also where there is no C.
  private func preferences(_ modality: Int, _ time: Int) -> [Double] {
    let outcomes = 0..<model.modalities[modality].size
    let values = outcomes.map { outcome in
      preference[modality].map { table in
        table[table.shape.count == 2 ? [min(time, table.shape[0] - 1), outcome] : [outcome]]
      } ?? 0
    }
    guard convention == .pymdp007 else { return values }
    return BruteForce.softmax(values).map { log($0 + 1e-16) }
  }

  /// E[C(o)] over all modalities.
  func expectedPreference(_ belief: [Double], _ time: Int) -> Double {
    var sum = 0.0
    for modality in model.modalities.indices {
      for (outcome, value) in preferences(modality, time).enumerated() {
        for (p, given) in zip(belief, likelihoods(of: outcome, modality)) {
          sum += p * given * value
        }
      }
    }
    return sum
  }

  /// I(o; s) of the joint outcome of some modalities, by its definition:
  /// sum_o sum_s q(s) P(o | s) ln P(o | s) / q(o).
  func informationGain(_ belief: [Double], of modalities: [Int]) -> Double {
    if convention == .pymdp007 && configuration.planning.informationGain == .joint {
      return legacyInformationGain(belief)
    }
    var sum = 0.0
    for outcomes in BruteForce.sequences(modalities.map { model.modalities[$0].size }) {
      let rows = zip(modalities, outcomes).map { likelihoods(of: $1, $0) }
      let given = states.indices.map { state in rows.reduce(1) { $0 * $1[state] } }
      let predicted = zip(belief, given).reduce(0) { $0 + $1.0 * $1.1 }
      for (q, p) in zip(belief, given) where q > 0 && p > 0 { sum += q * p * log(p / predicted) }
    }
    return sum
  }

  /// The joint information gain with the constants of SPM and pymdp 0.0.7, which know products of
  /// marginals alone: states of at most e^-16 do not count, and logarithms have e^-16 and 1e-16 added
  /// inside.
  private func legacyInformationGain(_ joint: [Double]) -> Double {
    let belief = product(marginals(joint))
    var sum = 0.0
    for outcomes in BruteForce.sequences(model.modalities.map(\.size)) {
      let rows = outcomes.indices.map { likelihoods(of: outcomes[$0], $0) }
      var predicted = 0.0
      for (state, q) in belief.enumerated() where q > exp(-16) {
        let p = rows.reduce(1) { $0 * $1[state] }
        predicted += q * p
        sum += q * p * log(p + exp(-16))
      }
      sum -= predicted * log(predicted + 1e-16)
    }
    return sum
  }

  // MARK: - Inductive preference

  /// Whether `goal` can be reached from a state in exactly so many possible transitions.
  private func reaches(_ factor: Int, from state: Int, in steps: Int, _ threshold: Double) -> Bool {
    if steps == 0 { return model.goals[factor]?[state] == 1 }
    let controls = model.transitions[factor].controls
    let actions = BruteForce.sequences(controls.map { model.controls[$0].size })
    return (0..<model.factors[factor].size).contains { next in
      actions.contains { transition[factor][[next, state] + $0] > threshold }
        && reaches(factor, from: next, in: steps - 1, threshold)
    }
  }

  /// sum_f sum_s q_f(s) ln(epsilon) over the states that are not one step nearer to the goal than
  /// the most probable state now.
  func inductiveValue(
    _ belief: [Double], now: [[Double]], _ settings: PlanningSettings.Inductive
  ) -> Double {
    var sum = 0.0
    let next = marginals(belief)
    for factor in model.factors.indices where model.goals[factor] != nil {
      let greatest = now[factor].max() ?? 0
      let likely = now[factor].firstIndex(of: greatest) ?? 0
      func reaches(_ state: Int, _ steps: Int) -> Bool {
        self.reaches(factor, from: state, in: steps, settings.threshold)
      }
      guard let distance = (0..<settings.depth).first(where: { reaches(likely, $0) }) else {
        continue
      }
      for state in 0..<model.factors[factor].size where !reaches(state, max(distance - 1, 0)) {
        sum += next[factor][state] * log(settings.epsilon)
      }
    }
    return sum
  }
}
