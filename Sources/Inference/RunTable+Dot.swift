import Kernels

extension RunTable where Parameter == Double {
  /// The sum over a run of its numbers times those at their places.
  @inline(__always)
  func dot(run: Int, _ numbers: UnsafePointer<Double>) -> Double {
    if let sure { return numbers[Int(sure[run])] }
    guard let places else {
      return Contraction.dot(cells + run * length, numbers, count: length)
    }
    var total = 0.0
    for entry in cells(of: run) { total += cells[entry] * numbers[Int(places[entry])] }
    return total
  }
}
