/// The values that a column of a table is given: one for each factor and control it depends on.
public struct JointState {
  let variables: [Variable]
  let values: [Int]
  /// Where a question about an unknown variable goes.
  let unknown: UnknownNames

  /// Names that were asked for in vain.
  final class UnknownNames {
    var names: [String] = []
  }

  /// The label of a variable's value.
  ///
  /// Of a factor and a control with the same name it is the factor's. A name that the table is not
  /// given is a fault of the model, and the label is empty.
  public subscript(_ name: String) -> String {
    guard let position = position(of: name) else { return "" }
    return variables[position].label(values[position])
  }

  /// The index of a variable's value.
  ///
  /// A name that the table is not given is a fault of the model, and the index is 0.
  public func index(of name: String) -> Int {
    position(of: name).map { values[$0] } ?? 0
  }

  private func position(of name: String) -> Int? {
    if let position = variables.firstIndex(where: { $0.name == name }) { return position }
    if !unknown.names.contains(name) { unknown.names.append(name) }
    return nil
  }
}

/// What a table is over: a variable, and what its distribution depends on.
struct JointAxes {
  /// The table: `A[reward]`.
  let place: String
  let variable: Variable
  let given: [Variable]
  let controls: [Variable]

  /// How to name the table's cells.
  var cells: TablePlace {
    let name = place
    return TablePlace(
      name: name,
      axes: [.init(variable: variable, values: "values")]
        + (given + controls).map { .init(variable: $0, values: "values") })
  }

  /// A table from one column for each joint state; nil, with faults, where that cannot be made.
  func tensor(_ faults: FaultList, _ column: (JointState) -> Column) -> Tensor? {
    let dependencies = given + controls
    let shape = [variable.size] + dependencies.map(\.size)
    // A variable without values has been told as a fault.
    guard shape.allSatisfy({ $0 > 0 }) else { return nil }
    guard let cells = product(shape), cells <= CompiledModel.largestTable else {
      faults.add(
        place, "has too many columns to be written out", remedy: "give a sparse tensor instead")
      return nil
    }
    let columns = cells / variable.size
    var values = [Double](repeating: 0, count: cells)
    let unknown = JointState.UnknownNames()
    let columnFaults = FaultList()
    var isWhole = true
    for index in 0..<columns {
      let state = JointState(
        variables: dependencies, values: coordinates(index, dependencies), unknown: unknown)
      let content = column(state)
      // With a name that is not known the column means nothing.
      guard unknown.names.isEmpty else { break }
      let place = columnFaults.faults.count < 8 ? self.cells.column(index) : ""
      guard let numbers = content.numbers(of: variable, at: place, columnFaults) else {
        isWhole = false
        continue
      }
      for (value, number) in numbers.enumerated() { values[value * columns + index] = number }
    }
    report(columnFaults, unknown.names, faults)
    return isWhole && unknown.names.isEmpty ? Tensor(shape: shape, values) : nil
  }

  private func report(_ columnFaults: FaultList, _ unknown: [String], _ faults: FaultList) {
    var run = FaultRun()
    for fault in columnFaults.faults { run.add(fault) }
    faults.add(run.summary(place, one: "column", many: "columns"))
    for name in unknown {
      faults.add(
        place, "is not given '\(name)'",
        remedy: suggestion(for: name, among: (given + controls).map(\.name), kind: "dependency"))
    }
  }

  private func coordinates(_ column: Int, _ variables: [Variable]) -> [Int] {
    var rest = column
    return variables.reversed().map { variable in
      defer { rest /= variable.size }
      return rest % variable.size
    }.reversed()
  }
}
