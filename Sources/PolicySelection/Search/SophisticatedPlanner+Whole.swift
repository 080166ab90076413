import Kernels

extension SophisticatedPlanner {
  /// Makes the whole graph, depth by depth, and values it from its end.
  func searchWhole() throws(SearchStop) {
    try enter(root, depth)
    var steps = depth
    while steps > 0 {
      try weighList(steps)
      if steps > 1 { try branchList(steps) }
      steps -= 1
    }
    for steps in 1...depth {
      forEachPrediction(steps) { prediction in
        let slot = store.predictionSlot(prediction, steps)
        var sum = 0.0
        for index in 0..<branchCount(prediction) {
          let after = store.beliefSlot(child(prediction, index), steps - 1).estimate
          sum += probability(prediction, index) * after
        }
        slot.estimate = sum
      }
      if steps == depth { return }
      forEachBelief(steps) { belief in
        fillValues(belief, steps)
        store.beliefSlot(belief, steps).estimate = average()
      }
    }
  }

  /// Puts a belief into the list of its depth, unless it is there.
  @inline(__always)
  func enter(_ place: Place, _ steps: Int) throws(SearchStop) {
    let slot = store.beliefSlot(place, steps)
    if state(slot) == SophisticatedPlanner.isExpanded { return }
    try visit(place)
    setState(slot, SophisticatedPlanner.isExpanded)
    slot.next = beliefs.base[steps]
    beliefs.base[steps] = place
  }

  /// Puts a prediction into the list of its depth, unless it is there; says whether it was not.
  @inline(__always)
  func enterPrediction(_ place: Place, _ steps: Int) -> Bool {
    let slot = store.predictionSlot(place, steps)
    if state(slot) == SophisticatedPlanner.isExpanded { return false }
    setState(slot, SophisticatedPlanner.isExpanded)
    slot.next = predictions.base[steps]
    predictions.base[steps] = place
    return true
  }

  @inline(__always)
  func forEachBelief(_ steps: Int, _ body: (Place) -> Void) {
    var place = beliefs.base[steps]
    while place != 0 {
      body(place)
      place = store.beliefSlot(place, steps).next
    }
  }

  @inline(__always)
  func forEachPrediction(_ steps: Int, _ body: (Place) -> Void) {
    var place = predictions.base[steps]
    while place != 0 {
      body(place)
      place = store.predictionSlot(place, steps).next
    }
  }

  private func weighList(_ steps: Int) throws(SearchStop) {
    var count = 0
    var place = beliefs.base[steps]
    while place != 0 {
      if needsWeighing(place) {
        batch.base[count] = place
        count += 1
        if count == Lanes.laneCount {
          try weigh(count, steps: steps)
          count = 0
        }
      }
      place = store.beliefSlot(place, steps).next
    }
    if count > 0 { try weigh(count, steps: steps) }
    try flush(steps)
  }

  private func branchList(_ steps: Int) throws(SearchStop) {
    var place = beliefs.base[steps]
    while place != 0 {
      prune(place)
      for action in 0..<actionCount where isFollowed(place, action) {
        let prediction = edge(place, action)
        guard enterPrediction(prediction, steps) else { continue }
        try branch(prediction, steps: steps)
        for index in 0..<branchCount(prediction) { try enter(child(prediction, index), steps - 1) }
      }
      place = store.beliefSlot(place, steps).next
    }
  }
}
