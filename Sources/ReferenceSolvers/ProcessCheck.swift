import ActiveInference

/// What is wrong with a decision process that somebody has written down.
struct ProcessCheck {
  private var faults: [Fault] = []
  private let states: Int

  init(states: Int, actions: Int, discount: Double) {
    self.states = states
    if states < 1 || actions < 1 {
      faults.append(
        Fault("process", "has \(states) states and \(actions) actions", remedy: "give one of each"))
    }
    let (runs, overflow) = states.multipliedReportingOverflow(by: actions)
    if overflow || runs > DecisionProcess.largestCount {
      faults.append(
        Fault(
          "process", "\(states) states times \(actions) actions are too many",
          remedy: "at most \(DecisionProcess.largestCount) are held"))
    }
    checkDiscount(discount)
  }

  /// A check of a model's process, whose tables are known to be right.
  init(discount: Double) {
    states = 0
    checkDiscount(discount)
  }

  private mutating func checkDiscount(_ discount: Double) {
    if (0...1).contains(discount) { return }
    faults.append(Fault("discount", "is \(discount)", remedy: "give a number from 0 to 1"))
  }

  /// Adds a fault.
  mutating func add(_ fault: Fault) { faults.append(fault) }

  /// Checks what is seen, where it begins and where it ends.
  mutating func check(
    _ outcomes: [[DecisionProcess.Outcome]]?, _ initialBelief: [Double]?, _ terminal: Set<Int>
  ) {
    if let outcomes {
      if outcomes.count != states {
        faults.append(
          Fault(
            "outcomes", "are given for \(outcomes.count) states of \(states)",
            remedy: "give a list a state"))
      }
      for (state, seen) in outcomes.enumerated() {
        check(seen.map(\.probability), "outcomes of state \(state)")
      }
    }
    if let initialBelief {
      if initialBelief.count != states {
        faults.append(
          Fault(
            "initialBelief", "has \(initialBelief.count) entries for \(states) states",
            remedy: "give one a state"))
      }
      check(initialBelief, "initialBelief")
    }
    for state in terminal.sorted() where !(0..<states).contains(state) {
      faults.append(Fault("terminal", "there is no state \(state)", remedy: "count from 0"))
    }
  }

  /// Checks where an action leads.
  mutating func check(_ cells: [DecisionProcess.Transition], _ action: Int, _ state: Int) {
    let place = "transitions of state \(state), action \(action)"
    check(cells.map(\.probability), place)
    for cell in cells {
      if !(0..<states).contains(cell.next) {
        faults.append(Fault(place, "lead to state \(cell.next)", remedy: "count from 0"))
      }
      if !cell.reward.isFinite {
        faults.append(Fault(place, "gain \(cell.reward)", remedy: "give a finite reward"))
      }
    }
  }

  private mutating func check(_ probabilities: [Double], _ place: String) {
    let sum = probabilities.reduce(0, +)
    if probabilities.allSatisfy({ $0 >= 0 }) && abs(sum - 1) <= 1e-9 { return }
    faults.append(
      Fault(place, "are no distribution: they sum to \(sum)", remedy: "make them sum to 1"))
  }

  /// - Throws: ``InvalidInput`` with what was found, if anything.
  func finish() throws(InvalidInput) {
    if !faults.isEmpty { throw InvalidInput(source: "decision process", faults) }
  }
}
