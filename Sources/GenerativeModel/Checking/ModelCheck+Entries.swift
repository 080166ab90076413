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
    checkEntries(tensor, place, "a count")
      && checkSums(tensor, place, remedy: "give a positive count to what can happen") { sum in
        if sum == 0 { return "has no positive count" }
        return sum.isFinite ? nil : "sums to infinity"
      }
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
