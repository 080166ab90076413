import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("Coordinate ascent") struct CoordinateAscentTests {
  @Test("lowers free energy at every sweep")
  func monotone() throws {
    for seed in 0..<100 as Range<UInt64> {
      var options = RandomModel.Options()
      options.fewestFactors = 2
      options.sparsity = seed % 2 == 0 ? 0.05 : 0.3
      var random = try RandomModel(seed: 500 + seed, options)
      let inferring = try Inferring(random.model, .coordinateAscent) { $0.iterations = 50 }
      var sweeps: [Double] = []
      _ = try inferring.infer(random.record(steps: 1).observations[0]) { sweeps.append($1) }
      #expect(sweeps.count == inferring.inference.outcome.sweeps)
      for (one, next) in zip(sweeps, sweeps.dropFirst()) {
        #expect(next - one <= 1e-12 * max(1, abs(one)), "model \(seed): \(one), then \(next)")
      }
    }
  }

  @Test("converges where simultaneous updates oscillate")
  func exclusiveOr() throws {
    let model = try SampleModels.exclusiveOr()
    let ascent = try Inferring(model, .coordinateAscent) { $0.iterations = 200 }
    let settled = try ascent.infer([.outcome(0)])
    #expect(ascent.inference.outcome.converged)

    // pymdp's scheme after 16 and after 17 sweeps: [.016, .984], then [.992, .008].
    let even = try Inferring(model, .fixedPoint)
    let odd = try Inferring(model, .fixedPoint) { $0.iterations = 17 }
    #expect(abs(try even.infer([.outcome(0)])[0][0] - 0.016) < 5e-4)
    #expect(abs(try odd.infer([.outcome(0)])[0][0] - 0.992) < 5e-4)
    #expect(!even.inference.outcome.converged)
    #expect(ascent.freeEnergy < even.freeEnergy && ascent.freeEnergy < odd.freeEnergy)

    // A fixed point: q1(s) is proportional to prior1(s) exp E_q2[ln P(o | s)], and q2 likewise.
    for (factor, prior) in [[0.6, 0.4], [0.4, 0.6]].enumerated() {
      let other = settled[1 - factor]
      let logOdds =
        log(prior[0] / prior[1]) + (other[0] - other[1]) * log(0.99 / 0.01)
      #expect(abs(settled[factor][0] - 1 / (1 + exp(-logOdds))) < 1e-6, "factor \(factor)")
    }
  }

  @Test("says that it has not converged where the sweeps run out")
  func unfinished() throws {
    let inferring = try Inferring(SampleModels.exclusiveOr(), .coordinateAscent) {
      $0.iterations = 1
    }
    _ = try inferring.infer([.outcome(0)])
    #expect(inferring.inference.outcome.sweeps == 1)
    #expect(!inferring.inference.outcome.converged)
  }

  @Test("is Bayes' rule where there is one factor")
  func oneFactor() throws {
    var differences = Differences(tolerance: 1e-12)
    let model = try SampleModels.sensors(2)
    let ascent = try Inferring(model, .coordinateAscent)
    let exact = try Inferring(model, .exact)
    let seen: [Observation] = [.outcome(0), .outcome(0)]
    differences.compare(try ascent.infer(seen), try exact.infer(seen), "beliefs")
    differences.compare(ascent.freeEnergy, exact.freeEnergy, "free energy")
    #expect(differences.isEmpty, "\(differences)")
  }
}
