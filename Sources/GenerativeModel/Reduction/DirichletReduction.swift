import Kernels

/// What data say of another Dirichlet prior than the one they were counted under, without the data.
///
/// With the full model's prior p and posterior q, the data have added n = q - p. Under a reduced prior r
/// the posterior is s = r + n, and the evidences of the two models differ by
///
///     ln P(o | reduced) - ln P(o | full) = ln B(s) - ln B(r) - ln B(q) + ln B(p)
///
/// with B the multivariate beta function, the normaliser of a Dirichlet distribution. **Positive favours
/// the reduced model**; here, in files and in commands alike. SPM's `spm_MDP_log_evidence` and pymdp's
/// `dirichlet_log_evidence` return the negative of it.
///
/// Cells are these:
///
/// - A cell of p that is 0 is a structural zero: it is no part of the model, and q and r are 0 there too.
/// - A cell that r takes away (r = 0 < p) is the limit of r to 0. Where the data have added nothing to it,
///   ln Γ(s) - ln Γ(r) is 0 all the way, and what remains is the other cells'. Where they have, it falls
///   without end: what was seen is impossible under the reduced model, and the difference is -infinity.
/// - n is never negative: no data take a count away. So s is never negative, and B(s) always exists.
///
/// ```swift
/// // Six times the second of two outcomes, and a prior that expects nothing else.
/// let reduction = try DirichletReduction(
///   posterior: [1, 7], prior: [1, 1], reducedPrior: [0, 2])
/// reduction.logEvidenceDifference  // ln 7: the full model gave what was seen probability 1/7
/// ```
///
/// Source: Friston, Parr, Zeidman (2018), Bayesian model reduction, arXiv:1805.07092.
public struct DirichletReduction: Hashable, Sendable {
  /// The reduced prior, r.
  public let prior: [Double]
  /// The posterior under the reduced prior, s = q + r - p.
  public let posterior: [Double]
  /// ln P(o | reduced) - ln P(o | full) in nats; positive favours the reduced model, -infinity where it
  /// makes impossible what was seen.
  public let logEvidenceDifference: Double

  /// The share of a prior count by which rounding alone may have moved a posterior one.
  static let rounding = 1e-12

  /// Reduces one distribution.
  ///
  /// A posterior count within 1e-12 of the prior's, relative to it, is taken to be equal.
  ///
  /// - Parameters:
  ///   - posterior: the full model's counts after the data, q.
  ///   - prior: the full model's counts before them, p.
  ///   - reducedPrior: the counts before them in the reduced model, r.
  /// - Throws: ``InvalidInput`` where the three do not have a count for each of the same cells, a count is
  ///   negative or not finite, a posterior count is less than the prior's, a cell is in q or r and not in
  ///   p, or none is in r.
  /// - Complexity: O(cells), four ln Γ each. The error is some ulps of the largest ln Γ.
  public init(
    posterior: [Double], prior: [Double], reducedPrior: [Double]
  ) throws(InvalidInput) {
    let faults = FaultList()
    DirichletReduction.check(posterior, prior, reducedPrior, faults)
    try faults.check(source: "")
    self.init(
      evidence: zip(posterior, prior).map(DirichletReduction.evidence), posterior: posterior,
      prior: prior, reducedPrior: reducedPrior)
  }

  /// Reduces a distribution that has been checked.
  ///
  /// - Parameter evidence: what the data have added to each cell.
  init(evidence: [Double], posterior: [Double], prior: [Double], reducedPrior: [Double]) {
    var reduced = posterior
    var total = (posterior: 0.0, prior: 0.0, reducedPosterior: 0.0, reducedPrior: 0.0)
    var cells = 0.0
    for i in prior.indices where prior[i] > 0 {
      // Where nothing is reduced nothing changes, to the bit.
      if reducedPrior[i] != prior[i] {
        reduced[i] = reducedPrior[i] + evidence[i]
        if evidence[i] > 0 {
          // The logarithm of the gamma function is infinite at 0.
          cells += logGamma(reduced[i]) - logGamma(reducedPrior[i])
          cells -= logGamma(posterior[i]) - logGamma(prior[i])
        }
      }
      total.posterior += posterior[i]
      total.prior += prior[i]
      total.reducedPosterior += reduced[i]
      total.reducedPrior += reducedPrior[i]
    }
    self.prior = reducedPrior
    self.posterior = reduced
    let normaliser =
      total.reducedPrior == total.prior && total.reducedPosterior == total.posterior
      ? 0
      : (logGamma(total.reducedPosterior) - logGamma(total.reducedPrior))
        - (logGamma(total.posterior) - logGamma(total.prior))
    logEvidenceDifference = cells - normaliser
  }

