import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Mixed policies") struct MixedPolicyTests {
  /// One policy for each outcome, which leads to it.
  private func identity(_ count: Int) -> [[Double]] {
    (0..<count).map { o in (0..<count).map { $0 == o ? 1 : 0 } }
  }

  @Test("maximising evidence takes one bin of two modes, minimising divergence covers both")
  func bimodal() throws {
    let places = (0..<25).map { -6 + 0.5 * Double($0) }
    let density = places.map { exp(-0.5 * pow($0 - 2.5, 2)) + exp(-0.5 * pow($0 + 2.5, 2)) }
    let total = density.reduce(0, +)
    let c = density.map { $0 / total }
    let bins = identity(25)
    let best = try MixedPolicy.mostEvidence(outcomes: bins, logPreferences: density.map(log))
    #expect(abs(log(c[best]) - -2.3052) < 5e-5, "\(log(c[best]))")
    #expect(c[best] == c.max())
    let mixed = try MixedPolicy(outcomes: bins, logPreferences: density.map(log))
    #expect(mixed.isConverged && mixed.gap <= 1e-12)
    #expect(mixed.divergence < 1e-8)
    #expect(abs(mixed.expectedLogPreference - -2.7874) < 5e-5, "\(mixed.expectedLogPreference)")
    let entropy = mixed.outcomes.reduce(0) { $0 - $1 * log($1) }
    #expect(abs(entropy - 2.7874) < 5e-5, "\(entropy)")
    var differences = Differences(tolerance: 1e-12)
    differences.compare(mixed.weights, c, "weights")
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test(
    "where each policy leads to an outcome of its own, they are taken as outcomes are preferred")
  func identityChannel() throws {
    for seed in 0..<500 {
      var random = RandomStream(seed: 5, episode: UInt64(seed), step: 0, purpose: .user)
      let preferences = (0..<random.integer(1..<8)).map { _ in 8 * random.nextUnit() - 4 }
      let total = preferences.reduce(0) { $0 + exp($1) }
      let mixed = try MixedPolicy(
        outcomes: identity(preferences.count), logPreferences: preferences)
      var differences = Differences(tolerance: 1e-12)
      differences.compare(mixed.weights, preferences.map { exp($0) / total }, "weights")
      #expect(differences.isEmpty && mixed.divergence <= 1e-12, "seed \(seed): \(differences)")
    }
  }

  @Test("a target that some mixture reaches is reached, slowly where policies are much alike")
  func reachable() throws {
    var converged = 0
    for seed in 0..<100 {
      var random = RandomStream(seed: 6, episode: UInt64(seed), step: 0, purpose: .user)
      let (outcomes, policies) = (random.integer(2..<6), random.integer(2..<6))
      let columns = (0..<policies).map { _ in random.distribution(outcomes, 0, 0) }
      let table = (0..<outcomes).map { o in columns.map { $0[o] } }
      let weights = random.distribution(policies, 0, 0)
      let target = table.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
      let mixed = try MixedPolicy(outcomes: table, logPreferences: target.map(log), tolerance: 1e-9)
      // The least divergence is 0, so that the gap bounds what there is.
      #expect(mixed.divergence <= mixed.gap + 1e-15, "seed \(seed): \(mixed)")
      #expect(mixed.divergence < 1e-6, "seed \(seed): \(mixed)")
      #expect(mixed.isConverged == (mixed.gap <= 1e-9))
      converged += mixed.isConverged ? 1 : 0
    }
    #expect(converged >= 90, "\(converged) of 100")
  }

  @Test("where one outcome alone is wanted, evidence and divergence agree")
  func delta() throws {
    for seed in 0..<100 {
      var random = RandomStream(seed: 8, episode: UInt64(seed), step: 0, purpose: .user)
      let count = random.integer(2..<6)
      let wanted = random.integer(0..<count)
      let preferences = (0..<count).map { $0 == wanted ? 0.0 : -600 }
      let bins = identity(count)
      let mixed = try MixedPolicy(outcomes: bins, logPreferences: preferences)
      #expect(try MixedPolicy.mostEvidence(outcomes: bins, logPreferences: preferences) == wanted)
      #expect(mixed.isConverged && mixed.weights[wanted] == 1, "\(mixed.weights)")
    }
  }

  @Test("no corner and no grid point of the simplex is nearer than the gap says")
  func optimal() throws {
    func divergence(_ w: [Double], _ table: [[Double]], _ c: [Double]) -> Double {
      zip(table, c).reduce(0) { sum, row in
        let q = zip(row.0, w).reduce(0) { $0 + $1.0 * $1.1 }
        return sum + (q > 0 ? q * log(q / row.1) : 0)
      }
    }
    for seed in 0..<100 {
      var random = RandomStream(seed: 9, episode: UInt64(seed), step: 0, purpose: .user)
      let columns = (0..<3).map { _ in random.distribution(4, 0.3) }
      let table = (0..<4).map { o in columns.map { $0[o] } }
      let c = random.distribution(4, 0, 0)
      let mixed = try MixedPolicy(outcomes: table, logPreferences: c.map(log), tolerance: 1e-9)
      #expect(mixed.isConverged, "seed \(seed): gap \(mixed.gap) after \(mixed.iterations)")
      #expect(abs(mixed.divergence - divergence(mixed.weights, table, c)) < 1e-12)
      for i in 0...20 {
        for j in 0...(20 - i) {
          let w = [Double(i), Double(j), Double(20 - i - j)].map { $0 / 20 }
          #expect(mixed.divergence - mixed.gap <= divergence(w, table, c) + 1e-12, "seed \(seed)")
        }
      }
    }
  }

  @Test("where likelihoods are certain, evidence and divergence differ by the entropy of outcomes")
  func certain() throws {
    let predicted = try PredictedJoint(
      states: [0.2, 0.3, 0.5], likelihoods: [[[1, 1, 0], [0, 0, 1]]])
    let terms = try predicted.terms(.exactPosterior(logPreferences: [[1, -1]]))
    let entropy = -2 * 0.5 * log(0.5)
    #expect(
      abs(terms.value(of: .evidence) - terms.value(of: .divergence) - entropy) < 1e-15)
  }

  @Test("that end before they are found say so")
  func unfinished() throws {
    let mixed = try MixedPolicy(
      outcomes: [[0.9, 0.2], [0.1, 0.8]], logPreferences: [0, 0.3], tolerance: 0, iterations: 1)
    #expect(!mixed.isConverged && mixed.iterations == 1 && mixed.gap > 0)
    #expect(throws: InvalidInput.self) {
      try MixedPolicy(outcomes: [[0.9], [0.2]], logPreferences: [0, .nan], tolerance: -1)
    }
  }
}
