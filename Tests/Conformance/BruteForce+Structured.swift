import ActiveInference
import Foundation

extension BruteForce {
  /// What is believed about all steps where each factor has a distribution of its own over all its
  /// sequences of states, each in turn made the best given the others; a group of factors that tables
  /// connect after the other. A factor by itself is taken as it is, without smallest logarithms.
  ///
  /// - Returns: `[step][factor][state]`, and the negative free energy.
  func structured(_ settings: SmoothingSettings) -> (beliefs: [[[Double]]], bound: Double) {
    var beliefs = episode.observations.map { _ in model.factors.map { _ in [Double]() } }
    var bound = 0.0
    for group in groups {
      var approximation = Approximation(self, group)
      bound += approximation.settle(settings)
      for (index, factor) in group.enumerated() {
        for step in beliefs.indices {
          beliefs[step][factor] = approximation.belief(index, at: step)
        }
      }
    }
    return (beliefs, bound)
  }

  /// Factors that share a table, directly or through others.
  private var groups: [[Int]] {
    var groups = model.factors.indices.map { Set([$0]) }
    let tables =
      model.likelihoods.map { Set($0.given) }
      + model.transitions.enumerated().map { Set($1.given + [$0]) }
    for table in tables where !table.isEmpty {
      let touched = groups.filter { !$0.isDisjoint(with: table) }
      groups.removeAll { !$0.isDisjoint(with: table) }
      groups.append(touched.reduce(into: Set()) { $0.formUnion($1) })
    }
    return groups.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  /// One group of factors.
  private struct Approximation {
    let model: BruteForce
    let group: [Int]
    let steps: Int
    /// By factor, every sequence of its states.
    let sequences: [[[Int]]]
    /// Every choice of a sequence for each factor, and ln P(observations, these sequences).
    let choices: [[Int]]
    let logs: [Double]
    /// By factor, the probability of each sequence.
    var q: [[Double]]

    init(_ model: BruteForce, _ group: [Int]) {
      self.model = model
      self.group = group
      let steps = model.episode.observations.count
      self.steps = steps
      let sequences = group.map { factor in
        BruteForce.sequences(
          [Int](repeating: model.model.factors[factor].size, count: steps))
      }
      self.sequences = sequences
      choices = BruteForce.sequences(sequences.map(\.count))
      logs = choices.map { choice in
        model.logProbability(zip(sequences, choice).map { $0[$1] }, group)
      }
      // What would be expected without observations, step by step and factor by factor.
      var expected = [group.map { model.initialState[$0] }]
      for action in model.episode.actions {
        expected.append(model.expected(after: expected[expected.count - 1], group, action))
      }
      q = group.indices.map { index in
        sequences[index].map { sequence in
          sequence.enumerated().reduce(1) { $0 * expected[$1.offset][index][$1.element] }
        }
      }
    }

    mutating func settle(_ settings: SmoothingSettings) -> Double {
      var last = Double.infinity
      var sweep = 0
      while sweep < settings.sweeps {
        for index in group.indices { update(index) }
        let next = freeEnergy
        sweep += 1
        let isDone = last - next < settings.tolerance
        last = next
        if isDone { break }
      }
      return -last
    }

    private mutating func update(_ index: Int) {
      var sums = [Double](repeating: 0, count: q[index].count)
      for (choice, log) in zip(choices, logs) {
        var weight = 1.0
        for other in group.indices where other != index { weight *= q[other][choice[other]] }
        sums[choice[index]] += weight * log
      }
      let largest = sums.max() ?? 0
      let weights = sums.map { exp($0 - largest) }
      let total = weights.reduce(0, +)
      q[index] = weights.map { $0 / total }
    }

    private var freeEnergy: Double {
      var energy = 0.0
      for (choice, log) in zip(choices, logs) {
        let weight = group.indices.reduce(1) { $0 * q[$1][choice[$1]] }
        if weight > 0 { energy += weight * log }
      }
      return q.joined().reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } - energy
    }

    func belief(_ index: Int, at step: Int) -> [Double] {
      var sums = [Double](repeating: 0, count: model.model.factors[group[index]].size)
      for (sequence, p) in zip(sequences[index], q[index]) { sums[sequence[step]] += p }
      return sums
    }
  }

  /// The states expected next, each factor by itself.
  private func expected(
    after last: [[Double]], _ group: [Int], _ action: [Int]
  ) -> [[Double]] {
    let combinations = BruteForce.sequences(group.map { model.factors[$0].size })
    return group.map { factor in
      (0..<model.factors[factor].size).map { next in
        combinations.reduce(0) { sum, values in
          var state = [Int](repeating: 0, count: model.factors.count)
          for (member, value) in zip(group, values) { state[member] = value }
          let weight = values.indices.reduce(1) { $0 * last[$1][values[$1]] }
          return sum + weight * probability(of: next, factor, after: state, action)
        }
      }
    }
  }

  /// ln P(observations of a group, sequences of its factors), no logarithm below that of 2^-52 where there
  /// are several factors.
  private func logProbability(_ sequences: [[Int]], _ group: [Int]) -> Double {
    func state(_ step: Int) -> [Int] {
      var state = [Int](repeating: 0, count: model.factors.count)
      for (factor, sequence) in zip(group, sequences) { state[factor] = sequence[step] }
      return state
    }
    let smallest = group.count == 1 ? 0 : 0x1p-52
    var sum = 0.0
    for (factor, sequence) in zip(group, sequences) {
      sum += log(max(initialState[factor][sequence[0]], smallest))
    }
    for (step, observation) in episode.observations.enumerated() {
      let now = state(step)
      for (modality, entry) in observation.enumerated() {
        let given = model.likelihoods[modality].given
        let isHere = given.first.map(group.contains) ?? (group[0] == 0)
        if !isHere { continue }
        sum +=
          group.count == 1
          ? log(presetWeight(of: entry, modality, in: now))
          : logWeight(of: entry, modality, in: now)
      }
      if step == 0 { continue }
      let last = state(step - 1)
      for factor in group {
        sum += log(
          max(
            probability(of: now[factor], factor, after: last, episode.actions[step - 1]), smallest))
      }
    }
    return sum
  }

  private func logWeight(of entry: Observation, _ modality: Int, in state: [Int]) -> Double {
    func logarithm(_ p: Double) -> Double {
      configuration.preset == .pymdp007 ? log(p + 1e-16) : log(max(p, 0x1p-52))
    }
    switch entry {
    case .missing: return 0
    case .outcome(let outcome): return logarithm(probability(of: outcome, modality, in: state))
    case .distribution(let weights):
      if configuration.preset != .pymdp1 {
        return logarithm(weight(of: entry, modality, in: state))
      }
      return weights.indices.reduce(0) {
        $0 + weights[$1] * logarithm(probability(of: $1, modality, in: state))
      }
    }
  }
}
