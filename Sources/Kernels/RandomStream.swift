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
    /// What a plan tries out; the index is the simulation.
    case planning = 7
    /// Anything else a user draws.
    case user = 100
  }

  @usableFromInline internal let seed: UInt64
  @usableFromInline internal let episode: UInt64
  @usableFromInline internal let step: UInt64
  @usableFromInline internal let place: UInt64
  /// The number of the next word within the stream.
  @usableFromInline internal var position: UInt64 = 0
  /// The block that was made last, and its number plus one; 0 before any is made.
  @usableFromInline internal var block: Philox4x64.Block = (0, 0, 0, 0)
  @usableFromInline internal var madeBlock: UInt64 = 0

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
    let number = position >> 2
    if madeBlock != number &+ 1 { makeBlock(number) }
    let place = position & 3
    position &+= 1
    return switch place {
    case 0: block.0
    case 1: block.1
    case 2: block.2
    default: block.3
    }
  }

  /// Passes over the next 64 random bits; those after them stay what they are.
  ///
  /// - Complexity: O(1); a block of which every word is passed over is never made.
  @inlinable
  public mutating func skip() { position &+= 1 }

  // Called, not inlined: drawing is cheap only where the code around it stays small.
  @usableFromInline @inline(never)
  internal mutating func makeBlock(_ number: UInt64) {
    block = Philox4x64.block(counter: (number, place, step, episode), key: (seed, 0))
    madeBlock = number &+ 1
  }

  /// A number uniform in [0, 1): the next word's top 53 bits.
  @inlinable
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
