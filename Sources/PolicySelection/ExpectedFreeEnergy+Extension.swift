import GenerativeModel
import Inference
import Kernels

extension ExpectedFreeEnergy {
  /// An edge that some prefix takes and that has not been followed yet.
  private static var isNeeded: Int32 { -2 }

  /// Carries beliefs forward by every action that some prefix takes there, and returns the number after
  /// that of the last distinct belief this makes.
  ///
  /// - Parameters:
  ///   - sources: the nodes to go on from.
  ///   - root: the belief to go on from, where it is one and none of a block.
  ///   - first: the number of the first new belief.
  func extend(
    _ level: Level, _ index: Int, _ source: UnsafePointer<Belief<Lanes>>, _ sources: Range<Int>,
    root: Belief<Number>? = nil, _ model: ModelTables<Arithmetic.Parameter>,
    _ target: UnsafePointer<Belief<Lanes>>, first: Int
  ) -> Int {
    if sources.isEmpty { return first }
    markEdges(level, index, sources)
    if let steered, isSteered {
      return follow(level, index, sources, steered, model, first: first)
    }
    merger.beginLevel(keepsKnown: first > 0)
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    var count = first
    var node = sources.lowerBound
    while node < sources.upperBound {
      let end = min((node / perBlock + 1) * perBlock, sources.upperBound)
      for factor in 0..<factorCount { candidateActions.base[factor] = -1 }
      for action in 0..<actionCount {
        follow(source[node / perBlock], root, node..<end, action, level.edge, model, target, &count)
      }
      node = end
    }
    finishBlock(count, target)
    merger.endLevel(distinct: count - first)
    return count
  }

  /// Carries the belief that all policies begin with forward by every action that some policy begins with,
  /// each into a lane of its own: where there is one agent, and no wide factor.
  ///
  /// - Returns: the number of distinct beliefs this makes.
  func extend(
    root: Belief<Number>, block: Belief<Lanes>, _ model: ModelTables<Arithmetic.Parameter>,
    _ target: UnsafePointer<Belief<Lanes>>
  ) -> Int {
    let level = levels.base[0]
    markEdges(level, 0, 0..<1)
    merger.beginLevel(keepsKnown: false)
    let edges = self.edges.base + level.edge
    let next = candidate.belief
    var count = 0
    var action = 0
    while action < actionCount {
      let lanes = 0..<min(Lanes.laneCount, actionCount - action)
      advance(root, lanes, by: action, model) { edges[action + $0] == ExpectedFreeEnergy.isNeeded }
      if edgeNovelty.count > 0 {
        for lane in lanes where edges[action + lane] == ExpectedFreeEnergy.isNeeded {
          let joint = factorActions + (action + lane) * factorCount
          let novelty = evaluator.transitionNovelty(block, action: joint, next: next)
          edgeNovelty.base[level.edge + action + lane] = number(novelty, lane)
        }
      }
      merger.note(next)
      count = merger.find(
        next, lanes: lanes, in: target, into: edges + action, stride: 1,
        wanted: ExpectedFreeEnergy.isNeeded, next: count)
      action += lanes.count
    }
    merger.endLevel(distinct: count)
    return count
  }

  /// Carries the belief that all policies begin with forward to lanes of the candidate: lane i by the i-th
  /// action after `action`.
  @inline(__always)
  private func advance(
    _ root: Belief<Number>, _ lanes: Range<Int>, by action: Int,
    _ model: ModelTables<Arithmetic.Parameter>, where isNeeded: (_ lane: Int) -> Bool
  ) {
    if space.isJoint {
      for lane in lanes where isNeeded(lane) {
        let joint = factorActions + (action + lane) * factorCount
        dynamics.predict(root, action: joint, model, into: first.belief)
        Lanes.spread(first.base, into: lane, of: candidate.base, count: space.size)
      }
      return
    }
    for factor in 0..<factorCount {
      let plan = space.compiled.factors.base[factor]
      let block = candidate.base + plan.stateOffset
      let own = factorActions + action * factorCount + factor
      if let sure = model.transitions.base[factor].sure {
        // What goes to one place each goes into its lane at once. No factor is wide here, so that the parents'
        // joint states are all there are.
        let parents = dynamics.distribution(of: plan.scope, in: root)
        for state in 0..<plan.states { block[state] = .zero }
        for lane in lanes where isNeeded(lane) {
          Lanes.add(
            parents.weights, count: parents.count,
            to: sure + own[lane * factorCount] * plan.columns, in: lane, of: block)
        }
        continue
      }
      var last = -1
      for lane in lanes where isNeeded(lane) {
        if own[lane * factorCount] != last {
          last = own[lane * factorCount]
          dynamics.predict(factor: factor, root, action: last, model, into: first.belief)
        }
        Lanes.spread(first.base + plan.stateOffset, into: lane, of: block, count: plan.states)
      }
    }
  }

