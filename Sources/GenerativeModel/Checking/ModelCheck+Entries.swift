extension ModelCheck {
  /// Whether every column is a probability distribution; faults where not.
  mutating func checkDistributions(_ tensor: Tensor, _ place: TablePlace) -> Bool {
    checkEntries(tensor, place, "a probability")
      && checkSums(
        tensor, place, remedy: "make \(place.axes.count == 1 ? "it" : "the column") sum to 1"
      ) { sum in
        (sum - 1).magnitude <= ModelCheck.tolerance ? nil : "sums to \(shown(sum))"
      }
  }

  /// Whether every column holds Dirichlet counts; faults where not.
  mutating func checkCounts(_ tensor: Tensor, _ place: TablePlace) -> Bool {
    checkCountEntries(tensor, place)
      && checkSums(tensor, place, remedy: "give a positive count to what can happen") { sum in
        sum == 0 ? "has no positive count" : nil
      }
  }

  /// Whether every entry is 0 or a count that can be added up, divided by and learned from without end.
  mutating func checkCountEntries(_ tensor: Tensor, _ place: TablePlace) -> Bool {
    guard checkEntries(tensor, place, "a count") else { return false }
    var run = FaultRun()
    tensor.forEachStored { offset, value in
      if value != 0 && !ModelCheck.counts.contains(value) {
        run.add(
          Fault(
            place.entry(offset), "is \(value)", remedy: "a count is 0 or in 1e-150...1e150"))
      }
    }
    faults.add(run.summary(place.name, one: "entry", many: "entries"))
    return run.count == 0
  }

  /// Whether every entry is finite and not negative.
  mutating func checkEntries(_ tensor: Tensor, _ place: TablePlace, _ noun: String) -> Bool {
    var run = FaultRun()
    tensor.forEachStored { offset, value in
      if !value.isFinite {
        run.add(Fault(place.entry(offset), "is \(value)", remedy: "every number is finite"))
      } else if value < 0 {
        run.add(
          Fault(place.entry(offset), "is \(value)", remedy: "\(noun) is not negative"))
      }
    }
    faults.add(run.summary(place.name, one: "entry", many: "entries"))
    return run.count == 0
  }

  private mutating func checkSums(
    _ tensor: Tensor, _ place: TablePlace, remedy: String, _ problem: (Double) -> String?
  ) -> Bool {
    var run = FaultRun()
    let skipped = ColumnSums(tensor).forEach { column, sum in
      if let problem = problem(sum) {
        run.add(Fault(place.column(column), problem, remedy: remedy))
      }
    }
    run.addUnseen(skipped)
    faults.add(run.summary(place.name, one: "column", many: "columns"))
    return run.count == 0
  }
}
