import GenerativeModel

/// The mistakes that the linter must find, each with its name and place.
enum SeededFaults {
  static let all = states + actions + outcomes + distinctions + preferences + columns

  /// No action leads to the cue.
  @Sendable private static func losesCue(_ model: inout ModelDescription) {
    model.transition(0) { values in
      for previous in 0..<4 {
        values[3 * 16 + previous * 4 + 3] = 0
        values[previous * 4 + 3] = 1
      }
    }
  }

  /// No move ends in the last cell.
  @Sendable private static func losesCorner(_ model: inout ModelDescription) {
    model.transition(0) { values in
      for (cell, action) in [(5, 2), (7, 1)] {
        values[8 * 36 + cell * 4 + action] = 0
        values[cell * 36 + cell * 4 + action] = 1
      }
    }
  }

  /// Both actions of the machine do what running does.
  @Sendable private static func neverMends(_ model: inout ModelDescription) {
    model.transition(0) { values in
      for pair in 0..<9 { values[2 * pair + 1] = values[2 * pair] }
    }
  }

  /// A new machine stays new, whatever one does.
  @Sendable private static func neverWears(_ model: inout ModelDescription) {
    model.transition(0) { values in
      values[0] = 1
      values[6] = 0
    }
  }

  /// The machine is as loud in every state.
  @Sendable private static func soundsAlike(_ model: inout ModelDescription) {
    model.likelihood(0) { $0 = [Double](repeating: 0.5, count: 6) }
  }

  private static let states: [SeededFault] = [
    .init(
      "no action leads to the cue", .unreachableState, "factors[location]", words: "cue",
      in: GoodModel.maze, losesCue),
    .init(
      "the corner cannot be entered", .unreachableState, "factors[cell]", words: "cell 8",
      in: GoodModel.grid, losesCorner),
    .init(
      "a new machine never wears", .unreachableState, "factors[wear]", words: "worn, broken",
      in: GoodModel.machine, neverWears),
    .init(
      "a context that never is", .unreachableState, "factors[context]", words: "right pays",
      in: GoodModel.maze
    ) { $0.initialStates.append(.init("context", Tensor(shape: [2], [1, 0]))) },
    .init(
      "it begins where nothing changes", .absorbedStart, "D[wear]", in: GoodModel.machine,
      neverWears),
    .init("the first cell is a trap", .absorbedStart, "D[cell]", in: GoodModel.grid) {
      $0.transition(0) { values in
        for next in 0..<9 {
          for action in 0..<4 { values[next * 36 + action] = next == 0 ? 1 : 0 }
        }
      }
    },
    .init(
      "the hint never says right", .impossibleOutcome, "modalities[hint]", words: "says right",
      in: GoodModel.maze
    ) {
      $0.likelihood(2) { values in
        for column in 0..<8 {
          values[column] += values[16 + column]
          values[16 + column] = 0
        }
      }
    },
    .init("a goal that cannot be reached", .unreachableGoal, "H[cell]", in: GoodModel.grid) {
      losesCorner(&$0)
      $0.goals = [.init("cell", Tensor(shape: [9], [0, 0, 0, 0, 0, 0, 0, 0, 1]))]
    },
  ]

  private static let actions: [SeededFault] = [
    .init("a control without a factor", .idleControl, "controls[lights]", in: GoodModel.maze) {
      $0.controls.append(Variable("lights", ["off", "on"]))
    },
    .init(
      "right goes left", .deadAction, "controls[move]", words: "left, right never",
      in: GoodModel.maze
    ) {
      $0.transition(0) { values in
        for row in 0..<16 { values[row * 4 + 2] = values[row * 4 + 1] }
      }
    },
    .init(
      "mending is running", .deadAction, "controls[do]", words: "no action", in: GoodModel.machine,
      neverMends),
    .init(
      "left goes up", .deadAction, "controls[move]", words: "up, left", in: GoodModel.grid
    ) {
      $0.transition(0) { values in
        for row in 0..<81 { values[row * 4 + 3] = values[row * 4] }
      }
    },
    .init(
      "no policy asks the cue", .unlistedAction, "controls[move]", words: "cue", in: GoodModel.maze
    ) { $0.policies = [[[0]], [[1]], [[2]]] },
    .init("a policy twice", .duplicatePolicy, "policies[2]", in: GoodModel.machine) {
      $0.policies?[2] = [[0], [0]]
    },
    .init("a policy ruled out", .excludedPolicy, "E", words: "1 policy: 2", in: GoodModel.machine) {
      $0.habit = [0.5, 0.5, 0]
    },
    .init("a habit that decides", .decidedHabit, "E", in: GoodModel.machine) {
      $0.habit = [1, 0, 0]
    },
    .init("a control of one action", .singleValue, "controls[breathe]", in: GoodModel.maze) {
      $0.controls.append(Variable("breathe", size: 1))
    },
  ]

