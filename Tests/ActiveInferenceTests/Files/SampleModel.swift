import ActiveInference

/// A lamp in a room that may be dark: two factors, two modalities, two controls, counts of all kinds.
func lampModel() throws -> GenerativeModel {
  var description = ModelDescription()
  description.name = "lamp"
  description.factors = [Variable("lamp", ["off", "on"]), Variable("room", size: 3)]
  description.modalities = [
    Variable("light", ["dark", "dim", "bright"]), Variable("sound", size: 2),
  ]
  description.controls = [Variable("switch", ["leave", "press"]), Variable("walk", size: 3)]
  description.likelihoods = [
    .init(
      "light", given: ["lamp", "room"],
      Tensor(
        shape: [3, 2, 3],
        [
          0.7, 0.6, 0.5, 0.1, 0.2, 0.3, 0.2, 0.3, 0.25, 0.2, 0.2, 0.3, 0.1, 0.1, 0.25, 0.7, 0.6,
          0.4,
        ])),
    .init("sound", given: ["room"]),
  ]
  let stay = [0.9, 0.1, 0.1, 0.9]
  let swap = [0.1, 0.9, 0.9, 0.1]
  description.transitions = [
    .init(
      "lamp", given: ["lamp"], controls: ["switch"],
      Tensor(shape: [2, 2, 2], zip(stay, swap).flatMap { [$0, $1] })),
    .init(
      "room", given: [], controls: ["walk"], Tensor(shape: [3, 3], [1, 0, 0, 0, 1, 0, 0, 0, 1])),
  ]
  description.preferences = [.init("light", Tensor(shape: [3], [-1, 0, 2]))]
  description.initialStates = [.init("lamp", Tensor(shape: [2], [0.75, 0.25]))]
  description.likelihoodCounts = [
    .init("sound", Tensor(shape: [2, 3], [1, 2, 0.1, 3, 1, 0.7]))
  ]
  description.initialStateCounts = [.init("room", Tensor(shape: [3], [1, 1, 2]))]
  description.habitCounts = [1, 1, 2, 1, 3, 1]
  return try GenerativeModel(description)
}

/// The faults of an input, as a user sees them, one a line; the empty text where there are none.
func messages(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// Reproducible random numbers for tests.
struct TestRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // Steele, Lea and Flood's SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A finite double of any magnitude.
  mutating func anyDouble() -> Double {
    while true {
      let value = Double(bitPattern: next())
      if value.isFinite { return value }
    }
  }
}
