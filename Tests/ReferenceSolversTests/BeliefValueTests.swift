import ActiveInference
import ReferenceSolvers
import Testing

@Suite struct `Values of beliefs` {
  @Test(arguments: [(0.95, 19.371368), (0.75, 1.933439)])
  func `are those of the tiger`(discount: Double, value: Double) throws {
    let solution = try ExactValue(Problems.tiger(discount: discount), tolerance: 1e-4)
    let bounds = solution.initialValue
    #expect(bounds.gap <= 2e-4)
    #expect(bounds.lower - 1e-6 <= value && value <= bounds.upper + 1e-6)
  }

  @Test func `open a door after one growl more on one side than on the other, twice`() throws {
    let solution = try ExactValue(Problems.tiger(discount: 0.95), tolerance: 1e-3)
    // One growl is 0.85, two are 0.9698; action 2 opens the right door.
    #expect(solution.action(for: [0.5, 0, 0, 0.5, 0, 0]) == 0)
    #expect(solution.action(for: [0.85, 0, 0, 0.15, 0, 0]) == 0)
    let two = 0.85 * 0.85 / (0.85 * 0.85 + 0.15 * 0.15)
    #expect(abs(two - 0.9698) <= 5e-5)
    #expect(solution.action(for: [two, 0, 0, 1 - two, 0, 0]) == 2)
    #expect(solution.action(for: [1 - two, 0, 0, two, 0, 0]) == 1)
  }

  @Test(arguments: 0..<18)
  func `are those of going through every action and outcome`(seed: Int) throws {
    let random = Problems.Random(seed: UInt64(seed))
    for discount in [0.9, 1] {
      let solution = try ExactValue(random.process(discount: discount), horizon: 4)
      for belief in beliefs(random) {
        let expected = random.best(belief, 4, discount: discount)
        let bounds = solution.value(of: belief)
        #expect(abs(bounds.middle - expected) <= 1e-9)
        #expect(bounds.gap <= 1e-9)
      }
    }
  }

  @Test(arguments: 0..<18)
  func `QMDP hopes for no less than FIB, and that for no less than there is`(seed: Int) throws {
    let random = Problems.Random(seed: UInt64(seed))
    let process = try random.process(discount: 0.5)
    let hoped = try QMDP(process)
    let informed = try FastInformedBound(process)
    let exact = try ExactValue(process, tolerance: 1e-4)
    for belief in beliefs(random) {
      let value = exact.value(of: belief)
      #expect(value.gap <= 2e-4)
      // What comes after four actions is worth at most 2 / (1 - 0.5) times 0.5^4.
      let rest = 4.0 / 16
      let near = random.best(belief, 4, discount: 0.5)
      #expect(value.lower <= near + rest && near - rest <= value.upper)
      #expect(hoped.value(of: belief).upper >= informed.value(of: belief).upper - 1e-8)
      #expect(informed.value(of: belief).upper >= value.lower)
      #expect(informed.value(of: belief).lower <= value.upper)
      #expect(hoped.value(of: belief).lower == informed.value(of: belief).lower)
    }
  }

  @Test(arguments: 0..<12)
  func `lie between the bounds of heuristic search`(seed: Int) throws {
    let random = Problems.Random(seed: UInt64(seed))
    let process = try random.process(discount: 0.7)
    let exact = try ExactValue(process, tolerance: 1e-4)
    let search = try PointBasedValue(process, tolerance: 1e-3)
    #expect(search.initialValue.gap <= 1e-3)
    let informed = try FastInformedBound(process)
    for belief in beliefs(random) {
      let bounds = search.value(of: belief)
      let value = exact.value(of: belief)
      #expect(bounds.lower <= value.upper && value.lower <= bounds.upper)
      #expect(bounds.upper <= informed.value(of: belief).upper + 1e-4)
      #expect(bounds.lower >= informed.value(of: belief).lower - 1e-9)
    }
  }

  @Test func `are found for the tiger by heuristic search too`() throws {
    let search = try PointBasedValue(Problems.tiger(discount: 0.75), tolerance: 1e-3)
    let bounds = search.initialValue
    #expect(bounds.gap <= 1e-3)
    #expect(bounds.lower <= 1.9334395 && 1.9334385 <= bounds.upper)
    #expect(search.action(for: [0.5, 0, 0, 0.5, 0, 0]) == 0)
    #expect(search.action(for: [0.97, 0, 0, 0.03, 0, 0]) == 2)
  }

  @Test func `FIB is below QMDP at the tiger's door, and not by rounding`() throws {
    let process = try Problems.tiger(discount: 0.95)
    let hoped = try QMDP(process).initialValue.upper
    let informed = try FastInformedBound(process).initialValue.upper
    // 10 / (1 - 0.95) is what an agent that knows gains; to listen costs it 1 and the time.
    #expect(abs(hoped - 189) <= 1e-6)
    #expect(informed < hoped - 1)
    #expect(informed > 19.371368)
  }

  @Test func `need a discount below 1 or a horizon`() throws {
    let process = try Problems.tiger(discount: 1)
    #expect(throws: InvalidInput.self) { try ExactValue(process) }
    #expect(throws: InvalidInput.self) { try QMDP(process) }
    #expect(throws: InvalidInput.self) { try FastInformedBound(process) }
    // Listening once, to open without loss of sense: -1, then the better door.
    let two = try ExactValue(process, horizon: 1).initialValue
    #expect(abs(two.middle + 1) <= 1e-12)
  }

  private func beliefs(_ random: Problems.Random) -> [[Double]] {
    let corners = (0..<random.states).map { state in
      (0..<random.states).map { $0 == state ? 1.0 : 0 }
    }
    return corners + [
      random.initial, [Double](repeating: 1 / Double(random.states), count: random.states),
    ]
  }
}