  private static let outcomes: [SeededFault] = [
    .init("a hint that says nothing", .uninformativeModality, "A[hint]", in: GoodModel.maze) {
      $0.likelihood(2) { values in
        for offset in values.indices { values[offset] = offset < 8 ? 1 : 0 }
      }
    },
    .init(
      "a noise that is the same", .uninformativeModality, "A[noise]", in: GoodModel.machine,
      soundsAlike),
    .init("a sight of nothing", .uninformativeModality, "A[sight]", in: GoodModel.grid) {
      $0.likelihood(0) { $0 = [Double](repeating: 1.0 / 9, count: 81) }
    },
    .init(
      "a hint where nobody comes", .uninformativeModality, "A[hint]", in: GoodModel.maze, losesCue),
    .init("a second map", .duplicateModality, "A[map]", words: "where", in: GoodModel.maze) {
      $0.modalities.append(Variable("map", size: 4))
      $0.likelihoods.append(.init("map", given: ["location"], GoodModel.identity(4)))
    },
    .init("sight in both eyes", .duplicateModality, "A[other eye]", in: GoodModel.grid) {
      $0.modalities.append(Variable("other eye", size: 9))
      $0.likelihoods.append(.init("other eye", given: ["cell"], GoodModel.identity(9)))
    },
    .init("an outcome alone", .singleValue, "modalities[silence]", in: GoodModel.maze) {
      $0.modalities.append(Variable("silence", size: 1))
      $0.likelihoods.append(.init("silence", given: [], Tensor(shape: [1], [1])))
    },
    .init(
      "a noise tells nothing to plan for", .constantInformationGain, "A", words: "zero",
      in: GoodModel.machine, soundsAlike),
    .init(
      "no action brings a noise about", .constantInformationGain, "A", words: "same",
      in: GoodModel.machine, neverMends),
    .init(
      "a maze without a secret", .constantInformationGain, "A", words: "never uncertain",
      in: GoodModel.maze
    ) { $0.initialStates.append(.init("context", Tensor(shape: [2], [1, 0]))) },
  ]

  /// A factor that stays as it is and is given nothing else.
  @Sendable private static func add(_ factor: Variable, to model: inout ModelDescription) {
    model.factors.append(factor)
    model.transitions.append(
      .init(
        factor.name, given: [factor.name], controls: [], GoodModel.identity(factor.size)))
  }

