import ActiveInference
import EngineTestSupport
import Foundation
import Testing

@Suite("KL control") struct KLControlTests {
  private struct Chain {
    let passive: [[Double]]
    let reward: [Double]
    let control: KLControl

    init(_ seed: Int, horizon: Int) throws {
      var random = RandomStream(seed: 3, episode: UInt64(seed), step: 0, purpose: .user)
      let count = random.integer(1..<5)
      let columns = (0..<count).map { _ in random.distribution(count, 0.3) }
      passive = (0..<count).map { next in columns.map { $0[next] } }
      reward = (0..<count).map { _ in 4 * random.nextUnit() - 2 }
      control = try KLControl(passive: passive, reward: reward, horizon: horizon)
    }

    /// Calls `body` with the states of every path from a state, its probability by itself and its reward.
    func forEachPath(
      from state: Int, _ horizon: Int, _ body: ([Int], _ p: Double, _ reward: Double) -> Void
    ) {
      func go(_ path: [Int], _ p: Double, _ sum: Double) {
        guard let last = path.last, path.count <= horizon else { return body(path, p, sum) }
        for next in reward.indices where passive[next][last] > 0 {
          go(path + [next], p * passive[next][last], sum + reward[next])
        }
      }
      go([state], 1, reward[state])
    }
  }

  @Test("values a state by the exponential of the reward of everything that may follow by itself")
  func enumeration() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<500 {
      let horizon = seed % 5
      let chain = try Chain(seed, horizon: horizon)
      for state in chain.reward.indices {
        var desirability = 0.0
        chain.forEachPath(from: state, horizon) { desirability += $1 * exp($2) }
        differences.compare(
          [chain.control.values[0][state]], [log(desirability)], "chain \(seed), state \(state)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("takes each path as often as it comes by itself times the exponential of its reward")
  func paths() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<500 {
      let chain = try Chain(seed, horizon: 3)
      var normaliser = 0.0
      chain.forEachPath(from: 0, 3) { normaliser += $1 * exp($2) }
      chain.forEachPath(from: 0, 3) { path, p, reward in
        var driven = 1.0
        for step in 0..<3 {
          driven *= chain.control.nextStates(from: path[step], at: step)[path[step + 1]]
        }
        differences.compare([driven], [p * exp(reward) / normaliser], "chain \(seed), \(path)")
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("obeys the linear Bellman equation, and the one with the divergence as cost")
  func bellman() throws {
    var differences = Differences(tolerance: 1e-12)
    for seed in 0..<500 {
      let chain = try Chain(seed, horizon: 4)
      let z = chain.control.values.map { $0.map { exp($0) } }
      for step in 0..<4 {
        for state in chain.reward.indices {
          let ahead = chain.reward.indices.reduce(0) {
            $0 + chain.passive[$1][state] * z[step + 1][$1]
          }
          differences.compare(
            [z[step][state]], [exp(chain.reward[state]) * ahead], "chain \(seed), linear")
          let u = chain.control.nextStates(from: state, at: step)
          var value = chain.reward[state]
          for next in u.indices where u[next] > 0 {
            value +=
              u[next]
              * (chain.control.values[step + 1][next] - log(u[next] / chain.passive[next][state]))
          }
          differences.compare([chain.control.values[step][state]], [value], "chain \(seed)")
        }
      }
    }
    #expect(differences.isEmpty, "\(differences)")
  }

  @Test("no other way to drive the chain is worth more")
  func optimal() throws {
    for seed in 0..<100 {
      let chain = try Chain(seed, horizon: 1)
      var random = RandomStream(seed: 4, episode: UInt64(seed), step: 0, purpose: .user)
      for _ in 0..<10 {
        var other = random.distribution(chain.reward.count, 0)
        for next in other.indices where chain.passive[next][0] == 0 { other[next] = 0 }
        let total = other.reduce(0, +)
        if total == 0 { continue }
        var value = chain.reward[0]
        for next in other.indices where other[next] > 0 {
          let u = other[next] / total
          value += u * (chain.reward[next] - log(u / chain.passive[next][0]))
        }
        #expect(value <= chain.control.values[0][0] + 1e-12, "chain \(seed)")
      }
    }
  }

  @Test("of what is no chain is refused")
  func refused() {
    #expect(throws: InvalidInput.self) {
      try KLControl(passive: [[1, 0]], reward: [0], horizon: 1)
    }
    let refusal = #expect(throws: InvalidInput.self) {
      try KLControl(passive: [[0.5, 0], [0.4, 1]], reward: [0, .nan], horizon: -1)
    }
    #expect(refusal?.faults.count == 3, "\(String(describing: refusal))")
  }
}
