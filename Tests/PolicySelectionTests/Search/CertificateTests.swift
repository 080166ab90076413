import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// What a search proves before its end holds at its end.
@Suite("Certificates of a search") struct CertificateTests {
  private static func model(
    _ number: Int, _ preset: AgentConfiguration.Preset, _ algorithm: InferenceSettings.Algorithm
  ) throws -> (RandomModel, AgentConfiguration) {
    var options = RandomModel.Options()
    options.largestJoint = 12
    options.mostOutcomes = 9
    options.mostPolicies = 6
    options.counts = number % 5 == 2
    options.goals = number % 7 == 3
    var configuration = AgentConfiguration(preset: preset)
    configuration.inference.algorithm = algorithm
    configuration.planning.method = .sophisticated
    let horizon = 2 + number % 3
    configuration.planning.horizon = horizon
    options.preferenceRows = number % 4 == 1 ? horizon : nil
    configuration.planning.gamma = [16, 0.5, 2, 1, 60, 5][number % 6]
    configuration.planning.parameterInformationGain = options.counts
    configuration.planning.informationGain = number % 3 == 0 ? .perModality : .joint
    if options.goals { configuration.planning.inductive = .init(depth: 2) }
    configuration.planning.sophisticated.backup = number % 3 == 1 ? .max : .softmax
    configuration.planning.sophisticated.policyThreshold = number % 8 == 6 ? 0.1 : 0
    configuration.planning.sophisticated.outcomeThreshold = number % 9 == 6 ? 0.1 : 0
    return (try RandomModel(seed: UInt64(number), options), configuration)
  }

  /// What an agent ranks actions by, in nats.
  private static func scores(
    _ values: [Double], _ model: GenerativeModel, _ configuration: AgentConfiguration
  ) -> [Double] {
    values.indices.map { action in
      let p = model.habit?[action] ?? 1 / Double(values.count)
      let habit =
        switch configuration.planning.convention {
        case .standard: log(p)
        case .pymdp1: log(max(p, 0x1p-52))
        case .pymdp007, .spm: log(p + 1e-16)
        }
      return values[action] + habit / configuration.planning.gamma
    }
  }

  @Test(
    "no action is better than the best by more than the gap, whatever the budget",
    arguments: AgentConfiguration.Preset.stepByStep,
    [InferenceSettings.Algorithm.exact, .coordinateAscent])
  func hold(preset: AgentConfiguration.Preset, algorithm: InferenceSettings.Algorithm) throws {
    var (attacked, open, proven, closedEarly) = (0, 0, 0, 0)
    var tightest = Double.infinity
    for number in 0..<60 {
      var (random, configuration) = try CertificateTests.model(number, preset, algorithm)
      let model = random.model
      if model.controls.isEmpty { continue }
      let whole = try Searching(model, configuration)
      let belief = try whole.beliefs(random.record(steps: 2))[1]
      let exact = try whole.search(belief)
      #expect(exact.report.gap == 0)
      let truth = CertificateTests.scores(exact.values, model, configuration)
      var last = 0
      for budget in [1, 2, 3, 5, 8, 13, 21, 34, 80] where last < exact.report.nodes {
        last = budget
        configuration.planning.budget.nodes = budget
        let found = try Searching(model, configuration).search(belief)
        #expect(found.report.nodes <= budget)
        #expect(found.values.allSatisfy { $0.isFinite })
        let reported = CertificateTests.scores(found.values, model, configuration)
        let best = reported.indices.first { index in reported.allSatisfy { $0 <= reported[index] } }
        let gap = try #require(found.report.gap)
        let winner = try #require(best)
        for action in truth.indices where truth[action] > -.infinity {
          let excess = truth[action] - truth[winner] - gap
          #expect(
            excess <= 1e-9,
            "model \(number), \(budget) nodes: \(action) beats \(winner) by \(excess) more than \(gap)"
          )
          if action != winner { tightest = min(tightest, -excess) }
          attacked += action == winner ? 0 : 1
        }
        for (value, terms) in zip(found.values, found.terms) {
          #expect(abs(value - terms.total) <= 1e-9 * (1 + abs(value)))
        }
        if gap == 0 { proven += 1 } else { open += 1 }
        if gap == 0 && found.report.nodes < exact.report.nodes { closedEarly += 1 }
        if budget >= exact.report.nodes { #expect(found == exact) }
      }
    }
    let found: Comment =
      "\(attacked) attacked, \(open) open, \(proven) proven, \(closedEarly) early; nearest \(tightest)"
    #expect(attacked > 200, found)
    #expect(open > 20, found)
    #expect(proven > 10, found)
  }

  @Test("the range of the softmax mean holds every mean of its box, and its ends are means")
  func range() {
    var random = RandomStream(seed: 7, episode: 0, step: 0, purpose: .user)
    for _ in 0..<300 {
      let count = 1 + Int(random.next() % 5)
      let gamma = [0, 0.3, 1, 16, 1e4][Int(random.next() % 5)]
      let lower = (0..<count).map { _ in 6 * random.nextUnit() - 3 }
      let upper = lower.map { $0 + (random.nextUnit() < 0.2 ? 0 : 3 * random.nextUnit()) }
      var habit = (0..<count).map { _ in random.nextUnit() < 0.2 ? 0 : random.nextUnit() }
      habit[0] = 0.5
      let range = softmaxRange(
        lower: lower, upper: upper, logHabit: habit.map { log($0) }, gamma: gamma, count: count)
      var (least, greatest) = (Double.infinity, -Double.infinity)
      func mean(_ values: [Double]) -> Double {
        let top = values.max() ?? 0
        let weights = zip(values, habit).map { $1 * exp(gamma * ($0 - top)) }
        return zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
      }
      for _ in 0..<400 {
        let values = zip(lower, upper).map { l, h in
          let x = random.nextUnit()
          return x < 0.3 ? l : x > 0.7 ? h : l + (h - l) * random.nextUnit()
        }
        // With no weight that could be told from none the mean is not defined.
        let value = mean(values)
        guard value.isFinite else { continue }
        least = min(least, value)
        greatest = max(greatest, value)
      }
      #expect(range.lower <= least + 1e-9 && greatest <= range.upper + 1e-9)
      #expect(range.lower >= (lower.min() ?? 0) - 1e-9)
      #expect(range.upper <= (upper.max() ?? 0) + 1e-9)
    }
  }
}
