import Kernels

/// The search where it matters most: one belief at a time, along the action and the outcome that leave most
/// open of whether the best action is best.
///
/// What is not expanded lies between proven bounds (``SearchBounds``), and so, backed up, does every action
/// of the root. It ends when no other action can be better than the best, or with the budget; then the upper
/// bound of any other less the lower one of the best is the gap. A value is that of the graph as far as it
/// was made, where what lies beyond counts as the utility nearest to none that its bounds allow.
extension SophisticatedPlanner {
  /// - Parameter isFresh: whether nothing is kept that could make room.
  func searchBestFirst(isFresh: Bool) throws(SearchStop) {
    try expand(root, depth)
    do throws(SearchStop) {
      while rankRoot() > 0 {
        if let end, ContinuousClock.now >= end { break }
        guard try descend() else { break }
      }
    } catch {
      switch error {
      case .failure: throw error
      case .memory where !isFresh: throw error
      case .memory: isCut = true
      case .budget: break
      }
    }
    pendingCount = 0
    backUpAll()
    gap = max(0, rankRoot())
  }

  // MARK: - Bounds of one place

  /// Makes sure that a belief that may not have been expanded has bounds.
  private func boundBelief(_ place: Place, _ steps: Int) -> SearchSlot {
    let slot = store.beliefSlot(place, steps)
    if state(slot) == 0 { bound(slot, store.belief(place), steps) }
    return slot
  }

  private func bound(_ slot: SearchSlot, _ belief: UnsafePointer<Double>, _ steps: Int) {
    let found = bounds.bounds(belief, steps)
    slot.lower = found.lower
    slot.upper = found.upper
    slot.estimate = found.estimate
    setState(slot, SophisticatedPlanner.isBounded)
  }

  /// Weighs the actions of a belief; what follows them is bounded by what is predicted.
  private func expand(_ place: Place, _ steps: Int) throws(SearchStop) {
    let slot = boundBelief(place, steps)
    try visit(place)
    if needsWeighing(place) {
      batch.base[0] = place
      try weigh(1, steps: steps)
      try flush(steps)
    }
    if steps > 1 { prune(place) }
    for action in 0..<actionCount where steps > 1 && isFollowed(place, action) {
      let prediction = edge(place, action)
      let after = store.predictionSlot(prediction, steps)
      if state(after) == 0 { bound(after, store.belief(prediction), steps - 1) }
    }
    setState(slot, SophisticatedPlanner.isExpanded)
    slot.next = beliefs.base[steps]
    beliefs.base[steps] = place
    refreshBelief(place, steps)
  }

  /// Bounds a prediction by what follows it.
  private func refreshPrediction(_ prediction: Place, _ steps: Int) {
    let slot = store.predictionSlot(prediction, steps)
    var (estimate, lower, upper) = (0.0, 0.0, 0.0)
    for index in 0..<branchCount(prediction) {
      let after = boundBelief(child(prediction, index), steps - 1)
      let p = probability(prediction, index)
      estimate += p * after.estimate
      lower += p * after.lower
      upper += p * after.upper
    }
    slot.estimate = estimate
    slot.lower = max(slot.lower, lower)
    slot.upper = min(slot.upper, upper)
  }

  /// Fills in what bounds the actions of a belief.
  private func fillBounds(_ place: Place, _ steps: Int) {
    fillValues(place, steps)
    for action in 0..<actionCount {
      lowers.base[action] = values.base[action]
      uppers.base[action] = values.base[action]
      guard steps > 1, isFollowed(place, action) else { continue }
      let (step, after) = (
        stepValue(place, action), store.predictionSlot(edge(place, action), steps)
      )
      lowers.base[action] = step + after.lower
      uppers.base[action] = step + after.upper
    }
  }

  /// Bounds a belief by what bounds its actions.
  private func refreshBelief(_ place: Place, _ steps: Int) {
    let slot = store.beliefSlot(place, steps)
    fillBounds(place, steps)
    slot.estimate = average()
    var isOpen = false
    for action in 0..<actionCount where lowers.base[action] < uppers.base[action] { isOpen = true }
    if !isOpen {
      slot.lower = slot.estimate
      slot.upper = slot.estimate
      return
    }
    let range: (lower: Double, upper: Double)
    if settings.sophisticated.backup == .max {
      var most = (lower: -Double.infinity, upper: -Double.infinity)
      for action in 0..<actionCount where planning.logHabit.base[action] > -.infinity {
        most.lower = max(most.lower, lowers.base[action])
        most.upper = max(most.upper, uppers.base[action])
      }
      range = most
    } else {
      range = softmaxRange(
        lower: lowers.base, upper: uppers.base, logHabit: planning.logHabit.base,
        gamma: settings.gamma, count: actionCount)
    }
    slot.lower = max(slot.lower, range.lower)
    slot.upper = min(slot.upper, range.upper)
  }

