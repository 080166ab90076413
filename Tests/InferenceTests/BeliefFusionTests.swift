import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Fused beliefs") struct BeliefFusionTests {
  /// What some agents that share a prior each see of a state, and what one would believe who saw it all.
  private struct Witnesses {
    let prior: [Double]
    let posteriors: [[Double]]
    let central: [Double]

    init(_ seed: Int) {
      var random = RandomStream(seed: 11, episode: UInt64(seed), step: 0, purpose: .user)
      let count = random.integer(1..<8)
      let prior = random.distribution(count, seed % 3 == 0 ? 0.3 : 0)
      var central = prior
      posteriors = (0..<random.integer(1..<6)).map { _ in
        // P(what was seen | state).
        let likelihood = (0..<count).map { _ in 0.01 + random.nextUnit() }
        central = zip(central, likelihood).map { $0 * $1 }
        return Witnesses.normalised(zip(prior, likelihood).map { $0 * $1 })
      }
      self.prior = prior
      self.central = Witnesses.normalised(central)
    }

    static func normalised(_ weights: [Double]) -> [Double] {
      let total = weights.reduce(0, +)
      return weights.map { $0 / total }
    }
  }

  @Test("are the posterior of one who has seen what all have seen, on 500 random worlds")
  func central() throws {
    var differences = Differences(tolerance: 1e-12)
    var largest = 0.0
    for seed in 0..<500 {
      let witnesses = Witnesses(seed)
      let fused = try BeliefFusion.fuse(witnesses.posteriors, prior: witnesses.prior)
      differences.compare(fused, witnesses.central, "world \(seed)")
      let reports = try BeliefFusion.fuse(
        witnesses.posteriors.map { (prior: witnesses.prior, belief: $0) })
      #expect(reports == fused)
      // Who multiplies posteriors counts the prior once for each.
      let product = Witnesses.normalised(
        fused.indices.map { state in witnesses.posteriors.reduce(1) { $0 * $1[state] } })
      for (wrong, right) in zip(product, witnesses.central) {
        largest = max(largest, abs(wrong - right))
      }
    }
    #expect(differences.isEmpty, "\(differences)")
    #expect(largest > 0.3, "a prior that is counted n times misleads: \(largest)")
  }

  @Test("of any number that have learned nothing are what they began with")
  func clones() throws {
    for seed in 0..<100 {
      let prior = Witnesses(seed).prior
      for count in [1, 2, 5, 1000] {
        let fused = try BeliefFusion.fuse(
          [[Double]](repeating: prior, count: count), prior: prior)
        var differences = Differences(tolerance: 1e-12)
        differences.compare(fused, prior, "world \(seed), \(count) clones")
        #expect(differences.isEmpty, "\(differences)")
      }
    }
  }

  @Test("do not underflow where many agree on what is improbable")
  func extremes() throws {
    // Each is ten thousand million times surer than the prior: (1e-190)^20 / (1e-200)^19 is 1.
    let fused = try BeliefFusion.fuse(
      [[Double]](repeating: [1e-190, 1], count: 20), prior: [1e-200, 1])
    #expect(abs(fused[0] - 0.5) < 1e-10 && abs(fused[1] - 0.5) < 1e-10, "\(fused)")
    #expect(
      try BeliefFusion.fuse(
        [[Double]](repeating: [1e-300, 1], count: 50), prior: [1e-200, 1]) == [0, 1])
  }

  @Test("need one prior, and states that all think possible")
  func refused() throws {
    func failure(_ body: () throws -> [Double]) -> BeliefFusion.Failure? {
      #expect(throws: BeliefFusion.Failure.self) { try body() }
    }
    #expect(
      failure { try BeliefFusion.fuse([([0.5, 0.5], [1, 0]), ([0.4, 0.6], [0.5, 0.5])]) }
        == .differentPriors(agent: 1, state: 0))
    #expect(
      failure { try BeliefFusion.fuse([[1, 0], [0.5, 0.5]], prior: [1, 0]) }
        == .outsideThePrior(agent: 1, state: 1))
    let contradiction = failure { try BeliefFusion.fuse([[1, 0], [0, 1]], prior: [0.5, 0.5]) }
    #expect(contradiction == .contradiction)
    #expect(contradiction?.description == "no state is possible for every agent")
    #expect(throws: InvalidInput.self) { try BeliefFusion.fuse([[1, 0, 0]], prior: [0.5, 0.5]) }
    #expect(throws: InvalidInput.self) { try BeliefFusion.fuse([], prior: [0.5, 0.5]) }
    #expect(throws: InvalidInput.self) { try BeliefFusion.fuse([]) }
  }
}
