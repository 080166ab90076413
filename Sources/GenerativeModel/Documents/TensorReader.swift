extension Tensor {
  /// A dense tensor from nested lists of numbers, as deep as it has axes.
  ///
  /// Lists of unequal length and anything that is not a number are faults; then nil.
  package init?(nested value: DocumentValue, at place: String, _ faults: FaultList) {
    guard value.items != nil else {
      faults.add(place, "expected a list of numbers, found \(value.shownInMessages)")
      return nil
    }
    // The first list of every level says how long all lists of the level are.
    var shape: [Int] = []
    var first = value
    while case .array(let values) = first, let next = values.first, !next.isScalar {
      shape.append(values.count)
      first = next
    }
    shape.append(first.items?.count ?? 0)
    var filling = Filling(shape: shape)
    filling.fill(value, axis: 0, place: place)
    faults.add(filling.run.summary(place, one: "list", many: "lists"))
    guard filling.run.count == 0, filling.values.count == product(shape) else { return nil }
    self.init(shape: shape, filling.values)
  }

  /// The entries of nested lists, gathered in order.
  private struct Filling {
    let shape: [Int]
    var values: [Double] = []
    var run = FaultRun()

    init(shape: [Int]) { self.shape = shape }

    mutating func fill(_ value: DocumentValue, axis: Int, place: String) {
      let isLast = axis == shape.count - 1
      if isLast, let numbers = value.doubles {
        guard numbers.count == shape[axis] else {
          run.add(
            Fault(place, "expected \(counted(shape[axis], "number")), found \(numbers.count)"))
          return
        }
        values += numbers
      } else if !isLast, case .array(let lists) = value, lists.count == shape[axis] {
        for (index, list) in lists.enumerated() {
          fill(list, axis: axis + 1, place: "\(place)[\(index)]")
        }
      } else {
        let fault = fault(value, axis, isLast, place)
        run.add(fault)
      }
    }

    private func fault(
      _ value: DocumentValue, _ axis: Int, _ isLast: Bool, _ place: String
    ) -> Fault {
      if isLast, let items = value.items,
        let (index, item) = items.enumerated().first(where: { $0.element.double == nil })
      {
        return Fault("\(place)[\(index)]", "expected a number, found \(item.shownInMessages)")
      }
      let expected = counted(shape[axis], isLast ? "number" : "list")
      let isUneven = value.items.map { $0.count != shape[axis] } ?? false
      let found = isUneven ? "\(value.items?.count ?? 0)" : value.shownInMessages
      return Fault(place, "expected \(expected), found \(found)")
    }
  }

  /// A sparse tensor from `{shape, index, value}`.
  ///
  /// A coordinate outside the shape, one given twice and lists of unequal length are faults; then
  /// nil.
  package init?(sparse value: DocumentValue, at place: String, _ faults: FaultList) {
    let reader = ObjectReader(value, at: place, keys: ["shape", "index", "value"], faults)
    let shape = reader.integers("shape", required: true)
    let rows = reader.list("index", required: true)
    let values = reader.numbers("value", required: true)
    guard let shape, let rows, let values else { return nil }
    guard shape.allSatisfy({ $0 > 0 }) else {
      faults.add(place + ".shape", "is \(shape)", remedy: "every extent is at least 1")
      return nil
    }
    guard product(shape) != nil else {
      faults.add(place + ".shape", "has more cells than can be counted", remedy: "split a factor")
      return nil
    }
    guard rows.count == values.count else {
      faults.add(
        place, "has \(counted(rows.count, "coordinate")) but \(counted(values.count, "value"))")
      return nil
    }
    var entries: [(offset: Int, value: Double)] = []
    entries.reserveCapacity(values.count)
    var run = FaultRun()
    for (index, (row, value)) in zip(rows, values).enumerated() {
      guard let coordinates = row.wholeNumbers, coordinates.count == shape.count,
        zip(coordinates, shape).allSatisfy({ (0..<$1).contains($0) })
      else {
        run.add(
          Fault("\(place).index[\(index)]", "is no cell of \(shape)", remedy: "indices are from 0"))
        continue
      }
      entries.append((zip(coordinates, shape).reduce(0) { $0 * $1.1 + $1.0 }, value))
    }
    entries.sort { $0.offset < $1.offset }
    for (entry, next) in zip(entries, entries.dropFirst()) where entry.offset == next.offset {
      let coordinates = Tensor.coordinates(entry.offset, shape)
      run.add(
        Fault("\(place).index", "\(coordinates) is there twice", remedy: "give each cell once"))
    }
    faults.add(run.summary(place, one: "coordinate", many: "coordinates"))
    guard run.count == 0 else { return nil }
    self.init(shape: shape, offsets: entries.map(\.offset), values: entries.map(\.value))
  }

  /// The coordinates of a row-major offset.
  private static func coordinates(_ offset: Int, _ shape: [Int]) -> [Int] {
    var rest = offset
    return shape.reversed().map { size in
      defer { rest /= size }
      return rest % size
    }.reversed()
  }

  /// Nested lists, or `{shape, index, value}` where it is sparse.
  package var document: DocumentValue {
    switch storage {
    case .dense(let values): return Tensor.nested(values[...], shape[...])
    case .sparse(let offsets, let values):
      return .object([
        .init("shape", .integers(shape)),
        .init("index", .array(offsets.map { .integers(Tensor.coordinates($0, shape)) })),
        .init("value", values.isEmpty ? .array([]) : .numbers(values)),
      ])
    }
  }

  private static func nested(
    _ values: ArraySlice<Double>, _ shape: ArraySlice<Int>
  ) -> DocumentValue {
    if values.isEmpty { return .array([]) }
    guard let extent = shape.first, shape.count > 1 else { return .numbers(Array(values)) }
    let stride = values.count / extent
    return .array(
      (0..<extent).map { index in
        let start = values.startIndex + index * stride
        return nested(values[start..<start + stride], shape.dropFirst())
      })
  }
}
