import GenerativeModel
import Inference
import Kernels

extension PolicySet {
  /// Bytes that policies with so many prefixes of each length take: what agents share, and each agent's
  /// own memory to score them over beliefs of so many numbers.
  ///
  /// Where a factor is wide the latter is a bound: states that no belief reaches take no memory.
  package static func bytes(
    prefixCounts: [Int], actions: Int, beliefSize: Int
  ) -> (shared: Double, own: Double) {
    let lane = Double(MemoryLayout<Lanes>.stride)
    var blocks = 0
    var widest = 1
    var prefixes = 0
    for count in prefixCounts {
      let needed = (count + Lanes.laneCount - 1) / Lanes.laneCount
      blocks += needed
      prefixes += count
      widest = max(widest, needed)
    }
    let policies = Double(prefixCounts.last ?? 1)
    let edges = prefixCounts.dropLast().reduce(1.0) { $0 + Double($1) } * Double(max(actions, 1))
    let beliefs = Double(beliefSize) * lane * Double(2 * widest + 2)
    let own = beliefs + Double(blocks) * 5 * lane + Double(prefixes) * 12 + edges * 20
    return (8 * Double(prefixes) + 8 * policies, own + 16 * policies)
  }
}
