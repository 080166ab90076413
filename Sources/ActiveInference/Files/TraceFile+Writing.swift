import PolicySelection

extension Trace {
  static let format = "aif.trace/1"

  /// The trace as a document: model and agent whole, what the record level left out left out.
  package var document: DocumentValue { .object(heading() + content) }

  /// Appends the trace as one line of compact JSON, with its line end.
  ///
  /// Where many episodes of one agent are written, a ``TraceLineWriter`` renders what they share once.
  ///
  /// - Precondition: every number is finite.
  public func appendLine(to bytes: inout [UInt8]) {
    TraceLineWriter(self)
      .append(episode: episode, steps: steps, final: final, finalAbove: finalAbove, to: &bytes)
  }

  /// The trace as JSON, a key a line.
  ///
  /// - Precondition: every number is finite.
  public var jsonText: String { JSONWriter.text(document, isPretty: true) + "\n" }

  /// What the episodes of one agent share.
  func heading(_ format: String = Trace.format) -> [DocumentValue.Member] {
    [
      .init("format", .string(format)),
      .init("build", .string(build)),
      .init("model", model.document),
      .init("agent", agent.document),
      levels.isEmpty ? nil : .init("levels", .array(levels.map(\.document))),
      environment.map { .init("environment", $0.document) },
      .init("seed", seed.document),
    ].compactMap { $0 }
  }

  /// What is an episode's own.
  private var content: [DocumentValue.Member] {
    [
      .init("episode", .integer(episode)),
      .init("steps", .array(steps.map(\.document))),
      .init("final", finalDocument),
    ]
  }

  /// The counts after the last step.
  var finalDocument: DocumentValue {
    Trace.final(outline.models, [final] + finalAbove)
  }

  /// Counts by level, the lowest first.
  fileprivate static func final(
    _ models: [GenerativeModel], _ counts: [GenerativeModel.Concentration]
  ) -> DocumentValue {
    func members(_ level: Int) -> [DocumentValue.Member] {
      [.init("concentration", models[level].concentrationDocument(counts[level]))]
    }
    return .object(
      members(0)
        + (models.count == 1
          ? [] : [.init("levels", .array((1..<models.count).map { .object(members($0)) }))]))
  }
}

/// Writes the episodes of one agent as JSON Lines, rendering what they share once.
///
/// ```swift
/// let writer = TraceLineWriter(
///   build: Build.version, model: model, agent: configuration, environment: reference, seed: 0)
/// var lines: [UInt8] = []
/// writer.append(episode: 0, steps: episode.steps, final: agent.concentration, to: &lines)
/// ```
public struct TraceLineWriter: Sendable {
  /// One a level, the lowest first.
  private let models: [GenerativeModel]
  /// `{"format":...,"seed":0`: the keys that all lines begin with.
  package let heading: [UInt8]

  /// A writer of episodes that agree in all of this.
  ///
  /// - Parameters:
  ///   - levels: of a deep agent those above the lowest.
  ///   - environment: where the observations came from; nil in a replay.
  public init(
    build: String, model: GenerativeModel, agent: AgentConfiguration, levels: [Trace.Level] = [],
    environment: Trace.EnvironmentReference?, seed: UInt64
  ) {
    self.init(
      Trace(
        build: build, model: model, agent: agent, levels: levels, environment: environment,
        seed: seed, steps: [], final: model.concentration))
  }

  /// A writer of episodes that agree with a trace in all but what is an episode's own.
  package init(_ trace: Trace) {
    models = trace.outline.models
    var writer = JSONWriter()
    writer.write(.object(trace.heading()))
    heading = writer.bytes.dropLast()
  }

  /// Appends an episode as one line of compact JSON, with its line end.
  ///
  /// - Precondition: every number is finite, and `finalAbove` has one entry for each of the levels above the lowest.
  public func append(
    episode: Int, steps: [StepRecord], final: GenerativeModel.Concentration,
    finalAbove: [GenerativeModel.Concentration] = [], to bytes: inout [UInt8]
  ) {
    bytes += heading
    append(episode: episode, steps: steps, ending: ending([final] + finalAbove), to: &bytes)
  }

