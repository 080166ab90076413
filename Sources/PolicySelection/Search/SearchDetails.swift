import Kernels

/// The parts of what actions are worth, and how probable it is to come to what was left out, by the
/// recursion that gave the values: found only where somebody asks.
struct SearchDetails {
  private typealias Place = SearchStore.Place
  private typealias Detail = (terms: ExpectedFreeEnergyTerms, mass: Double)

  private let planner: SophisticatedPlanner
  private var known: [UInt64: Detail] = [:]

  init(_ planner: SophisticatedPlanner) { self.planner = planner }

  /// The parts of each action of the root, and the probability of coming to what was left out.
  mutating func ofRoot() -> (terms: [ExpectedFreeEnergyTerms], mass: Double) {
    for steps in 1..<max(planner.depth, 1) {
      var places: [Place] = []
      planner.forEachBelief(steps) { places.append($0) }
      for place in places {
        planner.fillValues(place, steps)
        _ = planner.average()
        var sum = Detail(ExpectedFreeEnergyTerms(), 0)
        for action in 0..<planner.actionCount where planner.weights.base[action] > 0 {
          let part = detail(place, action, steps)
          sum.terms.add(part.terms, times: planner.weights.base[action])
          sum.mass += planner.weights.base[action] * part.mass
        }
        known[SearchDetails.key(place, steps)] = sum
      }
    }
    planner.fillValues(planner.root, planner.depth)
    _ = planner.average()
    var terms: [ExpectedFreeEnergyTerms] = []
    var mass = 0.0
    for action in 0..<planner.actionCount {
      let part = detail(planner.root, action, planner.depth)
      terms.append(part.terms)
      mass += planner.weights.base[action] * part.mass
    }
    return (terms, mass)
  }

  private static func key(_ place: Place, _ steps: Int) -> UInt64 {
    UInt64(UInt32(bitPattern: place)) << 32 | UInt64(steps)
  }

  private func detail(_ place: Place, _ action: Int, _ steps: Int) -> Detail {
    let store = planner.store
    let edge = planner.edge(place, action)
    let prediction = edge < 0 ? ~edge : edge
    let value = store.doubles(prediction, store.valueAt)
    var result = Detail(ExpectedFreeEnergyTerms(), 0)
    result.terms.utility = value[1]
    result.terms.stateInformationGain = value[2]
    result.terms.parameterInformationGain = value[3]
    result.terms.inductive = value[4]
    if store.hasNovelty {
      result.terms.parameterInformationGain += store.doubles(place, store.noveltyAt)[action]
    }
    guard steps > 1 else { return result }
    guard planner.isFollowed(place, action) else {
      result.mass = edge < 0 ? 1 : 0
      return result
    }
    let slot = store.predictionSlot(prediction, steps)
    guard planner.state(slot) == SophisticatedPlanner.isExpanded else {
      result.terms.utility += slot.estimate
      return result
    }
    result.mass = store.doubles(prediction, 3)[0]
    for index in 0..<planner.branchCount(prediction) {
      let after = planner.child(prediction, index)
      let p = planner.probability(prediction, index)
      if let part = known[SearchDetails.key(after, steps - 1)] {
        result.terms.add(part.terms, times: p)
        result.mass += p * part.mass
      } else {
        result.terms.utility += p * store.beliefSlot(after, steps - 1).estimate
      }
    }
    return result
  }
}

extension ExpectedFreeEnergyTerms {
  fileprivate mutating func add(_ other: ExpectedFreeEnergyTerms, times factor: Double) {
    utility += factor * other.utility
    stateInformationGain += factor * other.stateInformationGain
    parameterInformationGain += factor * other.parameterInformationGain
    inductive += factor * other.inductive
  }
}
