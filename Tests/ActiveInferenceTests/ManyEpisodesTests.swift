import ActiveInference
import EngineTestSupport
import Foundation
import Synchronization
import Testing

@Suite("Many episodes") struct ManyEpisodesTests {
  /// Stays where it is, unless it fails.
  private struct Idle: Agent {
    struct Failed: Error, Equatable { let episode: UInt64 }
    var fails: @Sendable (UInt64) -> Bool = { _ in false }
    var episode: UInt64 = 0
    mutating func begin(seed: UInt64, episode: UInt64) { self.episode = episode }
    mutating func act(on observation: [Observation]) throws -> [Int] {
      if fails(episode) { throw Failed(episode: episode) }
      return [0]
    }
  }

  /// Counts on any thread.
  private final class Counter: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func increment() { count.add(1, ordering: .relaxed) }
  }

  private func simulation(steps: Int = 2) throws -> Simulation<ModelEnvironment> {
    Simulation(try ModelEnvironment(SampleModels.tMaze()), steps: steps, level: .none)
  }

  @Test("are delivered in their order, each once", arguments: [1, 2, 3, 7, 64])
  func order(threads: Int) throws {
    var delivered: [UInt64] = []
    try simulation().run(
      episodes: 3..<20_003, threads: threads, makeAgent: { Idle() },
      finish: { episode, _ in episode.index },
      deliver: {
        delivered.append($0)
        return true
      })
    #expect(delivered == Array(3..<20_003))
  }

  @Test(
    "up to the first failure are delivered, and it is told, however many fail",
    arguments: [1, 2, 3, 7])
  func failure(threads: Int) throws {
    for first in [0, 7, 5_003] as [UInt64] {
      var delivered: [UInt64] = []
      #expect(throws: Idle.Failed(episode: first)) {
        try simulation().run(
          episodes: 0..<20_000, threads: threads,
          makeAgent: { Idle(fails: { $0 >= first && $0 % 2 == first % 2 }) },
          finish: { episode, _ in episode.index },
          deliver: {
            delivered.append($0)
            return true
          })
      }
      #expect(delivered == Array(0..<first))
    }
  }

  /// What was delivered and not yet written out, on the calling thread.
  private final class Gathered: @unchecked Sendable {
    // Unchecked: agents ask only on the thread that delivers.
    let owner = pthread_self()
    var count = 0
    var mostAtWork = 0
    func agentWorks() {
      if pthread_equal(owner, pthread_self()) != 0 { mostAtWork = max(mostAtWork, count) }
    }
  }

  @Test(
    "that were delivered can be written out before the thread goes back to work",
    arguments: [1, 2, 7])
  func caughtUp(threads: Int) throws {
    let gathered = Gathered()
    var calls = 0
    try simulation().run(
      episodes: 0..<5_000, threads: threads,
      makeAgent: {
        Idle(fails: { _ in
          gathered.agentWorks()
          return false
        })
      },
      finish: { _, _ in },
      caughtUp: {
        #expect(gathered.count > 0)
        gathered.count = 0
        calls += 1
      },
      deliver: { _ in
        gathered.count += 1
        return true
      })
    #expect(gathered.mostAtWork == 0)
    #expect(gathered.count == 0)
    #expect(calls > 1)
  }

  @Test("that have been finished are delivered when it is cancelled", arguments: [1, 2, 3, 7])
  func cancellation(threads: Int) throws {
    let cancelled = Counter()
    var simulation = try simulation()
    simulation.isCancelled = { cancelled.value > 0 }
    var delivered: [UInt64] = []
    #expect(throws: CancellationError.self) {
      try simulation.run(
        episodes: 0..<UInt64.max, threads: threads,
        makeAgent: {
          Idle(fails: {
            if $0 == 3_000 { cancelled.increment() }
            return false
          })
        },
        finish: { episode, _ in episode.index },
        deliver: {
          delivered.append($0)
          return true
        })
    }
    #expect(delivered == Array(0..<UInt64(delivered.count)))
    // Alone, it has finished all before the one in which it was cancelled.
    #expect(threads > 1 || delivered.count == 3_000)
  }

  @Test("end in the middle where one before them has failed", arguments: [2, 7])
  func endless(threads: Int) throws {
    #expect(throws: Idle.Failed(episode: 0)) {
      // No episode but the first would end while anyone waits.
      try simulation(steps: 1 << 40).run(
        episodes: 0..<8, threads: threads, makeAgent: { Idle(fails: { $0 == 0 }) },
        finish: { _, _ in }, deliver: { _ in true })
    }
  }

  @Test("end where the receiver fails", arguments: [1, 2, 7])
  func receiver(threads: Int) throws {
    struct Full: Error {}
    var delivered = 0
    #expect(throws: Full.self) {
      try simulation().run(
        episodes: 0..<UInt64.max, threads: threads, makeAgent: { Idle() }, finish: { _, _ in },
        deliver: { _ in
          delivered += 1
          if delivered == 10 { throw Full() }
          return true
        })
    }
    #expect(delivered == 10)
  }

  @Test("end where the receiver has enough", arguments: [1, 2, 7])
  func enough(threads: Int) throws {
    var delivered: [UInt64] = []
    try simulation().run(
      episodes: 0..<UInt64.max, threads: threads, makeAgent: { Idle() },
      finish: { episode, _ in episode.index },
      deliver: {
        delivered.append($0)
        return delivered.count < 5
      })
    #expect(delivered == [0, 1, 2, 3, 4])
  }

  @Test("can be those of any range", arguments: [0, UInt64.max - 3])
  func largeRanges(first: UInt64) throws {
    for threads in [1, 3] {
      var delivered: [UInt64] = []
      try simulation(steps: 1).run(
        episodes: first..<UInt64.max, threads: threads, makeAgent: { Idle() },
        finish: { episode, _ in episode.index },
        deliver: {
          delivered.append($0)
          return delivered.count < 3
        })
      #expect(delivered == [first, first + 1, first + 2], "\(threads) threads")
    }
  }

  @Test("wait for a slow receiver: few are held at a time", arguments: [2, 7])
  func slowReceiver(threads: Int) throws {
    let finished = Counter()
    var most = 0
    var delivered = 0
    try simulation(steps: 1).run(
      episodes: 0..<300_000, threads: threads, makeAgent: { Idle() },
      finish: { _, _ in finished.increment() },
      deliver: { _ in
        delivered += 1
        if delivered % 20_000 == 1 {
          // Until the others do not go on any more.
          var last = -1
          while last != finished.value {
            last = finished.value
            Thread.sleep(forTimeInterval: 0.05)
          }
          most = max(most, last - delivered)
        }
        return true
      })
    #expect(delivered == 300_000)
    #expect(most <= 5 * threads * 1024)
  }

  @Test("an agent that cannot be made is told before anything is delivered")
  func noAgent() throws {
    for threads in [1, 3] {
      #expect(throws: Idle.Failed(episode: 99)) {
        try simulation().run(
          episodes: 0..<100, threads: threads,
          makeAgent: { () throws -> Idle in throw Idle.Failed(episode: 99) },
          finish: { _, _ in }, deliver: { _ in false })
      }
    }
  }

  @Test("share as many agents as there are threads, at most")
  func agents() throws {
    let made = Counter()
    try simulation().run(
      episodes: 0..<5_000, threads: 5,
      makeAgent: {
        made.increment()
        return Idle()
      },
      finish: { _, _ in }, deliver: { _ in true })
    #expect(1...5 ~= made.value)
  }
}