  /// The end of a line, from the last key on.
  ///
  /// - Parameter concentrations: by level, the lowest first.
  package func ending(_ concentrations: [GenerativeModel.Concentration]) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(Trace.final(models, concentrations))
    return Array(",\"final\":".utf8) + writer.bytes + Array("}\n".utf8)
  }

  /// Appends what comes after the heading.
  package func append(
    episode: Int, steps: [StepRecord], ending: [UInt8], to bytes: inout [UInt8]
  ) {
    let line = LineBuffer()
    line.append(",\"episode\":")
    line.append(episode)
    line.append(",\"steps\":")
    StepLineWriter(line: line).append(steps)
    line.append(ending)
    bytes.append(contentsOf: line.bytes)
  }
}

extension SearchReport {
  fileprivate var document: DocumentValue {
    .object(
      [
        .init("nodes", .integer(nodes)), gap.map { .init("gap", .number($0)) },
        .init("prunedMass", .number(prunedMass)), sweeps.map { .init("sweeps", .integer($0)) },
      ].compactMap { $0 })
  }
}

extension StepRecord {
  /// The step as a document: what is nil or empty is left out.
  package var document: DocumentValue {
    var members: [DocumentValue.Member] = []
    members.reserveCapacity(20)
    func add(_ key: String, _ value: DocumentValue?) {
      if let value { members.append(.init(key, value)) }
    }
    add("t", .integer(t))
    add("observation", .array(observation.map(\.document)))
    add("states", states.map(DocumentValue.indices))
    add("impossible", impossible.isEmpty ? nil : .array(impossible.map { .string($0) }))
    add("beliefs", beliefs.map(DocumentValue.table))
    add("windowStart", smoothed.map { .integer($0.windowStart) })
    add("smoothedBeliefs", smoothed.map { .array($0.beliefs.map(DocumentValue.table)) })
    add("logEvidence", smoothed?.logEvidence.map { .number($0) })
    add("logEvidenceBound", smoothed?.logEvidenceBound.map { .number($0) })
    add("freeEnergy", freeEnergy.map { .number($0) })
    add("negativeExpectedFreeEnergy", negativeExpectedFreeEnergy.map(DocumentValue.vector))
    add("terms", terms?.document)
    add("policyPosterior", policyPosterior.map(DocumentValue.vector))
    add("policyFreeEnergy", policyFreeEnergy.map(DocumentValue.vector))
    add("precision", precision.map { .number($0) })
    add("actionMarginals", actionMarginals.map(DocumentValue.table))
    add("action", action.map(DocumentValue.indices))
    add("choice", choice.map(DocumentValue.indices))
    add("search", search?.document)
    add("iterates", iterates?.document)
    add("precisionUpdates", precisionUpdates.map(DocumentValue.vector))
    add("levels", levels.map { .array($0.map(\.document)) })
    return .object(members)
  }
}

extension PolicyTerms {
  fileprivate var document: DocumentValue {
    .object([
      .init("utility", .vector(utility)),
      .init("stateInformationGain", .vector(stateInformationGain)),
      .init("parameterInformationGain", .vector(parameterInformationGain)),
      .init("inductive", .vector(inductive)),
    ])
  }
}

extension Iterates {
  fileprivate var document: DocumentValue {
    .object(
      [
        .init("freeEnergy", .vector(freeEnergy)),
        .init("beliefs", .array(beliefs.map(DocumentValue.table))),
        .init("converged", .boolean(converged)),
        policyBeliefs.map { sweeps in
          .init(
            "policyBeliefs",
            .array(
              sweeps.map { policies in
                .array(policies.map { times in .array(times.map(DocumentValue.table)) })
              }))
        },
      ].compactMap { $0 })
  }
}

extension Trace.EnvironmentReference {
  /// Parameters are in the order of their names.
  package var document: DocumentValue {
    let members = parameters.sorted { $0.key < $1.key }
      .map { DocumentValue.Member($0.key, $0.value.document) }
    return .object(
      [.init("id", .string(id)), .init("parameters", .object(members))]
        + (process.map { [.init("process", $0.document)] } ?? []))
  }
}

extension UInt64 {
  /// A number where it is at most 2^63 - 1, else its digits as text.
  package var document: DocumentValue {
    Int(exactly: self).map { .integer($0) } ?? .string(description)
  }
}

extension DocumentValue {
  fileprivate static func vector(_ values: [Double]) -> DocumentValue {
    values.isEmpty ? .array([]) : .numbers(values)
  }

  fileprivate static func table(_ rows: [[Double]]) -> DocumentValue { .array(rows.map(vector)) }

  fileprivate static func indices(_ values: [Int]) -> DocumentValue {
    .array(values.map { .integer($0) })
  }
}
