import GenerativeModel
import Kernels

/// Finds what all of a sequence of observations says of the hidden states at each of its steps, and how
/// probable the observations are.
///
/// ```swift
/// let smoother = try Smoother(model)
/// let sequence = try smoother.smooth(record)
/// print(sequence.beliefs[0], sequence.logEvidence ?? sequence.logEvidenceBound)
/// ```
///
/// Factors that no likelihood or transition connects are smoothed apart, each group of connected ones
/// exactly over its joint states, or by the approximation that ``SmoothingSettings/Method/structured``
/// is where it has too many of them; the result says which.
///
/// - Complexity: of an exact group a small multiple of a prediction of its joint states a step: at most
///   steps times joint states times next states, less where transitions are sparse or depend on little.
public final class Smoother: Sendable {
  /// The most numbers that a sequence may take unless told otherwise: 2 GiB of them.
  public static let largestCount = 1 << 28

  /// Factors that are smoothed together.
  public struct Group: Hashable, Sendable {
    /// In the order of the model.
    public let factors: [Int]
    /// The number of their joint states; `Int.max` where it does not fit.
    public let jointStateCount: Int
    /// Whether their joint states are smoothed exactly.
    public let isExact: Bool
  }

  /// The model.
  public let model: GenerativeModel
  /// How it is smoothed.
  public let settings: SmoothingSettings
  /// In the order of their first factors.
  public let groups: [Group]
  /// The most numbers that a sequence may take.
  public let limit: Int
  let inference: InferenceSettings
  let parts: [Part]
  let compiled: CompiledModel
  let laidOut: LaidOutModel

  /// A group as it is walked.
  enum Part: Sendable {
    case joint(FactorGroup)
    case chains(ChainGroup)
  }

  /// A smoother for a model.
  ///
  /// - Parameters:
  ///   - inference: how observations are read: what is done with impossible ones and which convention
  ///     holds for uncertain ones. Its algorithm is of no account.
  ///   - limit: the most numbers that a sequence may take.
  ///   - laidOut: the model laid out, where the caller has that.
  /// - Throws: ``InvalidInput`` where a table is too large, or `exact` is asked for and a group's prediction
  ///   has more than 2^26 cells.
  public init(
    _ model: GenerativeModel, _ settings: SmoothingSettings = SmoothingSettings(),
    inference: InferenceSettings = InferenceSettings(), limit: Int = Smoother.largestCount,
    laidOut: LaidOutModel? = nil
  ) throws(InvalidInput) {
    self.model = model
    self.settings = settings
    self.inference = inference
    self.limit = limit
    if let laidOut { self.laidOut = laidOut } else { self.laidOut = try model.laidOut() }
    let compiled = self.laidOut.compiled
    self.compiled = compiled
    var groups: [Group] = []
    var parts: [Part] = []
    for member in FactorGroup.members(of: compiled) {
      let count = product(member.factors.map { model.factors[$0].size }) ?? .max
      let isExact =
        switch settings.method {
        case .exact: true
        case .structured: member.factors.count == 1
        case .automatic: count <= BeliefSpace.automaticLimit || member.factors.count == 1
        }
      groups.append(Group(factors: member.factors, jointStateCount: count, isExact: isExact))
      parts.append(
        isExact
          ? .joint(try FactorGroup(compiled, member.factors, modalities: member.modalities))
          : .chains(try ChainGroup(compiled, member.factors, modalities: member.modalities)))
    }
    self.groups = groups
    self.parts = parts
  }

  /// Smooths a sequence.
  ///
  /// - Throws: ``InvalidInput`` where the sequence does not fit the model, would take more than
  ///   ``limit`` numbers, or an observation is impossible, naming its step and modality.
  public func smooth(_ record: BehaviourRecord) throws(InvalidInput) -> SmoothedSequence {
    try smooth(sequence(record), laidOut.tables, statistics: nil)
  }

  /// Smooths a sequence and adds what is expected to have happened in it.
  ///
  /// - Throws: as ``smooth(_:)``.
  public func smooth(
    _ record: BehaviourRecord, statistics: SequenceStatistics
  ) throws(InvalidInput) -> SmoothedSequence {
    try smooth(sequence(record), laidOut.tables, statistics: statistics)
  }

