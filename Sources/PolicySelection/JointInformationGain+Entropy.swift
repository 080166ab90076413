import Inference
import Kernels

extension JointInformationGain {
  func addGroup(
    _ number: Int, _ count: Int, _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) throws(PlanningFailure) {
    groupCount = 0
    var outcomes = 1
    for modality in 0..<space.compiled.modalities.count where groupOf.base[modality] == number {
      group.base[groupCount] = modality
      isInformative.base[tables.planOfScope.base[space.compiled.modalities.base[modality].scope]] =
        true
      groupCount += 1
      outcomes *= reachableOutcomes(modality, count, likelihoods[modality])
      if outcomes > largestOutcomeGroup { throw groupFailure(number) }
    }
    if groupCount == 0 { return }
    for index in 0..<count {
      remaining.base[index] = weights.base[index]
      states.base[index] = Int32(index)
    }
    descend(0, count, likelihoods)
    flush()
  }

  /// The most outcomes of a modality that the states in play lead to.
  private func reachableOutcomes(
    _ modality: Int, _ count: Int, _ table: RunTable<Parameter>
  ) -> Int {
    guard table.isSparse else { return table.length }
    let column = columns.base + modality * capacity
    var cells = 0
    for index in 0..<count { cells += table.cells(of: Int(column[index])).count }
    return min(cells, table.length)
  }

  /// Goes through the outcomes of one modality, given what is left after the outcomes before.
  private func descend(
    _ depth: Int, _ count: Int, _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) {
    let modality = group.base[depth]
    let table = likelihoods[modality]
    let column = columns.base + modality * capacity
    let weight = remaining.base + depth * capacity
    let state = states.base + depth * capacity
    let isLast = depth == groupCount - 1
    if table.isSparse {
      descendSparsely(depth, count, table, likelihoods)
      return
    }
    if isLast {
      let run = leaves.base + leafCount
      for outcome in 0..<table.length { run[outcome] = 0 }
      for index in 0..<count {
        let cells = table.cells + Int(column[Int(state[index])]) * table.length
        let weight = weight[index]
        for outcome in 0..<table.length { run[outcome] += weight * cells[outcome][lane: lane] }
      }
      leafCount += table.length
      if leafCount >= 256 { flush() }
      return
    }
    for outcome in 0..<table.length {
      var left = 0
      for index in 0..<count {
        let cell = table.cells + Int(column[Int(state[index])]) * table.length
        left = keep(depth, index, cell[outcome][lane: lane], left)
      }
      if left > 0 { descend(depth + 1, left, likelihoods) }
    }
  }

  /// The same where only outcomes that some state leads to are known.
  private func descendSparsely(
    _ depth: Int, _ count: Int, _ table: RunTable<Parameter>,
    _ likelihoods: UnsafePointer<RunTable<Parameter>>
  ) {
    let column = columns.base + group.base[depth] * capacity
    let weight = remaining.base + depth * capacity
    let state = states.base + depth * capacity
    let isLast = depth == groupCount - 1
    for index in 0..<count {
      let run = Int(column[Int(state[index])])
      for cell in table.cells(of: run) {
        let outcome = table.place(cell, in: run)
        reached.insert(outcome)
        if isLast { outcomeWeights.base[outcome] += weight[index] * table.cells[cell][lane: lane] }
      }
    }
    let listed = outcomes.base + depth * outcomeWeights.count
    let reachedCount = reached.drain(into: listed)
    for entry in 0..<reachedCount {
      let outcome = Int(listed[entry])
      if isLast {
        leaves.base[leafCount] = outcomeWeights.base[outcome]
        outcomeWeights.base[outcome] = 0
        leafCount += 1
        if leafCount >= 256 { flush() }
        continue
      }
      var left = 0
      for index in 0..<count {
        guard let cell = table.cell(of: Int(column[Int(state[index])]), at: outcome) else {
          continue
        }
        left = keep(depth, index, table.cells[cell][lane: lane], left)
      }
      if left > 0 { descend(depth + 1, left, likelihoods) }
    }
  }

  /// Hands a state on to the next modality, unless the outcome rules it out; returns how many are left.
  @inline(__always)
  private func keep(_ depth: Int, _ index: Int, _ p: Double, _ left: Int) -> Int {
    if p == 0 { return left }
    let place = (depth + 1) * capacity + left
    remaining.base[place] = remaining.base[depth * capacity + index] * p
    states.base[place] = states.base[depth * capacity + index]
    return left + 1
  }

  /// Takes the logarithms that are due: entropy gains -p ln p of each leaf.
  private func flush() {
    for leaf in 0..<leafCount {
      logs.base[leaf] = max(leaves.base[leaf], Double.leastNormalMagnitude)
    }
    VectorMath.log(inPlace: logs.base, count: leafCount)
    entropy -= Contraction.dot(leaves.base, logs.base, count: leafCount)
    leafCount = 0
  }
}
