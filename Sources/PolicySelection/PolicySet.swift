import GenerativeModel
import Kernels

/// The policies that an agent weighs, as a tree of prefixes.
///
/// A policy is a sequence of joint actions, one action a control at each step. Policies that begin
/// alike share their beginning, which is evaluated once.
public final class PolicySet: @unchecked Sendable {
  // Unchecked: the buffers are written during initialisation and only read afterwards.

  /// The prefixes of one length.
  struct Level {
    /// How many there are.
    let count: Int
    /// For each, the prefix of the level before; 0 on the first level.
    let parent: FixedBuffer<Int32>
    /// For each, the joint action it ends with.
    let action: FixedBuffer<Int32>
  }

  /// The number of policies; at least 1.
  public let count: Int
  /// Joint actions a policy; 0 in a model without controls.
  public let horizon: Int
  /// The joint actions that occur, each with one entry a control.
  public let actions: [[Int]]
  /// For each joint action the joint action of each factor's own controls.
  public let factorActions: FixedBuffer<Int>
  /// For each policy its first joint action; empty in a model without controls.
  public let firstActions: FixedBuffer<Int32>
  let levels: [Level]
  /// Whether every prefix goes on with every joint action, in order: prefix p and action a make prefix
  /// p x actions + a.
  let isFullTree: Bool
  /// Whether every prefix goes on in the same way, so that one that arrives at a belief of another length
  /// has nothing new ahead; and the beliefs of all lengths take no more than twice what the last take.
  var levelsCanShare: Bool { isFullTree && actions.count > 1 }
  /// For each policy its prefix of full length.
  let leaves: FixedBuffer<Int32>

  /// The largest number of policies that are enumerated.
  public static let largestCount = 1 << 24
  /// The most steps of a policy.
  public static let largestHorizon = 1 << 16

  /// All sequences of joint actions of a length, or the model's own list.
  ///
  /// All sequences come in the order of the product over (step 0 control 0, step 0 control 1, ...,
  /// step 1 control 0, ...), the last varying fastest (pymdp `control.construct_policies`).
  ///
  /// - Parameter horizon: the length; nil leaves it to the model's list, or 1.
  /// - Throws: ``InvalidInput`` where the horizon contradicts the list, there are more than 2^24
  ///   policies, or they have more than 2^16 steps.
  public init(_ compiled: CompiledModel, horizon requested: Int?) throws(InvalidInput) {
    let model = compiled.model
    if let list = model.policies {
      let length = list.first?.count ?? 0
      if let requested, requested != length {
        throw InvalidInput(
          source: "",
          [
            Fault(
              "planning.horizon",
              "\(requested) contradicts the model's policies of length \(length)",
              remedy: "leave it out")
          ])
      }
      try PolicySet.checkLength(length, "policies", remedy: "shorten them")
      let tree = PolicySet.tree(list)
      count = list.count
      horizon = length
      actions = tree.actions
      levels = tree.levels
      leaves = tree.leaves
      isFullTree = false
    } else {
      let sizes = model.controls.map(\.size)
      horizon = sizes.isEmpty ? 0 : requested ?? 1
      try PolicySet.checkCount(sizes, horizon)
      actions = sizes.isEmpty ? [] : combinations(sizes)
      levels = PolicySet.fullTree(actions.count, horizon)
      count = levels.last?.count ?? 1
      leaves = FixedBuffer((0..<Int32(count)))
      isFullTree = true
    }
    factorActions = FixedBuffer(
      actions.flatMap { action in
        model.factors.indices.map { compiled.jointAction(of: $0, action) }
      })
    let first = levels.isEmpty ? [] : PolicySet.firstActions(levels, leaves)
    firstActions = FixedBuffer(first)
  }

  /// The policies that an agent with these settings weighs: one a joint action unless policies are
  /// enumerated.
  ///
  /// - Throws: what ``init(_:horizon:)`` throws, and ``InvalidInput`` where the model lists policies for a
  ///   method that makes its own.
  public convenience init(
    _ compiled: CompiledModel, _ settings: PlanningSettings
  ) throws(InvalidInput) {
    try self.init(compiled, horizon: settings.policyLength(compiled.model))
  }

  /// The number of distinct prefixes of each length, of all sequences or of the model's own list.
  ///
  /// - Throws: what ``init(_:horizon:)`` throws.
  package static func prefixCounts(
    _ compiled: CompiledModel, _ settings: PlanningSettings
  ) throws(InvalidInput) -> [Int] {
    try prefixCounts(compiled, horizon: settings.policyLength(compiled.model))
  }

