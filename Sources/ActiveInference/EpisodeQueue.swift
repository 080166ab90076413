import Synchronization

/// Consecutive episodes that one thread runs.
@usableFromInline
struct EpisodeChunk {
  /// Its number among the chunks.
  let number: Int
  @usableFromInline let episodes: Range<UInt64>
  fileprivate let begin = ContinuousClock.now

  @usableFromInline var count: Int { Int(episodes.upperBound - episodes.lowerBound) }
}

/// Deals episodes out to threads and has what they finish delivered in episode order by one of them.
///
/// Chunks are claimed in order and finished in any; the ring holds those that wait for one before them.
@usableFromInline
final class EpisodeQueue<Finished: Sendable>: @unchecked Sendable {
  // Unchecked: what changes is touched with the lock held, but for `lastWanted`.

  private struct Outcome {
    let results: [Finished]
    let failure: (any Error)?
  }

  private let lock = ThreadLock()
  /// Some chunk may be claimed, or none ever again.
  private let room = ThreadLock.Condition()
  /// The chunk that is to be delivered next is finished.
  private let ready = ThreadLock.Condition()
  private let threads: Int
  private let end: UInt64
  private var nextEpisode: UInt64
  /// The size of every chunk, where it has been set.
  private let fixedSize: Int?
  private var chunkSize = 1
  private var claimed = 0
  private var delivered = 0
  private var ring: [Outcome?]
  /// The last chunk that will be delivered, as far as is known.
  private let lastWanted = Atomic(Int.max)

  /// A chunk is to take about so long, so that dealing it out costs nothing beside.
  private static var chunkDuration: Duration { .milliseconds(1) }
  private static var largestChunk: Int { 1024 }

  @usableFromInline
  init(_ episodes: Range<UInt64>, threads: Int, chunkSize: Int? = nil) {
    fixedSize = chunkSize.map { Swift.max($0, 1) }
    nextEpisode = episodes.lowerBound
    end = episodes.upperBound
    self.threads = threads
    ring = Array(repeating: nil, count: 4 * threads)
  }

  /// Whether a chunk comes after one that failed, or everything has ended.
  @usableFromInline
  func isUnwanted(_ chunk: EpisodeChunk) -> Bool {
    chunk.number > lastWanted.load(ordering: .relaxed)
  }

  /// The next chunk, once it is not too far ahead of what has been delivered; nil where there is none.
  ///
  /// - Parameter lanes: episodes that are lived side by side; a chunk has a multiple of them.
  @usableFromInline
  func claim(lanes: Int) -> EpisodeChunk? {
    lock.acquire()
    defer { lock.release() }
    while !isOver {
      if hasRoom { return claimNext(lanes) }
      room.wait(lock)
    }
    return nil
  }

  /// Takes in what came of a chunk.
  @usableFromInline
  func complete(_ chunk: EpisodeChunk, _ results: [Finished], failure: (any Error)?) {
    let duration = chunk.begin.duration(to: .now)
    lock.acquire()
    defer { lock.release() }
    ring[chunk.number % ring.count] = Outcome(results: results, failure: failure)
    if failure == nil {
      adapt(chunk.count, duration)
    } else if !isUnwanted(chunk) {
      lastWanted.store(chunk.number, ordering: .relaxed)
      room.wakeAll()
    }
    if chunk.number == delivered { ready.wakeAll() }
  }

  /// Delivers whatever is next in order, and claims a chunk once nothing is; waits where neither can be
  /// done, and gives nil where all has been.
  ///
  /// - Parameter caughtUp: called after deliveries, once nothing more is ready.
  @usableFromInline
  func deliverOrClaim(
    lanes: Int, _ deliver: (Finished) throws -> Bool, caughtUp: () throws -> Void
  ) throws -> EpisodeChunk? {
    var hasDelivered = false
    lock.acquire()
    defer { lock.release() }
    while true {
      let place = delivered % ring.count
      if let outcome = ring[place] {
        ring[place] = nil
        lock.release()
        defer { lock.acquire() }
        for result in outcome.results where try !deliver(result) { return nil }
        if let failure = outcome.failure { throw failure }
        hasDelivered = true
      } else if hasDelivered {
        hasDelivered = false
        lock.release()
        defer { lock.acquire() }
        try caughtUp()
        // Something may have become ready meanwhile.
        continue
      } else if !isOver && hasRoom {
        return claimNext(lanes)
      } else if delivered == claimed {
        return nil
      } else {
        ready.wait(lock)
        continue
      }
      delivered += 1
      room.wakeOne()
    }
  }

  /// Ends it: what is not delivered yet is not wanted any more.
  @usableFromInline
  func stop() {
    lock.acquire()
    defer { lock.release() }
    lastWanted.store(-1, ordering: .relaxed)
    room.wakeAll()
  }

  // MARK: - With the lock held

  private var isOver: Bool {
    nextEpisode == end || lastWanted.load(ordering: .relaxed) != .max
  }

  private var hasRoom: Bool { claimed - delivered < ring.count }

  private func claimNext(_ lanes: Int) -> EpisodeChunk {
    let left = end - nextEpisode
    // Smaller ones towards the end, so that all threads come to it together.
    let share = Swift.max(left / UInt64(2 * threads), 1)
    let measured = (Swift.min(chunkSize, Int(share)) + lanes - 1) / lanes * lanes
    let wanted = fixedSize ?? measured
    let first = nextEpisode
    nextEpisode += Swift.min(UInt64(wanted), left)
    let chunk = EpisodeChunk(number: claimed, episodes: first..<nextEpisode)
    claimed += 1
    if nextEpisode == end { room.wakeAll() }
    return chunk
  }

  /// Results never depend on what is measured here, only how many episodes are claimed at once.
  private func adapt(_ count: Int, _ duration: Duration) {
    let episodes = Double(count) * (EpisodeQueue.chunkDuration / duration)
    let most = Swift.min(4 * chunkSize, EpisodeQueue.largestChunk)
    chunkSize = Int(Swift.max(1, Swift.min(episodes, Double(most))))
  }
}
