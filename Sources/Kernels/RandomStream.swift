/// A stream of random numbers with an address instead of a history.
///
/// Two streams at one address give the same numbers, streams at different addresses independent
/// ones, wherever, whenever and in whatever order they are made. A stream is a plain value:
/// copying it forks it, and drawing allocates nothing.
///
/// The words are Philox4x64-10 blocks with key (seed, 0) and, as the four counter words, the number
/// of the block within the stream, purpose · 2³² + index, step, and episode.
///
/// ```swift
/// var random = RandomStream(seed: 1, episode: 0, step: 3, purpose: .outcome, index: 2)
/// let outcome = random.categorical([0.1, 0.2, 0.7])
/// ```
@frozen
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// What a stream is for, so that two uses within one step never share numbers.
  @frozen
  public enum Purpose: UInt32, Sendable, CaseIterable {
    /// The hidden states at the start of an episode; the index is the factor.
    case initialState = 1
    /// The next hidden states; the index is the factor.
    case transition = 2
    /// Outcomes; the index is the modality.
    case outcome = 3
    /// An agent's choice; the index is the control.
    case action = 4
    /// Whatever an environment of its own making draws.
    case environment = 5
    /// Parameters of a model.
    case parameters = 6
    /// Anything else a user draws.
    case user = 100
  }

  @usableFromInline internal let seed: UInt64
  @usableFromInline internal let episode: UInt64
  @usableFromInline internal let step: UInt64
  @usableFromInline internal let place: UInt64
  /// The number of blocks made so far, which is the number of the next one.
  @usableFromInline internal var blocks: UInt64 = 0
  /// The words still to be given, the next one first.
  @usableFromInline internal var pending: (UInt64, UInt64, UInt64) = (0, 0, 0)
  @usableFromInline internal var pendingCount = 0

  /// The stream at an address.
  @inlinable
  public init(seed: UInt64, episode: UInt64, step: UInt64, purpose: Purpose, index: UInt32 = 0) {
    self.seed = seed
    self.episode = episode
    self.step = step
    self.place = UInt64(purpose.rawValue) << 32 | UInt64(index)
  }

  /// The next 64 random bits.
  ///
  /// - Complexity: O(1); every fourth call makes a block.
  @inlinable
  public mutating func next() -> UInt64 {
    if pendingCount > 0 {
      let word = pending.0
      pending = (pending.1, pending.2, 0)
      pendingCount -= 1
      return word
    }
    let block = Philox4x64.block(counter: (blocks, place, step, episode), key: (seed, 0))
    blocks &+= 1
    pending = (block.1, block.2, block.3)
    pendingCount = 3
    return block.0
  }

  /// A number uniform in [0, 1): the next word's top 53 bits.
  @inlinable
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
