import GenerativeModel
import Inference
import Kernels

extension ExpectedFreeEnergy {
  /// Follows every action that some prefix takes, where beliefs are certain of what is
  /// steered: nothing is carried forward but the rest, once a level.
  func follow(
    _ level: Level, _ index: Int, _ sources: Range<Int>, _ steered: SteeredBeliefs<Arithmetic>,
    _ model: ModelTables<Arithmetic.Parameter>, first: Int
  ) -> Int {
    let perBlock = ExpectedFreeEnergy.nodesPerBlock
    let lanes = Number.laneCount
    steered.advance(model, keepsKnown: first > 0)
    let known = level.buffer * perBlock
    let from =
      index == 0
      ? UnsafePointer(steered.root.base)
      : UnsafePointer(steered.states.base) + levels.base[index - 1].buffer * perBlock * lanes
    let edges = self.edges.base + level.edge
    var count = first
    var node = sources.lowerBound
    // In the order in which blocks are carried forward.
    while node < sources.upperBound {
      let end = min((node / perBlock + 1) * perBlock, sources.upperBound)
      for action in 0..<actionCount {
        for source in node..<end where edges[source * actionCount + action] != -1 {
          let found = steered.follow(action, from: from + source * lanes, first: known, next: count)
          if found == count { count += 1 }
          edges[source * actionCount + action] = Int32(found)
        }
      }
      node = end
    }
    return count
  }
}
