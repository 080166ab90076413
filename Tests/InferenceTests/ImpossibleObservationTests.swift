import ActiveInference
import EngineTestSupport
import Testing

/// A light that is certainly off is seen on.
@Suite("Impossible observations") struct ImpossibleObservationTests {
  static let schemes: [InferenceSettings.Algorithm] = [.exact, .coordinateAscent, .fixedPoint]

  private func lamp() throws -> GenerativeModel {
    var model = ModelDescription()
    model.factors = [Variable("lamp", ["off", "on"])]
    model.modalities = [
      Variable("hum", ["silent", "loud"]), Variable("light", ["dark", "bright"]),
    ]
    model.likelihoods = [
      .init("hum", given: ["lamp"], Tensor(shape: [2, 2], [0.5, 0.2, 0.5, 0.8])),
      .init("light", given: ["lamp"], Tensor(shape: [2, 2], [1, 0, 0, 1])),
    ]
    model.transitions = [
      .init("lamp", given: ["lamp"], controls: [], Tensor(shape: [2, 2], [1, 0, 0, 1]))
    ]
    model.initialStates = [.init("lamp", Tensor(shape: [2], [1, 0]))]
    return try GenerativeModel(model)
  }

  @Test("are an error that names the modality", arguments: schemes)
  func error(algorithm: InferenceSettings.Algorithm) throws {
    let inferring = try Inferring(lamp(), algorithm)
    let failure = #expect(throws: ImpossibleObservation.self) {
      try inferring.infer([.outcome(1), .outcome(1)])
    }
    #expect(failure?.modality == 1)
  }

  @Test("are as good as missing where they are ignored, and flagged", arguments: schemes)
  func ignored(algorithm: InferenceSettings.Algorithm) throws {
    let inferring = try Inferring(lamp(), algorithm) { $0.impossible = .ignore }
    let beliefs = try inferring.infer([.outcome(1), .outcome(1)])
    #expect(inferring.inference.ignored.array(0..<2) == [false, true])
    let freeEnergy = inferring.freeEnergy
    #expect(try inferring.infer([.outcome(1), .missing]) == beliefs)
    #expect(inferring.freeEnergy == freeEnergy)
    #expect(inferring.inference.ignored.array(0..<2) == [false, false])
  }

  @Test("cost a finite amount where probabilities have a floor", arguments: schemes)
  func floored(algorithm: InferenceSettings.Algorithm) throws {
    let inferring = try Inferring(lamp(), algorithm) {
      $0.impossible = .floored
      $0.convention = .pymdp1
    }
    let belief = try inferring.infer([.outcome(1), .outcome(1)])[0]
    // Both states cost one floor: what is left is the hum.
    #expect(abs(belief[0] - 5 / 13.0) < 1e-12, "\(belief)")
    #expect(inferring.freeEnergy > 30 && inferring.freeEnergy.isFinite)
  }

  @Test("together though each alone is possible are found by the exact filter")
  func jointly() throws {
    let model = try SampleModels.sensors(2, accuracy: 1)
    let inferring = try Inferring(model, .exact)
    let failure = #expect(throws: ImpossibleObservation.self) {
      try inferring.infer([.outcome(0), .outcome(1)])
    }
    #expect(failure?.modality == 1)
    let lenient = try Inferring(model, .exact) { $0.impossible = .ignore }
    #expect(try lenient.infer([.outcome(0), .outcome(1)]) == [[1, 0]])
    #expect(lenient.inference.ignored.array(0..<2) == [false, true])
  }
}
