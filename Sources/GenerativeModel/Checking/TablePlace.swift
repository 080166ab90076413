/// Names the cells of one table in the words of the file.
struct TablePlace {
  /// One axis of a table.
  struct Axis {
    let variable: Variable
    /// What its values are: `outcomes`, `states`, `next states`, `actions`.
    let values: String

    /// `4 states of location`.
    var description: String {
      let noun = variable.size == 1 ? String(values.dropLast()) : values
      return "\(variable.size) \(noun) of \(variable.name)"
    }
  }

  /// The table: `A[reward]`.
  let name: String
  /// Its axes, that of the distribution first.
  let axes: [Axis]

  /// The extent of each axis.
  var shape: [Int] { axes.map(\.variable.size) }

  /// `[3 outcomes of reward, 4 states of location]`.
  var meaning: String { "[" + axes.map(\.description).joined(separator: ", ") + "]" }

  /// `A[reward], column (left, context 1)`; only the table where it has but one column.
  func column(_ column: Int) -> String {
    axes.count == 1 ? name : "\(name), column (\(labels(column, axes.dropFirst())))"
  }

  /// `A[reward], entry (loss, left, context 1)`.
  func entry(_ offset: Int) -> String { "\(name), entry (\(labels(offset, axes[...])))" }

  /// The labels of a row-major offset over some axes.
  private func labels(_ offset: Int, _ axes: ArraySlice<Axis>) -> String {
    var rest = offset
    var labels: [String] = []
    for axis in axes.reversed() {
      let (next, value) = rest.quotientAndRemainder(dividingBy: max(axis.variable.size, 1))
      labels.append(axis.variable.label(value))
      rest = next
    }
    return labels.reversed().joined(separator: ", ")
  }
}

extension TablePlace {
  /// The table of a likelihood: `A[reward]`.
  static func likelihood(of modality: Variable, given: [Variable]) -> TablePlace {
    TablePlace(
      name: "A[\(modality.name)]",
      axes: [Axis(variable: modality, values: "outcomes")]
        + given.map { Axis(variable: $0, values: "states") })
  }

  /// The table of a transition: `B[location]`.
  static func transition(
    of factor: Variable, given: [Variable], controls: [Variable]
  ) -> TablePlace {
    TablePlace(
      name: "B[\(factor.name)]",
      axes: [Axis(variable: factor, values: "next states")]
        + given.map { Axis(variable: $0, values: "states") }
        + controls.map { Axis(variable: $0, values: "actions") })
  }

  /// The table of first states: `D[location]`.
  static func initialState(of factor: Variable) -> TablePlace {
    TablePlace(name: "D[\(factor.name)]", axes: [Axis(variable: factor, values: "states")])
  }

  /// So many numbers over policies: `E`.
  static func habit(_ count: Int, given: [Variable], name: String = "E") -> TablePlace {
    let columns = given.reduce(1) { $0 * $1.size }
    let policies = Variable("policy", size: count / columns)
    return TablePlace(
      name: name,
      axes: [Axis(variable: policies, values: "policies")]
        + given.map { Axis(variable: $0, values: "states") })
  }

  /// The same table in another key: `concentration.A[reward]`.
  func inside(_ key: String) -> TablePlace { TablePlace(name: "\(key).\(name)", axes: axes) }
}

extension GenerativeModel {
  /// How to name the cells of a modality's likelihood.
  func likelihoodPlace(_ modality: Int) -> TablePlace {
    .likelihood(of: modalities[modality], given: likelihoods[modality].given.map { factors[$0] })
  }

  /// How to name the cells of a factor's transition.
  func transitionPlace(_ factor: Int) -> TablePlace {
    let transition = transitions[factor]
    return .transition(
      of: factors[factor], given: transition.given.map { factors[$0] },
      controls: transition.controls.map { controls[$0] })
  }
}

/// Faults of one kind in one table: the first eight one by one, the rest counted.
package struct FaultRun {
  private static let longest = 8
  private var faults: [Fault] = []
  private var more = 0

  package init() {}

  /// Whether the next fault is to be worded; later ones need only be counted.
  var takesMore: Bool { faults.count < FaultRun.longest }
  /// The number of faults.
  var count: Int { faults.count + more }

  /// Adds a fault, worded only where it will be shown.
  package mutating func add(_ fault: @autoclosure () -> Fault) {
    if takesMore { faults.append(fault()) } else { more += 1 }
  }

  /// Counts faults without showing them.
  mutating func addUnseen(_ count: Int) { more += count }

  /// The faults, with a last one that says how many were left out.
  package func summary(_ place: String, one: String, many: String) -> [Fault] {
    more == 0 ? faults : faults + [Fault(place, "and \(more) more \(more == 1 ? one : many)")]
  }
}

/// A count with its noun: `1 action`, `2 actions`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A number as a message shows it: to nine decimals, so that 0.98 is not 0.9799999999999999.
func shown(_ value: Double) -> String {
  let scaled = value * 1e9
  guard scaled.magnitude < 1e15 else { return value.description }
  let rounded = scaled.rounded() / 1e9
  // A number too small for nine decimals is shown in full.
  return rounded == 0 && value != 0 ? value.description : rounded.description
}
