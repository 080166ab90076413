import ActiveInference
import EngineTestSupport
import Testing

@Suite("A model as world") struct ModelEnvironmentTests {
  /// A draw from a whole column: what the world's short tables must agree with.
  private func draw(
    _ tensor: Tensor, _ given: [Int], using random: inout RandomStream
  ) -> Int {
    let columns = tensor.count / tensor.shape[0]
    var column = 0
    for (extent, index) in zip(tensor.shape.dropFirst(), given) { column = column * extent + index }
    let values = tensor.values
    return random.categorical((0..<tensor.shape[0]).map { values[$0 * columns + column] })
  }

  /// Goes through a world by hand and by its tables, and expects the same.
  private func expectDraws(
    _ model: GenerativeModel, steps: Int, seed: UInt64, dense: GenerativeModel? = nil
  ) throws {
    let dense = dense ?? model
    let world = try ModelEnvironment(model)
    var random = RandomStream(seed: seed, episode: 0, step: 0, purpose: .environment)
    var copy = random
    var moves = RandomStream(seed: seed, episode: 1, step: 0, purpose: .user)
    var expected = dense.factors.indices.map { factor in
      let size = dense.factors[factor].size
      let p = dense.initialStates[factor] ?? Array(repeating: 1 / Double(size), count: size)
      return copy.categorical(p)
    }
    func seen() -> [Observation] {
      dense.likelihoods.map { table in
        .outcome(draw(table.probability, table.given.map { expected[$0] }, using: &copy))
      }
    }
    // Whatever was there before is replaced.
    var observation: [Observation] = [.missing]
    var state = world.reset(using: &random, observation: &observation)
    #expect(state == expected)
    #expect(observation == seen())
    for _ in 0..<steps {
      let action = dense.controls.map { moves.integer(0..<$0.size) }
      let last = expected
      for (factor, table) in dense.transitions.enumerated() {
        expected[factor] = draw(
          table.probability, table.given.map { last[$0] } + table.controls.map { action[$0] },
          using: &copy)
      }
      world.step(&state, action: action, using: &random, observation: &observation)
      #expect(state == expected)
      #expect(observation == seen())
    }
    #expect(random.next() == copy.next(), "each draw took one number")
  }

  @Test("what one factor or modality has to draw from does not move the draws of another")
  func independentDraws() throws {
    /// Two factors that are drawn anew at each step, each shown by two modalities, with so many values.
    func episode(_ states: [Int], _ outcomes: [Int]) throws -> (states: [[Int]], seen: [[Int]]) {
      func uniform(_ size: Int) -> Tensor {
        Tensor(shape: [size], Array(repeating: 1 / Double(size), count: size))
      }
      var model = ModelDescription()
      model.factors = states.enumerated().map { Variable("factor \($0)", size: $1) }
      model.modalities = outcomes.enumerated().map { Variable("modality \($0)", size: $1) }
      model.likelihoods = model.modalities.map { .init($0.name, given: [], uniform($0.size)) }
      model.transitions = model.factors.map {
        .init($0.name, given: [], controls: [], uniform($0.size))
      }
      let world = try ModelEnvironment(GenerativeModel(model))
      func stream(_ step: UInt64) -> RandomStream {
        RandomStream(seed: 9, episode: 4, step: step, purpose: .environment)
      }
      var random = stream(0)
      var (state, observation) = world.reset(using: &random)
      var lived: (states: [[Int]], seen: [[Int]]) = ([], [])
      for step in 0..<60 as Range<UInt64> {
        if step > 0 {
          random = stream(step)
          observation = world.step(&state, action: [], using: &random)
        }
        lived.states.append(state)
        lived.seen.append(
          observation.map { if case .outcome(let outcome) = $0 { outcome } else { -1 } })
      }
      return lived
    }
    let expected = try episode([4, 4], [4, 4])
    for size in [1, 2, 7] {
      let factor = try episode([size, 4], [4, 4])
      #expect(factor.states.map { $0[1] } == expected.states.map { $0[1] })
      #expect(factor.seen == expected.seen)
      let modality = try episode([4, 4], [size, 4])
      #expect(modality.states == expected.states)
      #expect(modality.seen.map { $0[1] } == expected.seen.map { $0[1] })
    }
    // Each has draws of its own.
    let columns = [
      expected.states.map { $0[0] }, expected.states.map { $0[1] }, expected.seen.map { $0[0] },
      expected.seen.map { $0[1] },
    ]
    #expect(Set(columns).count == 4)
  }

