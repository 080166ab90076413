import CVectorMath

/// The logarithm of the gamma function, ln Γ(x), for x > 0.
///
/// It is +infinity at 0 and at +infinity. From the C library's `lgamma_r`, whose error is a few
/// ulps.
@inlinable
public func logGamma(_ x: Double) -> Double { aif_log_gamma(x) }

/// The logarithm of the multivariate beta function, sum of ln Γ(c[i]) - ln Γ(sum of c[i]): the
/// normaliser of a Dirichlet distribution with these counts.
///
/// Counts of 0 are structural zeros: the distribution lives on the other entries.
///
/// - Complexity: O(count), one ln Γ an entry.
public func logMultivariateBeta(_ counts: some Sequence<Double>) -> Double {
  var total = 0.0
  var value = 0.0
  for count in counts where count > 0 {
    total += count
    value += logGamma(count)
  }
  return value - (total > 0 ? logGamma(total) : 0)
}
