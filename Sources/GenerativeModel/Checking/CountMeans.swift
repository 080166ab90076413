import Kernels

/// The means of the Dirichlet distributions whose counts are the columns of a table.
package func meanOfColumns(_ counts: Tensor) -> Tensor {
  let sums = ColumnSums(counts)
  return counts.mapStored { offset, count in count / sums[offset % sums.columns] }
}

/// The logarithms of the means of the Dirichlet distributions whose counts are the rows of a table.
func logarithmOfMean(_ counts: Tensor) -> Tensor {
  let outcomes = counts.shape.last ?? 1
  let values = counts.values
  let means = stride(from: 0, to: values.count, by: outcomes).flatMap { row in
    mean(Array(values[row..<row + outcomes]))
  }
  return Tensor(shape: counts.shape, means.map { VectorMath.log($0) })
}

/// The mean of a Dirichlet distribution.
func mean(_ counts: [Double]) -> [Double] {
  // The order of summation that learning uses, so that both have the same bits.
  let sum = counts.withUnsafeBufferPointer { counts in
    counts.baseAddress.map { Contraction.sum($0, count: counts.count) } ?? 0
  }
  return counts.map { $0 / sum }
}
