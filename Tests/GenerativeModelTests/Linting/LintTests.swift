import GenerativeModel
import Testing

@Suite("Linting")
struct LintTests {
  @Test("nothing is said of a good model", arguments: GoodModel.all)
  func goodModels(describe: @Sendable () -> ModelDescription) {
    #expect(describe().findings() == [])
  }

  @Test("every seeded fault is found, by its name and at its place", arguments: SeededFaults.all)
  func seededFaults(fault: SeededFault) {
    let findings = fault.model().findings()
    let found = findings.filter {
      $0.code == fault.code && $0.place == fault.place
        && (fault.words.isEmpty || $0.problem.contains(fault.words))
    }
    #expect(found.count == 1, "\(findings)")
    for finding in findings {
      #expect(!finding.place.isEmpty && !finding.problem.isEmpty)
      #expect(!finding.proof.isEmpty)
    }
  }

  @Test("the seeded faults are more than forty, and of every kind")
  func kinds() {
    #expect(SeededFaults.all.count >= 40)
    #expect(Set(SeededFaults.all.map(\.code)) == Set(FindingCode.allCases))
  }

  @Test("what is to be learned is a note, not a warning")
  func learned() throws {
    var model = GoodModel.machine()
    model.likelihoods[0].probability = nil
    model.likelihoodCounts = [
      .init("noise", Tensor(shape: [2, 3], [Double](repeating: 1, count: 6)))
    ]
    let findings = try GenerativeModel(model).findings
    #expect(findings.contains { $0.code == .uninformativeModality })
    #expect(findings.allSatisfy { $0.severity == .note })
  }

  @Test("one state given twice is found, and no longer where one entry differs")
  func copiedState() throws {
    // The machine with two states in place of the broken one, between which it is drawn.
    var model = GoodModel.machine()
    model.factors = [Variable("wear", ["new", "worn", "broken", "wrecked"])]
    let machine = try GenerativeModel(GoodModel.machine())
    let (noise, wear) = (
      machine.likelihoods[0].probability.values, machine.transitions[0].probability.values
    )
    func old(_ state: Int) -> Int { min(state, 2) }
    model.likelihoods[0].probability = Tensor(
      shape: [2, 4], (0..<8).map { noise[$0 / 4 * 3 + old($0 % 4)] })
    let moves = (0..<32).map { offset in
      let (next, previous, action) = (offset / 8, offset / 2 % 4, offset % 2)
      return wear[old(next) * 6 + old(previous) * 2 + action] * (next < 2 ? 1 : 0.5)
    }
    model.transitions[0].probability = Tensor(shape: [4, 4, 2], moves)
    model.initialStates = [.init("wear", Tensor(shape: [4], [1, 0, 0, 0]))]
    let codes = model.findings()
    #expect(codes.map(\.code) == [.indistinguishableStates])
    #expect(codes.first?.problem.contains("broken, wrecked") == true)
    model.likelihood(0) { values in
      values[3] += 0.0625
      values[7] -= 0.0625
    }
    #expect(model.findings() == [])
  }

  /// What can be reached, joint state by joint state, without the library.
  private func reached(_ model: GenerativeModel) -> [[Bool]] {
    func entries(_ table: Tensor, _ parents: [Int]) -> [Int] {
      let column = zip(parents, table.shape.dropFirst()).reduce(0) { $0 * $1.1 + $1.0 }
      let columns = table.shape.dropFirst().reduce(1, *)
      let values = table.values
      return (0..<table.shape[0]).filter { values[$0 * columns + column] > 0 }
    }
    func all(_ choices: [[Int]]) -> [[Int]] {
      choices.reduce([[]]) { prefixes, values in prefixes.flatMap { p in values.map { p + [$0] } } }
    }
    var seen = Set(
      all(
        zip(model.factors, model.initialStates).map { factor, initial in
          (0..<factor.size).filter { state in initial.map { $0[state] > 0 } ?? true }
        }))
    var queue = Array(seen)
    while let state = queue.popLast() {
      for action in all(model.controls.map { Array(0..<$0.size) }) {
        let next = model.transitions.map { transition in
          entries(
            transition.probability,
            transition.given.map { state[$0] } + transition.controls.map { action[$0] })
        }
        for state in all(next) where seen.insert(state).inserted { queue.append(state) }
      }
    }
    return model.factors.indices.map { f in
      (0..<model.factors[f].size).map { value in seen.contains { $0[f] == value } }
    }
  }

  @Test("what is said to be unreachable is exactly what no walk comes to, in small random models")
  func reachesExactly() throws {
    var random = RandomModels(seed: 11)
    var missed = 0
    for _ in 0..<40 {
      var description = ModelDescription(try random.model())
      description.initialStateCounts = []
      description.initialStates = description.factors.map { factor in
        .init(factor.name, Tensor(shape: [factor.size], (0..<factor.size).map { $0 == 0 ? 1 : 0 }))
      }
      let model = try GenerativeModel(description)
      let lint = ModelLint(model)
      let expected = reached(model)
      #expect(lint.reachable.states == expected)
      missed += expected.joined().count { !$0 }
      // Factor by factor it may be more, never less.
      let wide = ReachableStates.byFactor(lint)
      for (one, other) in zip(wide.joined(), expected.joined()) { #expect(one || !other) }
    }
    #expect(missed > 0)
  }

  @Test("a chain of ten thousand states is followed to its end")
  func longChain() throws {
    let size = 10_000
    var model = ModelDescription()
    model.factors = [Variable("place", size: size)]
    model.modalities = [Variable("sight", size: size)]
    let diagonal = (0..<size).map { $0 * size + $0 }
    let ones = [Double](repeating: 1, count: size)
    model.likelihoods = [
      .init(
        "sight", given: ["place"], Tensor(shape: [size, size], offsets: diagonal, values: ones))
    ]
    // Each leads to the next, the last but one back to the first, and the last to itself.
    let cells = (0..<size).map { state -> Int in
      (state == size - 1 ? state : (state + 1) % (size - 1)) * size + state
    }
    model.transitions = [
      .init(
        "place", given: ["place"], controls: [],
        Tensor(shape: [size, size], offsets: cells.sorted(), values: ones))
    ]
    var first = [Double](repeating: 0, count: size)
    first[0] = 1
    model.initialStates = [.init("place", Tensor(shape: [size], first))]
    let findings = try GenerativeModel(model).findings
    let unreachable = findings.filter { $0.code == .unreachableState }
    #expect(unreachable.map(\.problem) == ["place 9999 is never reached, and nothing leads there"])
    #expect(unreachable.map(\.severity) == [.note])
  }
}
