import ActiveInference
import Foundation

extension BruteForce {
  // MARK: - Beliefs

  /// P(s_f) for each factor.
  func marginals(_ belief: [Double]) -> [[Double]] {
    model.factors.indices.map { factor in
      (0..<model.factors[factor].size).map { value in
        zip(states, belief).reduce(0) { $0 + ($1.0[factor] == value ? $1.1 : 0) }
      }
    }
  }

  /// The belief in which the factors are independent.
  func product(_ marginals: [[Double]]) -> [Double] {
    states.map { state in state.indices.reduce(1) { $0 * marginals[$1][state[$1]] } }
  }

  /// The belief after an action.
  func predict(_ belief: [Double], _ action: [Int]) -> [Double] {
    let rows = transitions(action)
    let next = states.indices.map { next in
      zip(belief, rows).reduce(0) { $0 + $1.0 * $1.1[next] }
    }
    return isMeanField ? product(marginals(next)) : next
  }

  // MARK: - Conventions

  private var convention: InferenceConvention { configuration.inference.convention }

  /// Whether zero probabilities cost a finite amount everywhere.
  var isFloored: Bool { configuration.inference.impossible == .floored }

  /// ln p where it must be finite: pymdp 0.0.7 adds 1e-16, the others raise p to 2^-52.
  static func logarithm(_ p: Double, _ convention: InferenceConvention) -> Double {
    convention == .pymdp007 ? log(p + 1e-16) : log(max(p, 0x1p-52))
  }

  func logarithm(_ p: Double) -> Double { BruteForce.logarithm(p, convention) }

  /// ln P(o | s) of one modality in a joint state; a soft observation is ln sum_o q(o) P(o | s), under
  /// pymdp 1.x sum_o q(o) ln P(o | s).
  private func logLikelihood(_ entry: Observation, _ modality: Int, _ state: [Int]) -> Double {
    if case .distribution(let weights) = entry, convention == .pymdp1 {
      return weights.indices.reduce(0) {
        $0 + weights[$1] * logarithm(probability(of: $1, modality, in: state))
      }
    }
    return logarithm(weight(of: entry, modality, in: state))
  }

  /// ln P(o | s) of everything observed; pymdp 0.0.7 takes the logarithm of the product.
  func logLikelihood(_ observation: [Observation], _ state: [Int]) -> Double {
    let observed = observation.indices.filter { observation[$0] != .missing }
    if convention == .pymdp007 {
      return logarithm(
        observed.reduce(1) { $0 * weight(of: observation[$1], $1, in: state) })
    }
    return observed.reduce(0) { $0 + logLikelihood(observation[$1], $1, state) }
  }

  // MARK: - What cannot be

  /// The modalities whose outcomes have probability zero under the prior, one after the other: those
  /// before one have told what is left, under mean-field beliefs where they depend on one factor alone.
  func impossible(_ prior: [Double], _ observation: [Observation]) -> [Int] {
    var left = prior
    var found: [Int] = []
    for (modality, entry) in observation.enumerated() {
      let tells = !isMeanField || model.likelihoods[modality].given.count == 1
      let weighted = zip(states, tells ? left : prior).map { state, p in
        p * weight(of: entry, modality, in: state)
      }
      if !weighted.contains(where: { $0 > 0 }) {
        found.append(modality)
      } else if tells {
        left = weighted
      }
    }
    return found
  }

  // MARK: - Schemes

  /// Bayes' rule: the posterior and the evidence; with a floor under each factor where zero costs a
  /// finite amount.
  func filter(_ prior: [Double], _ observation: [Observation]) -> ([Double], evidence: Double) {
    let floor = isFloored ? 0x1p-52 : 0
    let weighted = zip(states, prior).map { state, p in
      observation.indices.reduce(max(p, floor)) { product, modality in
        switch observation[modality] {
        case .missing: product
        case .distribution where convention == .pymdp1:
          product * exp(logLikelihood(observation[modality], modality, state))
        default: product * max(weight(of: observation[modality], modality, in: state), floor)
        }
      }
    }
    let evidence = weighted.reduce(0, +)
    return (weighted.map { $0 / evidence }, evidence)
  }

  /// Whether a factor's state is ruled out by the prior, or by an outcome that depends on it alone.
  func excludes(
    _ factor: Int, _ value: Int, _ prior: [[Double]], _ observation: [Observation]
  ) -> Bool {
    if prior[factor][value] == 0 { return true }
    var state = [Int](repeating: 0, count: prior.count)
    state[factor] = value
    return observation.indices.contains {
      model.likelihoods[$0].given == [factor] && weight(of: observation[$0], $0, in: state) == 0
    }
  }

  /// Coordinate ascent from the prior, factors in order, or fixed-point iteration from uniform beliefs,
  /// all factors at once: beliefs and free energy.
  func approximate(
    _ prior: [Double], _ observation: [Observation], sweeps: Int?
  ) -> (beliefs: [[Double]], freeEnergy: Double) {
    let settings = configuration.inference
    let prior = marginals(prior)
    let logs = states.map { logLikelihood(observation, $0) }
    let excluded = model.factors.indices.map { factor in
      prior[factor].indices.map {
        convention == .standard && excludes(factor, $0, prior, observation)
      }
    }
    func updated(_ factor: Int, _ q: [[Double]]) -> [Double] {
      BruteForce.softmax(
        q[factor].indices.map { value in
          if excluded[factor][value] { return -Double.infinity }
          return states.indices.reduce(logarithm(prior[factor][value])) { sum, index in
            let state = states[index]
            guard state[factor] == value else { return sum }
            let others = state.indices.reduce(1.0) { $1 == factor ? $0 : $0 * q[$1][state[$1]] }
            return sum + others * logs[index]
          }
        })
    }
    func freeEnergy(_ q: [[Double]], accuracy: Bool = true) -> Double {
      let expected = zip(product(q), logs).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(q.joined(), prior.joined()).reduce(accuracy ? -expected : 0) {
        $0 + $1.0 * (logarithm($1.0) - logarithm($1.1))
      }
    }

    let isFixedPoint = algorithm == .fixedPoint
    var q =
      isFixedPoint
      ? prior.map { [Double](repeating: 1 / Double($0.count), count: $0.count) } : prior
    // pymdp 0.0.7 compares the first sweep with a free energy that lacks the accuracy.
    var last = freeEnergy(q, accuracy: !isFixedPoint)
    for _ in 0..<(sweeps ?? settings.iterations) {
      if isFixedPoint {
        q = q.indices.map { updated($0, q) }
      } else {
        for factor in q.indices { q[factor] = updated(factor, q) }
      }
      let next = freeEnergy(q)
      let change = isFixedPoint ? abs(last - next) : last - next
      last = next
      let ends = !isFixedPoint || convention == .pymdp007
      if sweeps == nil && ends && change < settings.tolerance { break }
    }
    return (q, freeEnergy(q))
  }

  static func softmax(_ x: [Double]) -> [Double] {
    let greatest = x.max() ?? 0
    let weights = x.map { exp($0 - greatest) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }
}
