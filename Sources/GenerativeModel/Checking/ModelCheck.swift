/// Finds every fault of a described model in one pass, and what the model is where there are none.
///
/// The steps go in the order of a file's keys, so that the faults do. Each step takes what it
/// depends on as it stands and says nothing about what an earlier fault has left undecided.
struct ModelCheck {
  let description: ModelDescription
  let faults = FaultList()
  /// The last labels of a variable that were found distinct and not empty.
  var distinctLabels: [String] = []

  /// How many more entries sparse vectors and preferences may have: they are written out, and a short
  /// file must not ask for much memory.
  private var room: Int
  /// Where the first variable of a name is.
  let factorIndex: [String: Int]
  let modalityIndex: [String: Int]
  let controlIndex: [String: Int]

  private static func index(_ variables: [Variable]) -> [String: Int] {
    Dictionary(variables.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// Where the first variable of a kind with a name is.
  func position(of name: String, _ kind: String) -> Int? {
    switch kind {
    case "factor": factorIndex[name]
    case "modality": modalityIndex[name]
    default: controlIndex[name]
    }
  }

  init(_ description: ModelDescription) {
    self.description = description
    faults.add(description.faults)
    let tables =
      description.likelihoods.map(\.probability)
      + description.transitions.map(\.probability)
      + (description.likelihoodCounts + description.transitionCounts).map(\.values)
    factorIndex = ModelCheck.index(description.factors)
    modalityIndex = ModelCheck.index(description.modalities)
    controlIndex = ModelCheck.index(description.controls)
    room = 1 << 21 + 4 * tables.reduce(0) { $0 + ($1?.storedCount ?? 0) }
  }

  /// Whether a table can be written out; a fault where not.
  mutating func takeRoom(for tensor: Tensor, _ place: TablePlace) -> Bool {
    guard case .sparse = tensor.storage else { return true }
    guard tensor.count <= room else {
      add(
        place.name, "has \(tensor.count) entries, too many to be written out for so small a model",
        remedy: "give it dense, or split the variable")
      return false
    }
    room -= tensor.count
    return true
  }

  func add(
    _ place: @autoclosure () -> String, _ problem: @autoclosure () -> String,
    remedy: @autoclosure () -> String = ""
  ) {
    faults.add(place(), problem(), remedy: remedy())
  }

  /// How far a distribution's sum may be from 1, and a probability from the mean of its counts.
  static let tolerance = 1e-6
  /// Positive counts. Learning adds 1e100 at most to one at a time, and so never leaves the range.
  static let counts = 1e-150...1e150
}

extension GenerativeModel {
  /// Checks a description and resolves its names.
  ///
  /// Nothing is broadcast, wrapped or renormalised. Where counts are given the probability is their
  /// mean, for a preference (C) the logarithm of their mean; a probability given beside them must
  /// agree to 1e-6 and is then replaced by the mean, so that tables and counts are always in step.
  ///
  /// - Throws: ``InvalidInput`` with every fault of the description, in the order of a file's keys.
  /// - Complexity: O(entries held); a sparse table costs nothing for the cells that are zero.
  public init(_ description: ModelDescription) throws(InvalidInput) {
    var check = ModelCheck(description)
    check.checkVariables()
    let likelihoods = check.likelihoods()
    let transitions = check.transitions()
    let preferences = check.preferences()
    let initialStates = check.initialStates()
    let habitGiven = check.habitGiven()
    let habit = check.habit(given: habitGiven)
    check.checkPolicies()
    let concentration = check.concentration(
      likelihoods, transitions, preferences, initialStates, habitGiven: habitGiven)
    let (goals, avoided) = check.goals()
    try check.faults.check(source: description.name)

    self.init(
      name: description.name, factors: description.factors, modalities: description.modalities,
      controls: description.controls,
      likelihoods: likelihoods.enumerated().compactMap { index, table in
        let mean = concentration.likelihood[index].map(meanOfColumns)
        return (mean ?? table?.probability).map {
          Likelihood(given: table?.given ?? [], probability: $0)
        }
      },
      transitions: transitions.enumerated().compactMap { index, table in
        let mean = concentration.transition[index].map(meanOfColumns)
        return (mean ?? table?.probability).map {
          Transition(given: table?.given ?? [], controls: table?.controls ?? [], probability: $0)
        }
      },
      preferences: zip(preferences, concentration.preference).map { table, counts in
        counts.map(logarithmOfMean) ?? table
      },
      initialStates: zip(initialStates, concentration.initialState).map { table, counts in
        counts.map(mean) ?? table
      },
      habit: concentration.habit.map { check.habitMean($0, given: habitGiven ?? []) } ?? habit,
      habitGiven: habitGiven ?? [], policies: description.policies,
      concentration: concentration, goals: goals, avoided: avoided)
  }
}
