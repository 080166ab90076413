/// Where the numbers of a table come from: a closure, nested lists, a tensor.
public struct ModelTable {
  let make: (JointAxes, _ probability: Tensor?, FaultList) -> Tensor?
  /// Whether it is made from the probability.
  let needsProbability: Bool

  private init(
    needsProbability: Bool = false,
    _ make: @escaping (JointAxes, _ probability: Tensor?, FaultList) -> Tensor?
  ) {
    self.make = make
    self.needsProbability = needsProbability
  }

  /// One column for each joint state of what the table depends on.
  public static func columns(_ column: @escaping (JointState) -> Column) -> ModelTable {
    ModelTable { axes, _, faults in axes.tensor(faults, column) }
  }

  /// The same column whatever the table depends on.
  public static func column(_ column: Column) -> ModelTable { columns { _ in column } }

  /// Every number, as nested lists in the order of a file: `[outcome][given 0][given 1]...`.
  public static func values(_ values: some NestedNumbers) -> ModelTable {
    ModelTable { axes, _, faults in
      Tensor(nested: values.nestedNumbers.value, at: axes.place, faults)
    }
  }

  /// Every number, dense or sparse.
  public static func tensor(_ tensor: Tensor) -> ModelTable {
    ModelTable { _, _, _ in tensor }
  }

  /// Counts that are so many times the probability, as if it had been seen so often.
  public static func probability(times count: Double) -> ModelTable {
    ModelTable(needsProbability: true) { _, probability, _ in
      probability?.mapStored { value in value * count }
    }
  }
}

/// Numbers, or lists of them to any depth.
public protocol NestedNumbers {
  /// The numbers as they would stand in a file.
  var nestedNumbers: NestedNumberList { get }
}

/// Nested numbers as they would stand in a file.
public struct NestedNumberList {
  let value: DocumentValue
}

extension Double: NestedNumbers {
  /// The number itself.
  public var nestedNumbers: NestedNumberList { NestedNumberList(value: .number(self)) }
}

extension Int: NestedNumbers {
  /// The number itself.
  public var nestedNumbers: NestedNumberList { NestedNumberList(value: .number(Double(self))) }
}

extension Array: NestedNumbers where Element: NestedNumbers {
  /// The lists, innermost last.
  public var nestedNumbers: NestedNumberList {
    NestedNumberList(value: .list(map(\.nestedNumbers.value)))
  }
}
