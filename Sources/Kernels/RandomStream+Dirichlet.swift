import CGSL

extension RandomStream {
  /// A draw from the gamma distribution with a scale of 1.
  ///
  /// A shape of 0 gives 0, and so does underflow, which takes half of the draws at a shape of 1e-3
  /// and nearly all at 1e-5.
  ///
  /// - Precondition: `shape` is finite and not negative.
  /// - Complexity: O(1) on average; a varying number of words.
  ///
  /// Source: Marsaglia & Tsang (2000), https://doi.org/10.1145/358407.358414, as in GSL.
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape >= 0 && shape < .infinity, "a gamma shape is finite and not negative")
    guard shape > 0 else { return 0 }
    return withSource { aif_gamma_draw($0, shape) }
  }

  /// A draw from the Dirichlet distribution: probabilities that sum to 1 within rounding.
  ///
  /// A count of 0 gives a probability of exactly 0. However small the counts, the result is free
  /// of NaN: in the limit it picks one entry, with a chance in proportion to its count.
  ///
  /// - Precondition: the counts are finite, none is negative and one is positive.
  /// - Complexity: O(count); a varying number of words.
  public mutating func dirichlet(_ counts: [Double]) -> [Double] {
    // GSL divides a logarithm by the count, which overflows for counts below this.
    let least = 1e-300
    var support: [Int] = []
    var positive: [Double] = []
    for (index, count) in counts.enumerated() {
      precondition(count >= 0 && count < .infinity, "a count is finite and not negative")
      guard count > 0 else { continue }
      support.append(index)
      positive.append(Swift.max(count, least))
    }
    precondition(!support.isEmpty, "one count is positive")
    var drawn = [Double](repeating: 0, count: positive.count)
    withSource { aif_dirichlet_draw($0, positive.count, positive, &drawn) }
    var probabilities = [Double](repeating: 0, count: counts.count)
    for (index, probability) in zip(support, drawn) { probabilities[index] = probability }
    return probabilities
  }

  // GSL's own handler ends the process; ours to check are the arguments and the results.
  private static let isQuiet: Void = { _ = gsl_set_error_handler_off() }()

  /// Lends this stream to a GSL sampler.
  private mutating func withSource<Result>(_ body: (aif_random_source) -> Result) -> Result {
    Self.isQuiet
    return withUnsafeMutablePointer(to: &self) { stream in
      body(
        aif_random_source(
          next: { context in
            // Never nil: it is the pointer given as the context below.
            context?.assumingMemoryBound(to: RandomStream.self).pointee.next() ?? 0
          },
          context: stream))
    }
  }
}
