import ActiveInference
import EngineTestSupport
import Testing

@Suite("A belief about very many states") struct WideBeliefTests {
  /// A ring of places: a move leads to the next with probability 0.9, and one place in ten is mistaken
  /// for the next.
  private func ring(_ size: Int, first: Int?) throws -> GenerativeModel {
    var description = ModelDescription()
    description.factors = [Variable("place", size: size)]
    description.modalities = [Variable("where", size: size)]
    description.controls = [Variable("move", size: 2)]
    var seen: [(Int, Double)] = []
    var moved: [(Int, Double)] = []
    for place in 0..<size {
      let before = (place + size - 1) % size
      let after = (place + 1) % size
      for (other, p) in [(place, 0.9), (before, 0.1)].sorted(by: { $0.0 < $1.0 }) {
        seen.append((place * size + other, p))
      }
      for other in [before, place, after].sorted() {
        for move in 0..<2 {
          let p = other == place ? 0.1 : (other == before) == (move == 0) ? 0.9 : 0
          if p > 0 { moved.append(((place * size + other) * 2 + move, p)) }
        }
      }
    }
    description.likelihoods = [
      .init(
        "where", given: ["place"],
        Tensor(shape: [size, size], offsets: seen.map(\.0), values: seen.map(\.1)))
    ]
    description.transitions = [
      .init(
        "place", given: ["place"], controls: ["move"],
        Tensor(shape: [size, size, 2], offsets: moved.map(\.0), values: moved.map(\.1)))
    ]
    if let first {
      description.initialStates = [
        .init("place", Tensor(shape: [size], offsets: [first], values: [1]))
      ]
    }
    return try GenerativeModel(description)
  }

  @Test("costs what it touches: a few of a hundred thousand states", arguments: [77, nil])
  func support(first: Int?) throws {
    let inferring = try Inferring(ring(100_000, first: first), .coordinateAscent)
    #expect(try inferring.infer([.outcome(77)])[0][77] > 0.89)
    var counts = try #require(inferring.supportCounts)
    #expect(counts.prior == [first == nil ? 100_000 : 1])
    // 77 itself, or 76 mistaken for it.
    #expect(counts.belief == [first == nil ? 2 : 1])
    for step in 1...3 {
      inferring.advance([0])
      let belief = try inferring.infer([.outcome(77 + step)])[0]
      counts = try #require(inferring.supportCounts)
      #expect(counts.prior[0] <= 3)
      #expect(counts.belief[0] <= 2)
      #expect(abs(belief[76 + step] + belief[77 + step] - 1) < 1e-12)
    }
  }

  @Test("is Bayes' rule on the places that are possible")
  func bayes() throws {
    let inferring = try Inferring(ring(2000, first: nil), .coordinateAscent)
    _ = try inferring.infer([.outcome(10)])
    // 10 with 0.9, 9 with 0.1; then forwards, and 11 is seen.
    inferring.advance([0])
    let belief = try inferring.infer([.outcome(11)])[0]
    let eleven = (0.9 * 0.9) * 0.9
    let ten = (0.9 * 0.1 + 0.1 * 0.9) * 0.1
    #expect(abs(belief[11] - eleven / (eleven + ten)) < 1e-14)
    #expect(abs(belief[10] - ten / (eleven + ten)) < 1e-14)
  }
}