  /// What the data have added to a cell.
  static func evidence(posterior: Double, prior: Double) -> Double {
    let added = posterior - prior
    return added.magnitude <= rounding * prior ? 0 : added
  }

  /// The probability of the full model and of each reduced one, all equally likely before the data:
  /// the softmax of 0 and the differences.
  ///
  /// - Returns: the full model's probability, then that of each reduction.
  public static func probabilities(_ reductions: [DirichletReduction]) -> [Double] {
    var weights = [0] + reductions.map(\.logEvidenceDifference)
    weights.withUnsafeMutableBufferPointer { weights in
      // The full model's weight is finite, so the softmax is always defined.
      if let base = weights.baseAddress { softmax(inPlace: base, count: weights.count) }
    }
    return weights
  }
}

/// The evidence and the posterior of each of several reduced priors, from one posterior.
///
/// ```swift
/// let reductions = try reduce(
///   posterior: [1, 7], prior: [1, 1], candidates: [[1, 8], [0, 2], [8, 1]])
/// let best = reductions.max { $0.logEvidenceDifference < $1.logEvidenceDifference }
/// ```
///
/// - Parameters:
///   - posterior: the full model's counts after the data.
///   - prior: the full model's counts before them.
///   - candidates: other counts before them, each as ``DirichletReduction`` takes it.
/// - Throws: ``InvalidInput`` with every fault of every candidate.
/// - Complexity: O(candidates x cells).
public func reduce(
  posterior: [Double], prior: [Double], candidates: [[Double]]
) throws(InvalidInput) -> [DirichletReduction] {
  let faults = FaultList()
  DirichletReduction.check(posterior, prior, nil, faults)
  try faults.check(source: "")
  var reductions: [DirichletReduction] = []
  for (index, candidate) in candidates.enumerated() {
    do throws(InvalidInput) {
      reductions.append(
        try DirichletReduction(posterior: posterior, prior: prior, reducedPrior: candidate))
    } catch {
      faults.add(
        error.faults.map {
          Fault("candidate \(index), \($0.place)", $0.problem, remedy: $0.remedy)
        })
    }
  }
  try faults.check(source: "")
  return reductions
}

extension DirichletReduction {
  /// Adds what is wrong with counts that are to be reduced.
  ///
  /// - Parameter reducedPrior: nil where there is none yet.
  static func check(
    _ posterior: [Double], _ prior: [Double], _ reducedPrior: [Double]?, _ faults: FaultList
  ) {
    let named =
      [("prior", prior), ("posterior", posterior)]
      + (reducedPrior.map { [("reduced prior", $0)] } ?? [])
    for (name, counts) in named {
      if counts.count != prior.count {
        faults.add(name, "has \(counted(counts.count, "cell")), the prior \(prior.count)")
      }
      for (cell, count) in counts.enumerated() where !(count >= 0 && count.isFinite) {
        faults.add(
          "\(name), cell \(cell)", "is \(shown(count)); counts are finite and not negative")
      }
    }
    if !faults.isEmpty { return }
    for (cell, (after, before)) in zip(posterior, prior).enumerated() {
      if let problem = problem(posterior: after, prior: before) {
        faults.add("posterior, cell \(cell)", problem)
      }
    }
    guard let reducedPrior else { return }
    for (cell, (reduced, full)) in zip(reducedPrior, prior).enumerated()
    where full == 0 && reduced > 0 {
      faults.add(
        "reduced prior, cell \(cell)", "is \(shown(reduced)) where the full prior has none")
    }
    if !reducedPrior.contains(where: { $0 > 0 }) {
      faults.add("reduced prior", "leaves no cell", remedy: "one must be possible")
    }
  }

  /// Why no data lead from a prior count to a posterior one; nil where they do.
  static func problem(posterior: Double, prior: Double) -> String? {
    if prior == 0 {
      return posterior == 0 ? nil : "is \(shown(posterior)) where the prior has a structural zero"
    }
    if evidence(posterior: posterior, prior: prior) >= 0 { return nil }
    return "is \(shown(posterior)), less than the prior's \(shown(prior)): no data take counts away"
  }
}