  private func markEdges(_ level: Level, _ index: Int, _ sources: Range<Int>) {
    let edges = self.edges.base + level.edge
    let mark = policies.isFullTree ? ExpectedFreeEnergy.isNeeded : -1
    for edge in sources.lowerBound * actionCount..<sources.upperBound * actionCount {
      edges[edge] = mark
    }
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
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    let edges = self.edges.base + offset
    guard
      policies.isFullTree
        || from.contains(where: { edges[$0 * actionCount + action] == ExpectedFreeEnergy.isNeeded })
    else { return }
    let joint = factorActions + action * factorCount
    let next = candidate.belief
    advance(source, root, joint, model)
    if edgeNovelty.count > 0 {
      let novelty = evaluator.transitionNovelty(source, action: joint, next: next)
      for node in from {
        edgeNovelty.base[offset + node * actionCount + action] = number(novelty, node % perBlock)
      }
    }
    merger.note(next)
    if perBlock > 1 && !space.hasWideFactors {
      let lane = from.lowerBound % perBlock
      count = merger.find(
        next, lanes: lane..<lane + from.count, in: target,
        into: edges + from.lowerBound * actionCount + action, stride: actionCount,
        wanted: ExpectedFreeEnergy.isNeeded, next: count)
      return
    }
    for node in from {
      let edge = node * actionCount + action
      guard edges[edge] == ExpectedFreeEnergy.isNeeded else { continue }
      let lane = node % perBlock
      let found = merger.find(next, lane: lane, in: target, next: count)
      if found == count {
        append(next, lane, target, count)
        count += 1
      }
      edges[edge] = Int32(found)
    }
  }

  /// Carries a block forward to the candidate: of marginals only those of factors whose own action is
  /// another than that of the candidate before.
  private func advance(
    _ source: Belief<Lanes>, _ root: Belief<Number>?, _ joint: UnsafePointer<Int>,
    _ model: ModelTables<Arithmetic.Parameter>
  ) {
    let next = candidate.belief
    if space.isJoint {
      nodeDynamics.predict(source, action: joint, model, into: next)
      return
    }
    for factor in 0..<factorCount where candidateActions.base[factor] != joint[factor] {
      candidateActions.base[factor] = joint[factor]
      let plan = space.compiled.factors.base[factor]
      let states = plan.stateOffset..<plan.stateOffset + plan.states
      if let root {
        dynamics.predict(factor: factor, root, action: joint[factor], model, into: first.belief)
        spreadFirst(factor, states)
      } else {
        nodeDynamics.predict(factor: factor, source, action: joint[factor], model, into: next)
      }
    }
  }

  /// Makes the marginal of a factor that one node alone was carried forward to the first lane of the
  /// candidate: eight times less work than a block.
  private func spreadFirst(_ factor: Int, _ range: Range<Int>) {
    let next = candidate.belief
    guard space.isWide.base[factor], let supports = first.belief.supports,
      let mine = next.supports
    else {
      Lanes.spread(
        first.base + range.lowerBound, into: 0, of: next.base + range.lowerBound,
        count: range.count)
      return
    }
    mine[factor].clear(next.base + range.lowerBound)
    let source = numbers(first.base + range.lowerBound)
    let target = numbers(next.base + range.lowerBound)
    for index in 0..<supports[factor].count {
      let state = Int(supports[factor].states[index])
      mine[factor].states[index] = Int32(state)
      target[state * Lanes.laneCount] = source[state]
    }
    mine[factor].count = supports[factor].count
  }

  /// What a block's lanes say of one node.
  private func number(_ lanes: Lanes, _ lane: Int) -> Number {
    if Number.laneCount == 1 { return Number(broadcast: lanes[lane]) }
    var number = Number.zero
    for lane in 0..<Number.laneCount { number[lane: lane] = lanes[lane] }
    return number
  }

  /// Makes a predicted belief the next node: one of all lanes, or in a space with wide factors.
  private func append(
    _ belief: Belief<Lanes>, _ lane: Int, _ target: UnsafePointer<Belief<Lanes>>, _ node: Int
  ) {
    let block = target[node / ExpectedFreeEnergy.nodesPerBlock]
    if block.supports != nil {
      appendWide(belief, lane, target, node)
    } else {
      block.base.update(from: belief.base, count: space.size)
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
