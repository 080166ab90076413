import ActiveInference

// What only traces of agents hold whose states are inferred by policy.

extension TraceComparison {
  func compareByPolicy(_ expected: StepRecord, _ actual: StepRecord) throws(Found) {
    try comparePolicies(
      expected.policyFreeEnergy, actual.policyFreeEnergy,
      Quantity("policyFreeEnergy", "free energy of policy"))
    let precision = Quantity("precision", "policy precision")
    try compareOptional(expected.precision, actual.precision, precision) {
      one, other throws(Found) in
      try compareNumbers(one, other, precision)
    }
    let updates = Quantity("precisionUpdates", "policy precision after update")
    try compareOptional(expected.precisionUpdates, actual.precisionUpdates, updates) {
      one, other throws(Found) in
      try compareCounts(one.count, other.count, updates.counted("updates"))
      for update in one.indices {
        try compareNumbers(one[update], other[update], updates.at(update, "\(update)"))
      }
    }
  }

  func comparePolicyBeliefs(
    _ expected: [[[[[Double]]]]]?, _ actual: [[[[[Double]]]]]?
  ) throws(Found) {
    let belief = Quantity("iterates.policyBeliefs", "belief in")
    try compareOptional(expected, actual, belief) { one, other throws(Found) in
      try compareCounts(one.count, other.count, belief.counted("sweeps"))
      for sweep in one.indices {
        let inSweep = belief.at(sweep, "sweep \(sweep)")
        try compareCounts(one[sweep].count, other[sweep].count, inSweep.counted("policies"))
        for policy in one[sweep].indices {
          let inPolicy = inSweep.at(policy, "policy \(policy)")
          let (mine, theirs) = (one[sweep][policy], other[sweep][policy])
          try compareCounts(mine.count, theirs.count, inPolicy.counted("times"))
          for time in mine.indices {
            try compareTables(
              mine[time], theirs[time], inPolicy.at(time, "time \(time)"), model.factors)
          }
        }
      }
    }
  }
}
