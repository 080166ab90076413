/// The Kullback-Leibler divergence KL(Dir(q) || Dir(p)) in nats, from `count` Dirichlet counts that
/// lie `stride` apart in each array.
///
///     ln Γ(q₀) - ln Γ(p₀) + Σ [ln Γ(pᵢ) - ln Γ(qᵢ) + (qᵢ - pᵢ)(ψ(qᵢ) - ψ(q₀))],  q₀ = Σ qᵢ
///
/// It is never negative, exactly 0 for equal counts, and +infinity where only one of the two has a
/// count of 0; entries that are 0 in both are left out, as structural zeros.
///
/// - Complexity: O(count), two ln Γ and one ψ for each entry that differs.
///
/// Source: Penny (2001), Kullback-Leibler divergences of normal, gamma, Dirichlet and Wishart
/// densities.
public func dirichletDivergence(
  _ q: UnsafePointer<Double>, _ p: UnsafePointer<Double>, count: Int, stride: Int = 1
) -> Double {
  var totalQ = 0.0
  var totalP = 0.0
  for i in 0..<count {
    totalQ += q[i * stride]
    totalP += p[i * stride]
  }
  // Equal entries cancel exactly, and in learning most of them are equal.
  var divergence = totalQ == totalP ? 0 : logGamma(totalQ) - logGamma(totalP)
  let digammaTotal = digamma(totalQ)
  for i in 0..<count {
    let (to, from) = (q[i * stride], p[i * stride])
    if to == from { continue }
    if to == 0 || from == 0 { return .infinity }
    divergence += logGamma(from) - logGamma(to) + (to - from) * (digamma(to) - digammaTotal)
  }
  // Rounding may leave a small negative number where the two nearly agree.
  return divergence < 0 ? 0 : divergence
}

/// The Kullback-Leibler divergence KL(Dir(q) || Dir(p)) in nats, of two equally long rows of
/// Dirichlet counts.
///
/// See ``dirichletDivergence(_:_:count:stride:)``.
///
/// - Precondition: `q` and `p` have the same number of entries.
/// - Complexity: O(count), two ln Γ and one ψ for each entry that differs.
public func dirichletDivergence(
  _ q: UnsafeBufferPointer<Double>, _ p: UnsafeBufferPointer<Double>
) -> Double {
  precondition(q.count == p.count, "both have a count for each entry")
  guard let first = q.baseAddress, let second = p.baseAddress else { return 0 }
  return dirichletDivergence(first, second, count: q.count)
}

/// The Kullback-Leibler divergence KL(Dir(q) || Dir(p)) in nats, of two equally long rows of
/// Dirichlet counts.
///
/// See ``dirichletDivergence(_:_:count:stride:)``.
///
/// - Precondition: `q` and `p` have the same number of entries.
/// - Complexity: O(count), two ln Γ and one ψ for each entry that differs.
public func dirichletDivergence(_ q: [Double], _ p: [Double]) -> Double {
  q.withUnsafeBufferPointer { q in
    p.withUnsafeBufferPointer { p in dirichletDivergence(q, p) }
  }
}
