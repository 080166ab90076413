import Kernels

extension WindowInference {
  /// The variational free energy of the whole window for its present beliefs, in nats (pymdp `calc_vfe`).
  ///
  ///     F = sum_t E[ln q_t] - E[ln P(o_t | s_t)]  -  E[ln P(s_first)]  -  sum_t E[ln P(s_t+1 | s_t, u_t)]
  func measure(_ start: Int) -> InferenceOutcome {
    let count = found.count * space.size
    let beliefs = UnsafePointer(found.beliefs.base)
    settings.convention.logarithms(beliefs, into: logBeliefs.base, count: count)
    var complexity =
      Contraction.dot(beliefs, logBeliefs.base, count: count)
      - Contraction.dot(beliefs, logPrior.base, count: space.size)
    for time in 0..<found.count - 1 {
      expectPast(
        time, history.actions.row(start + time + 1), messages.logs.base, messages.floors.base)
      complexity -= Contraction.dot(
        found.beliefs.row(time + 1), fromPast.row(time + 1), count: space.size)
    }
    var accuracy = Contraction.dot(beliefs, history.local.row(start), count: count)
    for time in 0..<found.count { accuracy += jointAccuracy(time, start + time) }
    var outcome = InferenceOutcome()
    outcome.complexity = complexity
    outcome.accuracy = accuracy
    outcome.freeEnergy = complexity - accuracy
    return outcome
  }

  /// What a step's observations say of the beliefs about several factors together, and of none.
  private func jointAccuracy(_ time: Int, _ row: Int) -> Double {
    let belief = UnsafePointer(found.beliefs.row(time))
    let table = history.joint.row(row)
    var accuracy = history.constant.row(row)[0]
    for group in meanField.messengers {
      let factor = meanField.groups[group].factors[0]
      let count = meanField.frame.sizes.base[factor]
      for state in 0..<count { scratch.base[state] = 0 }
      meanField.addMessage(
        of: group, table + jointOffsets[group], to: 0, belief, scratch.base)
      accuracy += Contraction.dot(
        scratch.base, belief + meanField.frame.offsets.base[factor], count: count)
    }
    return accuracy
  }
}