  /// The number of distinct prefixes of each length, of all sequences or of the model's own list.
  ///
  /// - Throws: what ``init(_:horizon:)`` throws.
  public static func prefixCounts(
    _ compiled: CompiledModel, horizon requested: Int?
  ) throws(InvalidInput) -> [Int] {
    if compiled.model.policies != nil {
      return try PolicySet(compiled, horizon: requested).levels.map(\.count)
    }
    let sizes = compiled.model.controls.map(\.size)
    let horizon = sizes.isEmpty ? 0 : requested ?? 1
    try checkCount(sizes, horizon)
    var counts: [Int] = []
    for _ in 0..<horizon { counts.append((counts.last ?? 1) * sizes.reduce(1, *)) }
    return counts
  }

  /// A policy's joint actions, each with one entry a control.
  public func policy(_ index: Int) -> [[Int]] {
    var prefix = Int(leaves.base[index])
    var result: [[Int]] = []
    for level in levels.reversed() {
      result.append(actions[Int(level.action.base[prefix])])
      prefix = Int(level.parent.base[prefix])
    }
    return result.reversed()
  }

  /// The joint action of every policy at every step: `[policy][step]`, as numbers of ``actions``.
  package var sequences: [Int32] {
    var result = [Int32](repeating: 0, count: count * horizon)
    for policy in 0..<count {
      var prefix = Int(leaves.base[policy])
      for step in (0..<horizon).reversed() {
        result[policy * horizon + step] = levels[step].action.base[prefix]
        prefix = Int(levels[step].parent.base[prefix])
      }
    }
    return result
  }

  /// The number of distinct prefixes of all lengths.
  public var prefixCount: Int { levels.reduce(0) { $0 + $1.count } }

  private static func checkLength(
    _ steps: Int, _ place: String, remedy: String
  ) throws(InvalidInput) {
    if steps <= largestHorizon { return }
    let problem = "\(steps) is more than \(largestHorizon) steps"
    throw InvalidInput(source: "", [Fault(place, problem, remedy: remedy)])
  }

  private static func checkCount(_ sizes: [Int], _ horizon: Int) throws(InvalidInput) {
    if let joint = product(sizes), joint == 1 || horizon <= 24,
      let count = product(Array(repeating: joint, count: joint == 1 ? 1 : horizon)),
      count <= largestCount
    {
      try checkLength(horizon, "planning.horizon", remedy: "shorten the horizon")
      return
    }
    let choices = sizes.map(String.init).joined(separator: " x ")
    throw InvalidInput(
      source: "",
      [
        Fault(
          "planning.horizon",
          "\(choices) joint actions over \(horizon) steps are more than \(largestCount) policies",
          remedy: "shorten the horizon or give a list of policies")
      ])
  }

  private static func fullTree(_ actions: Int, _ horizon: Int) -> [Level] {
    var levels: [Level] = []
    var count = 1
    for _ in 0..<horizon {
      let parents = count
      count *= actions
      let parent = FixedBuffer<Int32>(repeating: 0, count: count)
      let action = FixedBuffer<Int32>(repeating: 0, count: count)
      for prefix in 0..<parents {
        for a in 0..<actions {
          parent.base[prefix * actions + a] = Int32(prefix)
          action.base[prefix * actions + a] = Int32(a)
        }
      }
      levels.append(Level(count: count, parent: parent, action: action))
    }
    return levels
  }

  private static func tree(
    _ list: [[[Int]]]
  ) -> (actions: [[Int]], levels: [Level], leaves: FixedBuffer<Int32>) {
    var actions: [[Int]] = []
    var actionIndex: [[Int]: Int32] = [:]
    var prefixes = [Int32](repeating: 0, count: list.count)
    var levels: [Level] = []
    for step in 0..<(list.first?.count ?? 0) {
      var known: [SIMD2<Int32>: Int32] = [:]
      var parent: [Int32] = []
      var last: [Int32] = []
      for policy in list.indices {
        let action = list[policy][step]
        let index = actionIndex[action] ?? Int32(actions.count)
        if actionIndex[action] == nil {
          actionIndex[action] = index
          actions.append(action)
        }
        let key = SIMD2(prefixes[policy], index)
        if let prefix = known[key] {
          prefixes[policy] = prefix
          continue
        }
        parent.append(prefixes[policy])
        last.append(index)
        prefixes[policy] = Int32(parent.count - 1)
        known[key] = prefixes[policy]
      }
      levels.append(
        Level(count: parent.count, parent: FixedBuffer(parent), action: FixedBuffer(last)))
    }
    return (actions, levels, FixedBuffer(prefixes))
  }

  private static func firstActions(_ levels: [Level], _ leaves: FixedBuffer<Int32>) -> [Int32] {
    (0..<leaves.count).map { policy in
      var prefix = Int(leaves.base[policy])
      for level in levels.dropFirst().reversed() { prefix = Int(level.parent.base[prefix]) }
      return levels[0].action.base[prefix]
    }
  }
}