  @Test("is drawn from as whole columns are, number for number", arguments: 0..<40 as Range<UInt64>)
  func draws(seed: UInt64) throws {
    try expectDraws(RandomModel(seed: seed).model, steps: 60, seed: seed)
  }

  /// One factor of a given size, driven by itself and a control, and seen through noise.
  private func large(_ size: Int, sparsity: Double, sparse: Bool) throws -> GenerativeModel {
    var random = RandomStream(seed: 5, episode: 0, step: 0, purpose: .user)
    func table(_ given: [Int]) -> Tensor {
      let dense = random.table(size, given: given, sparsity)
      guard sparse else { return dense }
      let kept = dense.values.enumerated().filter { $0.element != 0 }
      return Tensor(shape: dense.shape, offsets: kept.map(\.offset), values: kept.map(\.element))
    }
    var model = ModelDescription()
    model.factors = [Variable("place", size: size)]
    model.controls = [Variable("move", size: 3)]
    model.modalities = [Variable("sight", size: size)]
    model.likelihoods = [.init("sight", given: ["place"], table([size]))]
    model.transitions = [.init("place", given: ["place"], controls: ["move"], table([size, 3]))]
    return try GenerativeModel(model)
  }

  @Test("is drawn from so in columns of any length", arguments: [1, 2, 9, 10, 11, 40, 150])
  func columns(size: Int) throws {
    for sparsity in [0, 0.5, 0.97] {
      let dense = try large(size, sparsity: sparsity, sparse: false)
      try expectDraws(dense, steps: 400, seed: 1)
      let sparse = try large(size, sparsity: sparsity, sparse: true)
      try expectDraws(sparse, steps: 400, seed: 1, dense: dense)
    }
  }

  @Test("answers the same whether it fills an array in or makes one")
  func inPlace() throws {
    let world = try ModelEnvironment(SampleModels.tMaze())
    var (one, two) = (stream(), stream())
    var seen: [Observation] = []
    var state = world.reset(using: &one, observation: &seen)
    var (other, made) = world.reset(using: &two)
    for step in 0..<50 {
      #expect(state == other && seen == made)
      let kept = (state, seen)
      let copy = (Array(state), Array(seen))
      world.step(&state, action: [step % 5], using: &one, observation: &seen)
      made = world.step(&other, action: [step % 5], using: &two)
      // What somebody kept of the last step stays.
      #expect(kept == copy)
    }
  }

  /// A world of the two functions that everybody writes.
  private struct Counting: Environment {
    func reset(using random: inout RandomStream) -> (state: Int, observation: [Observation]) {
      (Int(random.next() % 3), [.outcome(0), .missing])
    }
    func step(
      _ state: inout Int, action: [Int], using random: inout RandomStream
    ) -> [Observation] {
      state += action[0]
      return [.outcome(state)]
    }
  }

  @Test("a world of one's own need not know how to fill an array in")
  func defaults() {
    var (one, two) = (stream(), stream())
    var seen: [Observation] = [.outcome(9)]
    var state = Counting().reset(using: &one, observation: &seen)
    #expect(state == Counting().reset(using: &two).state)
    #expect(seen == [.outcome(0), .missing])
    let begin = state
    Counting().step(&state, action: [4], using: &one, observation: &seen)
    #expect(state == begin + 4 && seen == [.outcome(begin + 4)])
  }

  private func stream() -> RandomStream {
    RandomStream(seed: 2, episode: 0, step: 0, purpose: .environment)
  }
}