  /// Smooths a sequence under tables in place of the model's own, of the same structure.
  package func smooth(
    _ record: BehaviourRecord, _ tables: ModelTables<Double>
  ) throws(InvalidInput) -> SmoothedSequence {
    try smooth(sequence(record), tables, statistics: nil)
  }

  /// Adds what is expected to have happened under tables in place of the model's own.
  ///
  /// - Throws: as ``smooth(_:)``.
  package func addStatistics(
    of record: BehaviourRecord, _ tables: ModelTables<Double>, to statistics: SequenceStatistics
  ) throws(InvalidInput) {
    _ = try smooth(sequence(record), tables, statistics: statistics)
  }

  func smooth(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>, statistics: SequenceStatistics?
  ) throws(InvalidInput) -> SmoothedSequence {
    try checkMemory(steps: sequence.count)
    let marginals = FixedBuffer<Double>(zeros: sequence.count * compiled.stateCount)
    var results: [SmoothedSequence.GroupResult] = []
    do throws(ImpossibleStep) {
      for part in parts {
        switch part {
        case .joint(let group):
          let smoother = JointSmoother(group, inference, steps: sequence.count)
          let logEvidence = try smoother.filter(sequence, tables)
          smoother.smooth(sequence, tables, marginals: marginals.base, statistics: statistics)
          results.append(.init(logEvidence: logEvidence, kind: .joint(smoother)))
        case .chains(let group):
          let smoother = ChainSmoother(group, inference, steps: sequence.count)
          let bound = smoother.smooth(
            sequence, tables, settings, marginals: marginals.base, statistics: statistics)
          results.append(.init(logEvidence: bound, kind: .chains(smoother)))
        }
      }
    } catch {
      throw impossible(error, sequence)
    }
    return SmoothedSequence(self, sequence, tables, marginals, results)
  }

  /// Takes a sequence over after it has been checked.
  func sequence(_ record: BehaviourRecord) throws(InvalidInput) -> ObservedSequence {
    try record.check(against: model)
    let factors = model.factors.count
    let steps = record.observations.count - 1
    let joint = FixedBuffer<Int>(repeating: 0, count: steps * factors)
    for step in 0..<steps {
      for factor in 0..<factors {
        joint.base[step * factors + factor] = compiled.jointAction(
          of: factor, record.actions[step])
      }
    }
    return ObservedSequence(
      observations: record.observations, actions: joint, factorCount: factors)
  }

  func impossible(_ error: ImpossibleStep, _ sequence: ObservedSequence) -> InvalidInput {
    let modality = model.modalities[error.modality]
    let observed =
      switch sequence.observations[error.step][error.modality] {
      case .outcome(let outcome): "'\(modality.label(outcome))'"
      case .distribution, .missing: "the uncertain outcome"
      }
    return InvalidInput(
      source: model.name,
      [
        Fault(
          "observations[\(error.step)][\(modality.name)]",
          "\(observed) has probability zero after what was observed and done before",
          remedy: "correct the model or the data, or set inference.impossible to ignore")
      ])
  }
}

extension Smoother {
  /// Bytes that smoothing so many steps takes.
  public func bytes(steps: Int) -> Double { 8 * numbers(steps: steps) }

  private func numbers(steps: Int) -> Double {
    var numbers = Double(steps) * Double(compiled.stateCount + model.factors.count)
    for part in parts {
      switch part {
      case .joint(let group): numbers += JointSmoother.numbers(group, steps: steps)
      case .chains(let group): numbers += ChainSmoother.numbers(group, steps: steps)
      }
    }
    return numbers
  }

  /// Refuses what would take too much memory before any is taken.
  package func checkMemory(steps: Int) throws(InvalidInput) {
    let needed = numbers(steps: steps)
    if needed <= Double(limit) { return }
    let fixed = numbers(steps: 0)
    let perStep = (needed - fixed) / Double(max(steps, 1))
    let most = (Double(limit) - fixed) / perStep
    let states = groups.map { $0.isExact ? "\($0.jointStateCount)" : "structured" }
    throw InvalidInput(
      source: model.name,
      [
        Fault(
          "observations",
          "\(steps) steps of \(states.joined(separator: " and ")) joint states take"
            + " \(Int(needed * 8 / 0x1p20)) MiB, more than \(limit >> 17) MiB",
          remedy:
            "smooth at most \(max(Int(most), 0)) steps at once, or set the method to structured")
      ])
  }
}
