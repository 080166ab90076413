import ActiveInference
import Foundation

/// A step that a window may hold, as the enumeration keeps it.
struct PastStep {
  let observation: [Observation]
  /// The action that led to it.
  let action: [Int]
  /// `[factor][state]`: whether the state was ruled out when the step was taken.
  let excluded: [[Bool]]
  /// `[factor][state]`, when it was the newest, and at the last window that held it.
  var filtered: [[Double]] = []
  var smoothed: [[Double]] = []
  /// `[joint state before]`, at the last window that held both.
  var before: [Double] = []
  var after: [[Double]] = []
}

extension BruteForce {
  /// Message passing over the window that ends with this step, every expectation a sum over joint states.
  ///
  /// - Parameter prior: the belief before the observation.
  mutating func approximateWindow(
    _ prior: [Double], _ observation: [Observation]
  ) -> (start: Int, beliefs: [[[Double]]], freeEnergy: Double) {
    let marginal = marginals(prior)
    let excluded = model.factors.indices.map { factor in
      marginal[factor].indices.map {
        configuration.inference.convention == .standard && !isFloored
          && excludes(factor, $0, marginal, observation)
      }
    }
    past.append(PastStep(observation: observation, action: action, excluded: excluded))
    let last = past.count - 1
    let start = configuration.inference.horizon.map { max(0, past.count - $0) } ?? 0
    if start == 0 && past.count == 1 { firstPrior = marginals(product(initialState)) }
    let first =
      start == 0
      ? firstPrior : marginals(predict(product(past[start - 1].filtered), past[start].action))
    let window = Array(past[start...])
    let logs = window.map { step in states.map { logLikelihood(step.observation, $0) } }
    var q = window.map { _ in
      model.factors.map { [Double](repeating: 1 / Double($0.size), count: $0.size) }
    }
    for _ in 0..<configuration.inference.iterations {
      q = window.indices.map { time in
        model.factors.indices.map { factor in
          BruteForce.softmax(
            (0..<model.factors[factor].size).map { value in
              if window[time].excluded[factor][value] { return -Double.infinity }
              return expectation(q[time], at: factor, value) { logs[time][$0] }
                + fromPast(time, factor, value, q, window, first)
                + fromFuture(time, factor, value, q, window)
            })
        }
      }
    }
    for (time, beliefs) in q.enumerated() { past[start + time].smoothed = beliefs }
    past[last].filtered = q[q.count - 1]
    for time in window.indices where start + time > 0 {
      guard time > 0 || window.count == 1 && configuration.inference.horizon == 1 else { continue }
      past[start + time].before = product(past[start + time - 1].smoothed)
      past[start + time].after = q[time]
    }
    return (start, q, freeEnergy(q, window, logs, first))
  }

  /// The mean over the other factors' beliefs of what `value` says of a joint state, one factor being held.
  private func expectation(
    _ q: [[Double]], at factor: Int, _ held: Int, _ value: (Int) -> Double
  ) -> Double {
    states.indices.reduce(0) { sum, index in
      let state = states[index]
      if state[factor] != held { return sum }
      let weight = state.indices.reduce(1.0) { $1 == factor ? $0 : $0 * q[$1][state[$1]] }
      return sum + weight * value(index)
    }
  }

  private func fromPast(
    _ time: Int, _ factor: Int, _ value: Int, _ q: [[[Double]]], _ window: [PastStep],
    _ first: [[Double]]
  ) -> Double {
    let hasChildren = model.transitions.contains { $0.given.contains(factor) }
    let share =
      algorithm == .marginalMessagePassing && time < window.count - 1 && hasChildren ? 0.5 : 1
    if time == 0 { return share * logarithm(first[factor][value]) }
    let weights = product(q[time - 1])
    let action = window[time].action
    func mean(_ value: (Double) -> Double, of next: Int) -> Double {
      states.indices.reduce(0) {
        $0 + weights[$1] * value(probability(of: next, factor, after: states[$1], action))
      }
    }
    return algorithm == .marginalMessagePassing
      ? share * logarithm(mean({ $0 }, of: value)) : mean(logarithm, of: value)
  }

