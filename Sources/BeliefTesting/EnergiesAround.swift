import ActiveInference

/// The energies of two traces around a difference, as far as both recorded them.
struct EnergiesAround {
  private let expected: Trace
  private let actual: Trace
  private let difference: Difference

  init(expected: Trace, actual: Trace, _ difference: Difference) {
    self.expected = expected
    self.actual = actual
    self.difference = difference
  }

  /// Those of the step before, then those of the step itself.
  var energies: [Explanation.Energy] {
    guard let step = difference.step else { return [] }
    return (step - 1...step).flatMap { t in
      guard let one = record(expected, t), let other = record(actual, t) else {
        return [Explanation.Energy]()
      }
      return energies(t, one, other)
    }
  }

  /// The number of the level in question, 0 the lowest.
  private var level: Int {
    difference.level.flatMap { name in expected.outline.names.firstIndex { $0 == name } } ?? 0
  }

  /// What the level in question found at a tick; nil where it did not step.
  private func record(_ trace: Trace, _ t: Int?) -> StepRecord? {
    let step = trace.steps.first { $0.t == t }
    return level == 0 ? step : step?.levels?[at: level - 1]
  }

  private func energies(
    _ t: Int, _ one: StepRecord, _ other: StepRecord
  ) -> [Explanation.Energy] {
    var energies: [Explanation.Energy] = []
    func add(_ quantity: String, _ policy: String?, _ expected: Double?, _ actual: Double?) {
      guard let expected, let actual else { return }
      energies.append(
        .init(
          step: t, level: difference.level, policy: policy, quantity: quantity, expected: expected,
          actual: actual))
    }
    add("freeEnergy", nil, one.freeEnergy, other.freeEnergy)
    let names = TraceComparison(self.expected) { _, _, _ in true }.ofLevel(level)
    for policy in policies {
      let words = names.words(policy: policy)
      for term in TraceComparison.terms {
        add(
          term.key, words, one.terms?[keyPath: term.path][at: policy],
          other.terms?[keyPath: term.path][at: policy])
      }
      add(
        "negativeExpectedFreeEnergy", words, one.negativeExpectedFreeEnergy?[at: policy],
        other.negativeExpectedFreeEnergy?[at: policy])
    }
    return energies
  }

  /// The policies in question: the one that differs, or where an action does the most probable ones.
  private var policies: [Int] {
    switch difference.quantity.prefix(while: { $0 != "." }) {
    case "negativeExpectedFreeEnergy", "terms", "policyPosterior":
      return Array(difference.index.prefix(1))
    case "actionMarginals", "action", "choice":
      let probable = [expected, actual].compactMap { trace in
        record(trace, difference.step)?.policyPosterior.flatMap { posterior in
          posterior.indices.max {
            // The first of those that tie.
            (posterior[$0], -$0) < (posterior[$1], -$1)
          }
        }
      }
      return probable.count == 2 && probable[0] == probable[1] ? [probable[0]] : probable
    default: return []
    }
  }
}
