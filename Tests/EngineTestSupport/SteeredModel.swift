import ActiveInference

/// A random model of somebody who is led about for sure and does not know what there is.
///
/// - `place`: led by `move`; `door`: follows the place and itself, by `push`. Each state and action leads to
///   one next state.
/// - `mood`, `season`: nobody changes them. They stay or, if wanted, go their own way by chance.
package struct SteeredModel {
  package struct Options {
    /// Whether mood and season change.
    package var drifts = false
    /// Whether a move may fail.
    package var slips = false
    /// Whether the season says where one is led.
    package var seasonLeads = false
    /// Planning steps for which there are preferences; nil makes C `[outcome]`.
    package var preferenceRows: Int?
    package var policies: [[[Int]]]?
    package var places = 5
    /// Whether the likelihoods and what drifts have counts.
    package var hasCounts = false

    package init() {}
  }

  package let description: ModelDescription
  package let model: GenerativeModel

  package init(seed: UInt64, _ options: Options = Options()) throws {
    description = SteeredModel.describe(seed, options)
    model = try GenerativeModel(description)
  }

  private static func describe(_ seed: UInt64, _ options: Options) -> ModelDescription {
    var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .user)
    let places = options.places
    var result = ModelDescription()
    result.name = "steered"
    // Between one another, so that what is steered is no run of the joint states.
    result.factors = [
      Variable("mood", size: 3), Variable("place", size: places), Variable("season", size: 2),
      Variable("door", size: 2),
    ]
    result.controls = [Variable("move", size: 2), Variable("push", size: 2)]
    let outcomes = ["where": places, "sign": 4, "bell": 3, "echo": 2]
    result.modalities = ["where", "sign", "bell", "echo"].map {
      Variable($0, size: outcomes[$0] ?? 1)
    }
    result.likelihoods = [
      .init("where", given: ["place"], identity(places)),
      .init(
        "sign", given: ["season", "place", "mood"], random.table(4, given: [2, places, 3], 0.2)),
      .init("bell", given: ["door", "mood"], random.table(3, given: [2, 3], 0.2)),
      .init("echo", given: [], random.table(2, given: [], 0)),
    ]
    let leads = options.seasonLeads ? [2] : []
    let slip = options.slips ? 0.1 : 0
    let place = led(places, given: [places] + leads + [2], slip: slip, &random)
    result.transitions = [
      .init(
        "mood", given: ["mood"], controls: [],
        options.drifts ? random.table(3, given: [3], 0.2) : identity(3)),
      .init(
        "place", given: options.seasonLeads ? ["place", "season"] : ["place"], controls: ["move"],
        place),
      .init(
        "season", given: options.drifts ? ["mood", "season"] : ["season"], controls: [],
        options.drifts ? random.table(2, given: [3, 2], 0) : identity(2)),
      .init(
        "door", given: ["place", "door"], controls: ["push"],
        led(2, given: [places, 2, 2], slip: 0, &random)),
    ]
    let rows = options.preferenceRows.map { [$0] } ?? []
    for modality in result.modalities {
      let shape = rows + [modality.size]
      result.preferences.append(
        .init(
          modality.name,
          Tensor(shape: shape, (0..<shape.reduce(1, *)).map { _ in 4 * random.nextUnit() - 2 })))
    }
    result.initialStates = [
      .init("mood", Tensor(shape: [3], random.distribution(3, 0))),
      .init("season", Tensor(shape: [2], random.distribution(2, 0))),
      .init("place", Tensor(shape: [places], (0..<places).map { $0 == 1 ? 1 : 0 })),
      .init("door", Tensor(shape: [2], [1, 0])),
    ]
    result.policies = options.policies
    if options.hasCounts {
      result.likelihoodCounts = result.likelihoods.compactMap { table in
        table.probability.map { .init(table.modality, $0.mapStored { value in 3 * value + 0.1 }) }
      }
      result.transitionCounts = result.transitions.compactMap { table in
        guard table.controls.isEmpty else { return nil }
        return table.probability.map { .init(table.factor, $0.mapStored { value in 5 * value }) }
      }
      for index in result.likelihoods.indices { result.likelihoods[index].probability = nil }
    }
    return result
  }

  private static func identity(_ size: Int) -> Tensor {
    SampleModels.table([size, size]) { $0[0] == $0[1] ? 1 : 0 }
  }

  /// Each column leads to one value, or with probability `slip` to any.
  private static func led(
    _ size: Int, given: [Int], slip: Double, _ random: inout RandomStream
  ) -> Tensor {
    let next = (0..<given.reduce(1, *)).map { _ in random.integer(0..<size) }
    let values = (0..<size).flatMap { value in
      next.map { (1 - slip) * ($0 == value ? 1 : 0) + slip / Double(size) }
    }
    return Tensor(shape: [size] + given, values)
  }
}
