import GenerativeModel
import Kernels
import Testing

private func messages(_ spoil: (inout ModelDescription) -> Void) -> String {
  var description = describedTMaze()
  spoil(&description)
  return messages(description)
}

@Suite struct `Dirichlet counts` {
  @Test func `a table with counts is their mean`() throws {
    var description = describedTMaze()
    description.transitions[1].probability = nil
    description.transitionCounts = [.init("context", Tensor(shape: [2, 2], [3, 1, 1, 1]))]
    description.preferences = []
    description.preferenceCounts = [.init("reward", Tensor(shape: [3], [1, 2, 1]))]
    description.initialStateCounts = [.init("context", Tensor(shape: [2], [1, 3]))]
    description.habitCounts = [1, 1, 2]
    let model = try GenerativeModel(description)
    #expect(model.transitions[1].probability.values == [0.75, 0.5, 0.25, 0.5])
    #expect(
      model.preferences[1]?.values == [0.25, 0.5, 0.25].map { VectorMath.log($0) })
    #expect(model.initialStates[1] == [0.25, 0.75])
    #expect(model.habit == [0.25, 0.25, 0.5])
  }

  @Test func `a probability beside counts must agree and is replaced by their mean`() throws {
    var description = describedTMaze()
    description.transitionCounts = [.init("context", Tensor(shape: [2, 2], [3, 0, 1e-7, 5]))]
    let model = try GenerativeModel(description)
    #expect(model.transitions[1].probability.values == [3 / (3 + 1e-7), 0, 1e-7 / (3 + 1e-7), 1])
    #expect(
      messages {
        $0.transitionCounts = [.init("context", Tensor(shape: [2, 2], [3, 0, 1, 5]))]
        $0.preferenceCounts = [.init("reward", Tensor(shape: [3], [1, 2, 1]))]
        $0.initialStateCounts = [.init("location", Tensor(shape: [4], [1, 0, 0, 1]))]
        $0.habit = [0.5, 0.5]
        $0.habitCounts = [1, 3]
      } == """
        concentration.B[context], entry (context 0, context 0): the counts' mean is 0.75 but \
        probability is 1.0; leave one of them out
        concentration.B[context], entry (context 1, context 0): the counts' mean is 0.25 but \
        probability is 0.0; leave one of them out
        concentration.C[reward], entry (none): the logarithm of the counts' mean is -1.386294361 \
        but logPreference is 0.0; leave one of them out
        concentration.C[reward], entry (reward): the logarithm of the counts' mean is -0.693147181 \
        but logPreference is 3.0; leave one of them out
        concentration.C[reward], entry (loss): the logarithm of the counts' mean is -1.386294361 \
        but logPreference is -3.0; leave one of them out
        concentration.D[location], entry (centre): the counts' mean is 0.5 but probability is 1.0; \
        leave one of them out
        concentration.D[location], entry (cue): the counts' mean is 0.5 but probability is 0.0; \
        leave one of them out
        concentration.E, entry (policy 0): the counts' mean is 0.25 but probability is 0.5; leave \
        one of them out
        concentration.E, entry (policy 1): the counts' mean is 0.75 but probability is 0.5; leave \
        one of them out
        """)
  }

  @Test func `dense and sparse tables are compared cell by cell`() {
    #expect(
      messages {
        $0.transitionCounts = [
          .init("context", Tensor(shape: [2, 2], offsets: [0, 3], values: [9, 5]))
        ]
      } == "no fault")
    #expect(
      messages {
        $0.transitionCounts = [
          .init("context", Tensor(shape: [2, 2], offsets: [1, 2], values: [9, 5]))
        ]
      } == """
        concentration.B[context], entry (context 0, context 0): the counts' mean is 0.0 but \
        probability is 1.0; leave one of them out
        concentration.B[context], entry (context 0, context 1): the counts' mean is 1.0 but \
        probability is 0.0; leave one of them out
        concentration.B[context], entry (context 1, context 0): the counts' mean is 1.0 but \
        probability is 0.0; leave one of them out
        concentration.B[context], entry (context 1, context 1): the counts' mean is 0.0 but \
        probability is 1.0; leave one of them out
        """)
  }

  @Test func `counts that are no counts are faults`() {
    #expect(
      messages {
        $0.transitionCounts = [.init("context", Tensor(shape: [2, 2], [0, -1, 0, .nan]))]
        $0.likelihoodCounts = [
          .init("where", Tensor(shape: [4, 4], [Double](repeating: 0, count: 16))),
          .init("rewrd", Tensor(shape: [1], [1])),
        ]
        $0.preferenceCounts = [.init("reward", Tensor(shape: [3], [1, 0, 1]))]
        $0.initialStateCounts = [.init("context", Tensor(shape: [2], [1e308, 1e308]))]
        $0.policies = [[[0]], [[1]]]
        $0.habitCounts = [1, 2, 3]
      } == """
        concentration.A[1]: unknown modality 'rewrd'; did you mean 'reward'?
        concentration.A[where], column (centre): has no positive count; give a positive count to \
        what can happen
        concentration.A[where], column (left): has no positive count; give a positive count to \
        what can happen
        concentration.A[where], column (right): has no positive count; give a positive count to \
        what can happen
        concentration.A[where], column (cue): has no positive count; give a positive count to what \
        can happen
        concentration.B[context], entry (context 0, context 1): is -1.0; a count is not negative
        concentration.B[context], entry (context 1, context 1): is nan; every number is finite
        concentration.C[reward], entry (reward): is 0.0, and the logarithm of its mean is not \
        finite; a preference needs positive counts
        concentration.D[context], entry (context 0): is 1e+308; a count is 0 or in 1e-150...1e150
        concentration.D[context], entry (context 1): is 1e+308; a count is 0 or in 1e-150...1e150
        concentration.E: expected 2 entries, one a policy, found 3
        """)
  }

  @Test func `replacing counts makes the tables follow and keeps the others`() throws {
    var description = describedTMaze()
    description.transitionCounts = [.init("context", Tensor(shape: [2, 2], [1, 0, 0, 1]))]
    description.habitCounts = [1, 1]
    let model = try GenerativeModel(description)
    var counts = model.concentration
    counts.transition[1] = Tensor(shape: [2, 2], [3, 1, 1, 3])
    counts.habit = [3, 1]
    counts.initialState[1] = [1, 3]
    let learned = try model.replacing(concentration: counts)
    #expect(learned.concentration == counts)
    #expect(learned.transitions[1].probability.values == [0.75, 0.25, 0.25, 0.75])
    #expect(learned.habit == [0.75, 0.25])
    #expect(learned.initialStates == [[1, 0, 0, 0], [0.25, 0.75]])
    #expect(learned.likelihoods == model.likelihoods && learned.preferences == model.preferences)
    #expect(try model.replacing(concentration: model.concentration) == model)
  }

  @Test func `counts that do not fit the model are refused`() throws {
    let model = try GenerativeModel(describedTMaze())
    var counts = model.concentration
    counts.likelihood = []
    #expect(
      throws: InvalidInput(
        source: "tmaze", [Fault("concentration.A", "has 0 entries, expected 2")])
    ) { try model.replacing(concentration: counts) }
    counts = model.concentration
    counts.initialState[1] = [1, 2, 3]
    #expect(
      throws: InvalidInput(
        source: "tmaze",
        [Fault("concentration.D[context]", "expected [2 states of context], found [3]")])
    ) { try model.replacing(concentration: counts) }
  }

  @Test func `what is drawn from counts is a model that the counts allow`() throws {
    var random = RandomStream(seed: 3, episode: 0, step: 0, purpose: .parameters)
    var models = RandomModels(seed: 3)
    for _ in 0..<50 {
      let model = try models.model()
      let drawn = model.sampled(using: &random)
      // It passes the check as a description, so its columns are distributions.
      #expect(try GenerativeModel(ModelDescription(drawn)) == drawn)
      #expect(drawn.concentration.likelihood.allSatisfy { $0 == nil })
      for (table, prior) in zip(drawn.likelihoods, model.likelihoods) {
        for (p, mean) in zip(table.probability.values, prior.probability.values) where mean == 0 {
          #expect(p == 0)
        }
      }
    }
  }

  @Test func `draws have the counts' mean, and one stream gives one model`() throws {
    var description = describedTMaze()
    description.transitions[1].probability = nil
    description.transitionCounts = [.init("context", Tensor(shape: [2, 2], [3, 1, 1, 1]))]
    let model = try GenerativeModel(description)
    var sum = 0.0
    for episode in 0..<4000 {
      var random = RandomStream(
        seed: 0, episode: UInt64(episode), step: 0, purpose: .parameters)
      var same = random
      let drawn = model.sampled(using: &random)
      #expect(drawn == model.sampled(using: &same))
      sum += drawn.transitions[1].probability.values[0]
    }
    // The standard deviation of Beta(3, 1) is 0.19, of this mean 0.003.
    #expect((sum / 4000 - 0.75).magnitude < 0.012)
  }
}