  /// Values and bounds everything once more from the end, so that all places know of all.
  private func backUpAll() {
    for steps in 1...depth {
      forEachPrediction(steps) { refreshPrediction($0, steps) }
      forEachBelief(steps) { refreshBelief($0, steps) }
    }
  }

  // MARK: - Where to go on

  /// Ranks the actions of the root as the agent does: by gamma times value plus ln E. Returns by how much another may be better than the best, in nats.
  private func rankRoot() -> Double {
    fillBounds(root, depth)
    if settings.gamma == 0 { return 0 }
    let best = bestOfRoot()
    var other = -Double.infinity
    for action in 0..<actionCount where action != best {
      other = max(other, uppers.base[action] + habit(action))
    }
    return other - (lowers.base[best] + habit(best))
  }

  /// What E adds to the value of an action, in nats.
  private func habit(_ action: Int) -> Double { planning.logHabit.base[action] / settings.gamma }

  private func bestOfRoot() -> Int {
    var best = 0
    for action in 1..<max(actionCount, 1)
    where values.base[action] + habit(action) > values.base[best] + habit(best) { best = action }
    return best
  }

  /// The action of the root that leaves more open: the best, or the one that might be better; nil where
  /// neither leaves anything open.
  private func actionOfRoot() -> Int? {
    let best = bestOfRoot()
    var rival = -1
    for action in 0..<actionCount where action != best {
      if rival < 0
        || uppers.base[action] + habit(action) > uppers.base[rival] + habit(rival)
      {
        rival = action
      }
    }
    func width(_ action: Int) -> Double {
      action < 0 ? 0 : uppers.base[action] - lowers.base[action]
    }
    let chosen = width(rival) > width(best) ? rival : best
    return width(chosen) > 0 ? chosen : nil
  }

  /// The action that leaves most open of what a belief is worth; nil where none leaves anything open.
  private func openAction(_ place: Place, _ steps: Int) -> Int? {
    fillBounds(place, steps)
    var greatest = -Double.infinity
    for action in 0..<actionCount where planning.logHabit.base[action] > -.infinity {
      greatest = max(greatest, uppers.base[action])
    }
    var chosen: Int?
    var most = -Double.infinity
    for action in 0..<actionCount
    where planning.logHabit.base[action] > -.infinity && uppers.base[action] > lowers.base[action] {
      let score: Double
      if settings.sophisticated.backup == .max {
        score = uppers.base[action]
      } else {
        // How open it is, times how probable it may be; compared as logarithms, which do not underflow.
        score =
          settings.gamma * (uppers.base[action] - greatest) + planning.logHabit.base[action]
          + VectorMath.log(uppers.base[action] - lowers.base[action])
      }
      if score > most || chosen == nil { (chosen, most) = (action, score) }
    }
    return chosen
  }

  /// Expands the belief that matters most; false where nothing is left open.
  private func descend() throws(SearchStop) -> Bool {
    var (place, steps) = (root, depth)
    var length = 0
    while true {
      path.base[length] = place
      guard let action = length == 0 ? actionOfRoot() : openAction(place, steps) else {
        if length == 0 { return false }
        // Another way has closed it.
        refreshBelief(place, steps)
        backUp(length - 1)
        return true
      }
      let prediction = edge(place, action)
      pathPredictions.base[length] = prediction
      length += 1
      if state(store.predictionSlot(prediction, steps)) != SophisticatedPlanner.isExpanded {
        try branch(prediction, steps: steps)
        _ = enterPrediction(prediction, steps)
      }
      var chosen: Place = 0
      var most = 0.0
      for index in 0..<branchCount(prediction) {
        let after = child(prediction, index)
        let slot = boundBelief(after, steps - 1)
        let open = probability(prediction, index) * (slot.upper - slot.lower)
        if open > most { (chosen, most) = (after, open) }
      }
      if chosen == 0 {
        backUp(length - 1)
        return true
      }
      if state(store.beliefSlot(chosen, steps - 1)) != SophisticatedPlanner.isExpanded {
        try expand(chosen, steps - 1)
        backUp(length - 1)
        return true
      }
      (place, steps) = (chosen, steps - 1)
    }
  }

  /// Takes over what has become known along the path, from its end.
  private func backUp(_ last: Int) {
    var index = last
    while index >= 0 {
      refreshPrediction(pathPredictions.base[index], depth - index)
      refreshBelief(path.base[index], depth - index)
      index -= 1
    }
  }
}
