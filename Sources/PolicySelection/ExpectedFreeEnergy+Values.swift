import Kernels

/// Adds up what steps are worth, prefix by prefix, and says of which parts.
extension ExpectedFreeEnergy {
  /// Finds what the steps from so many nodes are worth.
  func weighEdges(_ level: Level, sources: Int) {
    let steps = UnsafeMutableRawPointer(terms.total.base + level.block)
      .assumingMemoryBound(to: Number.self)
    let edges = self.edges.base + level.edge
    let values = edgeValues.base + level.edge
    let count = sources * actionCount
    for edge in 0..<count where edges[edge] >= 0 { values[edge] = steps[Int(edges[edge])] }
    if edgeNovelty.count == 0 { return }
    let novelty = edgeNovelty.base + level.edge
    for edge in 0..<count where edges[edge] >= 0 { values[edge] += novelty[edge] }
  }

  /// Adds each prefix's last step to the value of the prefix it extends.
  func accumulate(_ level: Level, _ index: Int) {
    let edges = self.edges.base + level.edge
    let steps = edgeValues.base + level.edge
    let isLast = index == levels.count - 1
    let target = isLast && leavesAreInOrder ? values.base : cumulative.base + level.offset
    let before = index > 0 ? levels.base[index - 1].offset : -1
    if policies.isFullTree {
      extendAll(level, before, isLast, target)
    } else {
      for prefix in 0..<level.count {
        let edge = edge(of: prefix, level, before)
        target[prefix] = steps[edge]
        if before >= 0 { target[prefix] += cumulative.base[before + Int(level.parent[prefix])] }
        nodes.base[level.offset + prefix] = edges[edge]
      }
    }
  }

  /// The same where every prefix goes on with every action.
  private func extendAll(
    _ level: Level, _ before: Int, _ isLast: Bool, _ target: UnsafeMutablePointer<Number>
  ) {
    // A loop of a known length is taken at once.
    switch actionCount {
    case 2: extendAll(level, before, isLast, target, actions: 2)
    case 3: extendAll(level, before, isLast, target, actions: 3)
    case 4: extendAll(level, before, isLast, target, actions: 4)
    case 5: extendAll(level, before, isLast, target, actions: 5)
    default: extendAll(level, before, isLast, target, actions: actionCount)
    }
  }

  @inline(__always)
  private func extendAll(
    _ level: Level, _ before: Int, _ isLast: Bool, _ target: UnsafeMutablePointer<Number>,
    actions: Int
  ) {
    let edges = self.edges.base + level.edge
    let steps = edgeValues.base + level.edge
    let known = nodes.base + max(before, 0)
    let values = cumulative.base + max(before, 0)
    var (target, arrives) = (target, nodes.base + level.offset)
    for parent in 0..<level.count / actions {
      let value = before < 0 ? Number.zero : values[parent]
      let edge = before < 0 ? 0 : Int(known[parent]) * actions
      for action in 0..<actions { target[action] = value + steps[edge + action] }
      target += actions
      if isLast { continue }
      for action in 0..<actions { arrives[action] = edges[edge + action] }
      arrives += actions
    }
  }

  /// The edge that a prefix ends with, among those of its level.
  @inline(__always)
  func edge(of prefix: Int, _ level: Level, _ before: Int) -> Int {
    let from = before < 0 ? 0 : Int(nodes.base[before + Int(level.parent[prefix])])
    return from * actionCount + Int(level.action[prefix])
  }

  // MARK: - Parts

  /// The parts of one step of a policy as last evaluated.
  ///
  /// Novelty of the transitions is part of the step that takes the action.
  public func terms(policy: Int, step: Int, lane: Int = 0) -> ExpectedFreeEnergyTerms {
    var prefix = Int(policies.leaves.base[policy])
    var index = levels.count - 1
    while index > step {
      prefix = Int(levels.base[index].parent[prefix])
      index -= 1
    }
    return terms(prefix, step, lane)
  }

  /// The parts of a policy's value as last evaluated.
  public func terms(policy: Int, lane: Int = 0) -> ExpectedFreeEnergyTerms {
    var sum = ExpectedFreeEnergyTerms()
    for step in 0..<levels.count { sum += terms(policy: policy, step: step, lane: lane) }
    return sum
  }

  /// The parts of every policy's value as last evaluated.
  public func terms(lane: Int = 0) -> [ExpectedFreeEnergyTerms] {
    (0..<policies.count).map { terms(policy: $0, lane: lane) }
  }

  private func terms(_ prefix: Int, _ index: Int, _ lane: Int) -> ExpectedFreeEnergyTerms {
    let level = levels.base[index]
    let before = index > 0 ? levels.base[index - 1].offset : -1
    let edge = level.edge + edge(of: prefix, level, before)
    let node = Int(edges.base[edge])
    var result =
      Number.laneCount == 1
      ? terms.terms(block: level.block + node / Lanes.laneCount, lane: node % Lanes.laneCount)
      : terms.terms(block: level.block + node, lane: lane)
    if edgeNovelty.count > 0 {
      result.parameterInformationGain += edgeNovelty.base[edge][lane: lane]
    }
    return result
  }
}
