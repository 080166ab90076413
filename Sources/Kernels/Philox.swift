/// The Philox4x64-10 generator: a bijection of 256-bit counters, chosen by a 128-bit key.
///
/// Distinct counters give statistically independent words, so a random number is a function of its
/// address and any of them can be computed without the ones before.
///
/// Source: Salmon, Moraes, Dror & Shaw (2011), Parallel random numbers: as easy as 1, 2, 3,
/// https://doi.org/10.1145/2063384.2063405.
public enum Philox4x64 {
  /// Four words: a counter or a block of output.
  public typealias Block = (UInt64, UInt64, UInt64, UInt64)

  /// The four words that belong to `counter` under `key`.
  ///
  /// - Complexity: ten rounds of two 64-bit products.
  @inlinable
  public static func block(counter: Block, key: (UInt64, UInt64)) -> Block {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let first = c0.multipliedFullWidth(by: 0xD2E7_470E_E14C_6C93)
      let second = c2.multipliedFullWidth(by: 0xCA5A_8263_9512_1157)
      (c0, c1, c2, c3) = (second.high ^ c1 ^ k0, second.low, first.high ^ c3 ^ k1, first.low)
      // The Weyl sequences of the golden ratio and of sqrt(3) - 1.
      k0 &+= 0x9E37_79B9_7F4A_7C15
      k1 &+= 0xBB67_AE85_84CA_A73B
    }
    return (c0, c1, c2, c3)
  }
}