  private static let distinctions: [SeededFault] = [
    .init("a mood that nobody sees", .unobservableFactor, "factors[mood]", in: GoodModel.maze) {
      add(Variable("mood", ["good", "bad"]), to: &$0)
    },
    .init(
      "weather that only moves a mood that nobody sees", .unobservableFactor, "factors[weather]",
      in: GoodModel.maze
    ) {
      add(Variable("weather", ["sun", "rain"]), to: &$0)
      add(Variable("mood", ["good", "bad"]), to: &$0)
      $0.transitions[3].given = ["weather"]
    },
    .init(
      "a context that shows nowhere", .unobservableFactor, "factors[context]", in: GoodModel.maze
    ) {
      for index in [1, 2] {
        $0.likelihood(index) { values in
          for pair in stride(from: 0, to: values.count, by: 2) { values[pair + 1] = values[pair] }
        }
      }
    },
    .init(
      "worn is as good as broken", .indistinguishableStates, "factors[wear]", words: "worn, broken",
      in: GoodModel.machine
    ) {
      $0.likelihood(0) { $0 = [0.9, 0.5, 0.5, 0.1, 0.5, 0.5] }
      $0.transition(0) { values in
        (values[5], values[11], values[17]) = (0.75, 0.25, 0)
      }
    },
    .init(
      "blue paint and green", .indistinguishableStates, "factors[colour]", words: "blue, green",
      in: GoodModel.maze
    ) {
      add(Variable("colour", ["red", "blue", "green"]), to: &$0)
      $0.modalities.append(Variable("paint", ["warm", "cold"]))
      $0.likelihoods.append(
        .init("paint", given: ["colour"], Tensor(shape: [2, 3], [1, 0, 0, 0, 1, 1])))
    },
    .init(
      "a sight of the row alone", .indistinguishableStates, "factors[cell]",
      words: "cell 0, cell 1, cell 2", in: GoodModel.grid
    ) {
      $0.likelihood(0) { values in
        for offset in values.indices { values[offset] = offset / 9 == offset % 9 / 3 ? 1 : 0 }
      }
    },
    .init(
      "a hint whatever the context", .idleDependency, "A[hint]", words: "context",
      in: GoodModel.maze
    ) {
      $0.likelihood(2) { values in
        for pair in stride(from: 0, to: values.count, by: 2) { values[pair + 1] = values[pair] }
      }
    },
    .init(
      "a context given where one is", .idleDependency, "B[context]", words: "factor location",
      in: GoodModel.maze
    ) {
      $0.transitions[1] = .init(
        "context", given: ["context", "location"], controls: [],
        Tensor(shape: [2, 2, 4], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]))
    },
    .init(
      "a context given what one does", .idleDependency, "B[context]", words: "control move",
      in: GoodModel.maze
    ) {
      $0.transitions[1] = .init(
        "context", given: ["context"], controls: ["move"],
        Tensor(shape: [2, 2, 4], [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]))
    },
    .init(
      "two labels that look alike", .similarLabels, "modalities[reward]", words: "'Reward '",
      in: GoodModel.maze
    ) { $0.modalities[1] = Variable("reward", ["none", "reward", "Reward "]) },
    .init("two factors that sound alike", .similarLabels, "factors", in: GoodModel.maze) {
      add(Variable("Location", ["here", "there"]), to: &$0)
    },
  ]

  private static let preferences: [SeededFault] = [
    .init("all rewards alike", .constantPreference, "C[reward]", in: GoodModel.maze) {
      $0.preferences = [.init("reward", Tensor(shape: [3], [3, 3, 3]))]
    },
    .init("all noises alike, step by step", .constantPreference, "C[noise]", in: GoodModel.machine)
    {
      $0.preferences = [.init("noise", Tensor(shape: [2, 2], [1, 1, 2, 2]))]
    },
    .init(
      "a preferred cell that cannot be reached", .impossiblePreference, "C[sight]",
      words: "sight 8",
      in: GoodModel.grid, losesCorner),
    .init(
      "a loss that never comes", .impossiblePreference, "C[reward]", words: "loss",
      in: GoodModel.maze
    ) {
      $0.likelihood(1) { values in
        for column in 0..<8 {
          values[column] += values[16 + column]
          values[16 + column] = 0
        }
      }
    },
    .init("a sky that no move changes", .uncontrollablePreference, "C[sky]", in: GoodModel.maze) {
      $0.modalities.append(Variable("sky", ["blue", "grey"]))
      $0.likelihoods.append(
        .init("sky", given: ["context"], Tensor(shape: [2, 2], [0.7, 0.4, 0.3, 0.6])))
      $0.preferences.append(.init("sky", Tensor(shape: [2], [1, 0])))
    },
    .init(
      "a noise that no action changes", .uncontrollablePreference, "C[noise]",
      in: GoodModel.machine,
      neverMends),
    .init("nothing to want", .noPreference, "C", in: GoodModel.maze) { $0.preferences = [] },
  ]

  private static let columns: [SeededFault] = [
    .init("a modality without end", .tooLarge, "factors", in: GoodModel.maze) {
      $0.modalities.append(Variable("noise", size: 1 << 40))
      $0.likelihoods.append(
        .init("noise", given: [], Tensor(shape: [1 << 40], offsets: [7], values: [1])))
    },
    .init("a digit too many", .inexactColumn, "A[noise]", in: GoodModel.machine) {
      $0.likelihood(0) { $0[0] = 0.9000003 }
    },
    .init(
      "action and state exchanged", .swappedAxes, "B[location]", words: "exchanged",
      in: GoodModel.maze
    ) { $0.exchange(transition: 0, 1, 2) },
    .init(
      "next and previous state exchanged", .swappedAxes, "B[wear]", words: "normalised over wear",
      in: GoodModel.machine
    ) { $0.exchange(transition: 0, 0, 1) },
    .init(
      "outcome and state exchanged", .swappedAxes, "A[noise]", words: "normalised over wear",
      in: GoodModel.machine
    ) { $0.exchange(likelihood: 0, 0, 1) },
    .init(
      "next state and action exchanged", .swappedAxes, "B[location]", words: "normalised over move",
      in: GoodModel.maze
    ) {
      // Centre stays where one is.
      $0.transition(0) { values in
        for row in 0..<16 { values[row * 4] = row / 4 == row % 4 ? 1 : 0 }
      }
      $0.exchange(transition: 0, 0, 2)
    },
    .init("a first state too many", .invalidModel, "D[location]", in: GoodModel.maze) {
      $0.initialStates = [.init("location", Tensor(shape: [5], [1, 0, 0, 0, 0]))]
    },
  ]
}
