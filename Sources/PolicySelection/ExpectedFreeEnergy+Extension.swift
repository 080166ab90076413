import GenerativeModel
import Inference
import Kernels

extension ExpectedFreeEnergy {
  /// An edge that some prefix takes and that has not been followed yet.
  private static var isNeeded: Int32 { -2 }

  /// Carries every belief of the level before forward by every action that some prefix takes there,
  /// and returns how many distinct beliefs that makes.
  func extend(
    _ level: Level, _ index: Int, _ source: UnsafePointer<Belief<Lanes>>, _ sourceCount: Int,
    root: Belief<Number>?, _ model: ModelTables<Arithmetic.Parameter>,
    _ target: UnsafePointer<Belief<Lanes>>
  ) -> Int {
    markEdges(level, index, sourceCount)
    merger.beginLevel(atMost: min(level.count, sourceCount * actionCount))
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    var count = 0
    var block = 0
    while block * perBlock < sourceCount {
      let first = block * perBlock
      let last = min(first + perBlock, sourceCount)
      for action in 0..<actionCount {
        follow(source[block], root, first..<last, action, level.edge, model, target, &count)
      }
      block += 1
    }
    finishBlock(count, target)
    merger.endLevel(distinct: count)
    return count
  }

  private func markEdges(_ level: Level, _ index: Int, _ sourceCount: Int) {
    let edges = self.edges.base + level.edge
    let mark = policies.isFullTree ? ExpectedFreeEnergy.isNeeded : -1
    for edge in 0..<sourceCount * actionCount { edges[edge] = mark }
    if policies.isFullTree { return }
    let before = index > 0 ? levels.base[index - 1].offset : -1
    for prefix in 0..<level.count {
      edges[edge(of: prefix, level, before)] = ExpectedFreeEnergy.isNeeded
    }
  }

  /// Follows one action from the nodes of a block, where some prefix does.
  @inline(__always)
  private func follow(
    _ source: Belief<Lanes>, _ root: Belief<Number>?, _ from: Range<Int>, _ action: Int,
    _ offset: Int, _ model: ModelTables<Arithmetic.Parameter>,
    _ target: UnsafePointer<Belief<Lanes>>, _ count: inout Int
  ) {
    var needed = 0
    let edges = self.edges.base + offset
    for node in from where edges[node * actionCount + action] == ExpectedFreeEnergy.isNeeded {
      needed += 1
    }
    if needed == 0 { return }
    let joint = factorActions + action * factorCount
    let next = candidate.belief
    if let root {
      predictFirst(root, joint, model, into: next)
    } else {
      nodeDynamics.predict(source, action: joint, model, into: next)
    }
    let novelty =
      edgeNovelty.count > 0
      ? evaluator.transitionNovelty(source, action: joint, next: next) : .zero
    let hashes = merger.isSearching ? merger.hash(next) : SIMD8<UInt64>()
    for node in from {
      let edge = node * actionCount + action
      guard edges[edge] == ExpectedFreeEnergy.isNeeded else { continue }
      let lane = node - from.lowerBound
      let found = merger.find(next, lane: lane, hashes, in: UnsafePointer(target), next: count)
      if found == count {
        append(next, lane, target, count)
        count += 1
      }
      edges[edge] = Int32(found)
      if edgeNovelty.count > 0 { edgeNovelty.base[offset + edge] = number(novelty, lane) }
    }
  }

  /// Carries the one belief that policies begin with forward, into the first lane of a block: eight times
  /// less work than a block.
  private func predictFirst(
    _ root: Belief<Number>, _ joint: UnsafePointer<Int>,
    _ model: ModelTables<Arithmetic.Parameter>, into next: Belief<Lanes>
  ) {
    let only = first.belief
    dynamics.predict(root, action: joint, model, into: only)
    let source = numbers(only.base)
    let target = numbers(next.base)
    guard let supports = only.supports, let mine = next.supports else {
      for state in 0..<space.size { target[state * Lanes.laneCount] = source[state] }
      return
    }
    for factor in 0..<factorCount {
      let plan = space.compiled.factors.base[factor]
      guard space.isWide.base[factor] else {
        for state in plan.stateOffset..<plan.stateOffset + plan.states {
          target[state * Lanes.laneCount] = source[state]
        }
        continue
      }
      mine[factor].clear(next.base + plan.stateOffset)
      for index in 0..<supports[factor].count {
        let state = Int(supports[factor].states[index])
        mine[factor].states[index] = Int32(state)
        target[(plan.stateOffset + state) * Lanes.laneCount] = source[plan.stateOffset + state]
      }
      mine[factor].count = supports[factor].count
    }
  }

  /// What a block's lanes say of one node.
  private func number(_ lanes: Lanes, _ lane: Int) -> Number {
    if Number.laneCount == 1 { return Number(broadcast: lanes[lane]) }
    var number = Number.zero
    for lane in 0..<Number.laneCount { number[lane: lane] = lanes[lane] }
    return number
  }

  /// Makes a predicted belief the next node of a level.
  @inline(__always)
  private func append(
    _ belief: Belief<Lanes>, _ lane: Int, _ target: UnsafePointer<Belief<Lanes>>, _ node: Int
  ) {
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    let block = target[node / perBlock]
    if block.supports != nil {
      appendWide(belief, lane, target, node)
    } else if perBlock == 1 {
      for state in 0..<space.size { block.base[state] = belief.base[state] }
    } else {
      let source = numbers(belief.base) + lane
      let place = numbers(block.base) + node % perBlock
      for state in 0..<space.size { place[8 * state] = source[8 * state] }
    }
  }

  private func appendWide(
    _ belief: Belief<Lanes>, _ lane: Int, _ target: UnsafePointer<Belief<Lanes>>, _ node: Int
  ) {
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    let block = target[node / perBlock]
    guard let mine = block.supports, let theirs = belief.supports else { return }
    let isFirst = node % perBlock == 0
    if isFirst { finishBlock(node, target) }
    for factor in 0..<factorCount {
      let plan = space.compiled.factors.base[factor]
      let source = belief.base + plan.stateOffset
      let place = block.base + plan.stateOffset
      func copy(_ state: Int) {
        if perBlock == 1 {
          place[state] = source[state]
        } else {
          place[state][node % perBlock] = source[state][lane]
        }
      }
      guard space.isWide.base[factor] else {
        for state in 0..<plan.states { copy(state) }
        continue
      }
      if isFirst { mine[factor].clear(place) }
      for index in 0..<theirs[factor].count {
        let state = Int(theirs[factor].states[index])
        guard perBlock == 1 || source[state][lane] != 0 else { continue }
        copy(state)
        filled[factor].insert(state)
      }
    }
  }

  /// Lists the states of the block before node `count`, which is the last of its block.
  private func finishBlock(_ count: Int, _ target: UnsafePointer<Belief<Lanes>>) {
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    guard space.hasWideFactors, count > 0,
      let supports = target[(count - 1) / perBlock].supports
    else { return }
    for factor in 0..<factorCount where space.isWide.base[factor] {
      supports[factor].count = filled[factor].drain(into: supports[factor].states)
    }
  }
}