  private func fromFuture(
    _ time: Int, _ factor: Int, _ value: Int, _ q: [[[Double]]], _ window: [PastStep]
  ) -> Double {
    if time == window.count - 1 { return 0 }
    let action = window[time + 1].action
    let children = model.factors.indices.filter { model.transitions[$0].given.contains(factor) }
    return children.reduce(0) { sum, child in
      let next = q[time + 1][child]
      func mean(_ held: Int, _ value: (Double) -> Double, of after: Int) -> Double {
        expectation(q[time], at: factor, held) {
          value(probability(of: after, child, after: states[$0], action))
        }
      }
      if algorithm == .variationalMessagePassing {
        return sum + next.indices.reduce(0) { $0 + next[$1] * mean(value, logarithm, of: $1) }
      }
      let message = next.indices.reduce(0.0) { total, after in
        let every = (0..<model.factors[factor].size).map { mean($0, { $0 }, of: after) }
        return total + every[value] / max(every.reduce(0, +), 0x1p-52) * next[after]
      }
      return sum + 0.5 * logarithm(message)
    }
  }

  /// E[ln q] less the expected logarithm of all that happened.
  private func freeEnergy(
    _ q: [[[Double]]], _ window: [PastStep], _ logs: [[Double]], _ first: [[Double]]
  ) -> Double {
    window.indices.reduce(0) { sum, time in
      let weights = product(q[time])
      let entropy = q[time].joined().reduce(0) { $0 + $1 * logarithm($1) }
      let accuracy = states.indices.reduce(0) { $0 + weights[$1] * logs[time][$1] }
      let expected = model.factors.indices.reduce(0.0) { total, factor in
        total
          + q[time][factor].indices.reduce(0.0) { sum, value in
            guard time > 0 else {
              return sum + q[0][factor][value] * logarithm(first[factor][value])
            }
            let before = product(q[time - 1])
            return sum + q[time][factor][value]
              * states.indices.reduce(0) {
                $0 + before[$1]
                  * logarithm(
                    probability(of: value, factor, after: states[$1], window[time].action))
              }
          }
      }
      return sum + entropy - accuracy - expected
    }
  }

  // MARK: - Learning

  /// The counts of the model and what the present beliefs about all steps add, one update after the other.
  private func counted(
    _ first: Tensor, _ rule: LearningSettings.Rule, preferences: [Double]? = nil,
    of counts: (Int) -> Bool, _ evidence: (_ step: Int, _ add: ([Int], Double) -> Void) -> Void
  ) -> Tensor {
    var total = first.values
    for step in past.indices where counts(step) {
      var sums = Table(first.mapStored { _ in 0 })
      evidence(step) { sums[$0] += $1 }
      total = updated(
        total, first.values, sums.values, rule, outcomes: first.shape[0], preferences: preferences)
    }
    return Tensor(shape: first.shape, total)
  }

  /// Makes the counts those of the model and of every step, as each is believed now or was last.
  mutating func learnWindows(_ rules: LearningSettings) {
    if let rule = rules.likelihood { learnWindowLikelihoods(rule) }
    if let rule = rules.transition { learnWindowTransitions(rule) }
    guard let rule = rules.initialState else { return }
    for (factor, first) in model.concentration.initialState.enumerated() {
      guard let first, learns(model.factors[factor].name, rule) else { continue }
      let learned = updated(first, first, past[0].smoothed[factor], rule)
      counts.initialState[factor] = learned
      initialState[factor] = mean(Tensor(shape: [learned.count], learned)).values
    }
  }

  private mutating func learnWindowLikelihoods(_ rule: LearningSettings.Rule) {
    for (modality, first) in model.concentration.likelihood.enumerated() {
      guard let first, learns(model.modalities[modality].name, rule) else { continue }
      func seen(_ step: Int) -> [Double]? {
        outcomes(past[step].observation[modality], first.shape[0])
      }
      let preferences = nextPreferences(of: modality)
      let learned = counted(first, rule, preferences: preferences, of: { seen($0) != nil }) {
        step, add in
        for (state, p) in zip(states, product(past[step].smoothed)) {
          let given = model.likelihoods[modality].given.map { state[$0] }
          for (outcome, weight) in (seen(step) ?? []).enumerated() {
            add([outcome] + given, weight * p)
          }
        }
      }
      counts.likelihood[modality] = learned
      likelihood[modality] = mean(learned)
    }
  }

  private mutating func learnWindowTransitions(_ rule: LearningSettings.Rule) {
    for (factor, first) in model.concentration.transition.enumerated() {
      guard let first, learns(model.factors[factor].name, rule) else { continue }
      let table = model.transitions[factor]
      let learned = counted(first, rule, of: { $0 > 0 }) { step, add in
        let actions = table.controls.map { past[step].action[$0] }
        for (state, p) in zip(states, past[step].before) {
          for (next, weight) in past[step].after[factor].enumerated() {
            add([next] + table.given.map { state[$0] } + actions, p * weight)
          }
        }
      }
      counts.transition[factor] = learned
      transition[factor] = mean(learned)
    }
  }
}
