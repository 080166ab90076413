import GenerativeModel
import Kernels
import Synchronization

/// What a whole sequence says of the hidden states at each of its steps.
public final class SmoothedSequence: Sendable {
  /// What smoothing a group found.
  struct GroupResult: Sendable {
    let logEvidence: Double
    let kind: Kind

    enum Kind: Sendable {
      case joint(JointSmoother)
      case chains(ChainSmoother)
    }
  }

  /// The number of steps.
  public let count: Int
  /// The groups of factors that were smoothed together, and which of them exactly.
  public let groups: [Smoother.Group]
  private let smoother: Smoother
  private let results: [GroupResult]
  private let contents: Mutex<Contents>

  /// Behind a lock, for what is asked for afterwards is found in memory that the smoothers share.
  private struct Contents: @unchecked Sendable {
    // Unchecked: read alone, and only under the lock.
    let sequence: ObservedSequence
    let tables: ModelTables<Double>
    let marginals: FixedBuffer<Double>
  }

  init(
    _ smoother: Smoother, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ marginals: FixedBuffer<Double>, _ results: [GroupResult]
  ) {
    self.smoother = smoother
    self.results = results
    groups = smoother.groups
    count = sequence.count
    contents = Mutex(Contents(sequence: sequence, tables: tables, marginals: marginals))
  }

  // MARK: - Evidence

  /// Whether every group was smoothed exactly.
  public var isExact: Bool { groups.allSatisfy(\.isExact) }

  /// ln P(observations | actions) in nats; nil where some group was approximated.
  public var logEvidence: Double? { isExact ? logEvidenceBound : nil }

  /// ``logEvidence``, or where some group was approximated the negative free energy: a lower bound of the
  /// log evidence of the model in which no logarithm is below that of 2^-52.
  public var logEvidenceBound: Double { results.reduce(0) { $0 + $1.logEvidence } }

  // MARK: - Beliefs

  /// `[step][factor][state]`, each factor's states summing to one.
  public var beliefs: [[[Double]]] {
    (0..<count).map { step in groupOfFactor.indices.map { belief(factor: $0, at: step) } }
  }

  /// The probability of each state of a factor at a step, given the whole sequence.
  ///
  /// - Precondition: the factor and the step exist.
  public func belief(factor: Int, at step: Int) -> [Double] {
    precondition((0..<count).contains(step))
    let plan = smoother.compiled.factors.base[factor]
    let first = step * smoother.compiled.stateCount + plan.stateOffset
    return contents.withLock { $0.marginals.array(first..<first + plan.states) }
  }

  /// The probability of each joint state of a group of factors at a step, the last factor varying fastest;
  /// under an approximation the product of its factors.
  ///
  /// - Precondition: the group and the step exist.
  public func joint(group: Int, at step: Int) -> [Double] {
    precondition((0..<count).contains(step))
    switch results[group].kind {
    case .joint(let smoother):
      let size = smoother.group.size
      return smoother.smoothed.array(step * size..<(step + 1) * size)
    case .chains:
      return groups[group].factors.reduce([1]) { joint, factor in
        let states = belief(factor: factor, at: step)
        return joint.flatMap { probability in states.map { probability * $0 } }
      }
    }
  }

  /// The probability of a factor's next state together with the states that it depends on, `[next, given[0],
  /// ...]` as in its transition (B), given the whole sequence.
  ///
  /// - Parameter step: of the states that it depends on; the next state is that of the next step.
  /// - Precondition: the factor exists and the step is not the last.
  /// - Complexity: as a step of smoothing, and as many numbers as the factor's transition has.
  public func pairwise(factor: Int, after step: Int) -> Tensor {
    precondition((0..<count - 1).contains(step))
    let compiled = smoother.compiled
    let plan = compiled.factors.base[factor]
    let given = smoother.model.transitions[factor].given.map { smoother.model.factors[$0].size }
    var values = [Double](repeating: 0, count: plan.states * plan.columns)
    contents.withLock { contents in
      let table = contents.tables.transitions.base[factor]
      let counts = FixedBuffer<Double>(zeros: table.cellCount)
      let wanted = FixedBuffer<UnsafeMutablePointer<Double>?>(
        repeating: nil, count: compiled.factors.count)
      wanted.base[factor] = counts.base
      switch results[groupOfFactor[factor]].kind {
      case .joint(let smoother):
        smoother.addPairs(after: step, contents.sequence, contents.tables, to: wanted.base)
      case .chains(let smoother):
        smoother.addPairs(
          after: step, contents.sequence, contents.tables, contents.marginals.base,
          to: wanted.base)
      }
      let first = contents.sequence.actions(after: step)[factor] * plan.columns
      for column in 0..<plan.columns {
        for cell in table.cells(of: first + column) {
          values[table.place(cell, in: first + column) * plan.columns + column] = counts.base[cell]
        }
      }
    }
    return Tensor(shape: [plan.states] + given, values)
  }

  /// The names of the modalities whose observation was impossible and has been ignored, by step.
  public func ignored(at step: Int) -> [String] {
    var modalities: [Int] = []
    for result in results {
      guard case .joint(let smoother) = result.kind else { continue }
      let members = smoother.group.modalities
      for (index, modality) in members.enumerated()
      where smoother.ignored.base[step * members.count + index] {
        modalities.append(modality)
      }
    }
    return modalities.sorted().map { smoother.model.modalities[$0].name }
  }

  private var groupOfFactor: [Int] {
    smoother.model.factors.indices.map { factor in
      groups.firstIndex { $0.factors.contains(factor) } ?? 0
    }
  }
}
