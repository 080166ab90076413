/// Traces that a test expects, in a text that diffs well: `aif.golden/1`.
///
/// One or more episodes of one model, agent, environment, seed and build. The model and the agent
/// stand there once, and each quantity of a step has lines of its own, so that another belief is
/// another line.
///
/// ```swift
/// let golden = try Golden(Trace.recorded(of: model, steps: 6, episodes: 3))
/// let text = golden.text
/// ```
public struct Golden: Hashable, Sendable {
  package static let format = "aif.golden/1"

  /// The episodes, at least one.
  public let traces: [Trace]

  /// A golden of these episodes.
  ///
  /// - Throws: ``InvalidInput`` where there is none; where they differ in build, agent, environment
  ///   or seed, or in more of the model than learned counts; and with every fault that would keep
  ///   the text from being read, such as a number that is not finite.
  public init(_ traces: [Trace]) throws(InvalidInput) {
    let faults = FaultList()
    guard let first = traces.first else {
      throw InvalidInput(source: "golden", [Fault("", "holds no trace")])
    }
    self.traces = traces
    for (index, trace) in traces.enumerated() {
      Golden.check(trace, against: first, at: "traces[\(index)]", faults)
      trace.document.checkFinite("traces[\(index)]", faults)
    }
    try faults.check(source: "golden")
    // What is written can be read: lists have the lengths of the model.
    var reader = TraceReader(source: "golden")
    _ = try reader.golden(document)
  }

  /// The golden that a file holds.
  ///
  /// - Parameter source: what the faults name: the file.
  /// - Throws: ``InvalidInput`` with every fault: `episodes[1].steps[2].beliefs[context]`.
  public static func read(contentsOf bytes: [UInt8], source: String) throws(InvalidInput) -> Golden
  {
    var reader = TraceReader(source: source)
    return Golden(read: try reader.golden(JSONReader.read(bytes, source: source)))
  }

  private init(read traces: [Trace]) { self.traces = traces }

  // MARK: - What episodes share

  private static func check(
    _ trace: Trace, against first: Trace, at place: String, _ faults: FaultList
  ) {
    func fault(_ key: String, _ problem: String) {
      faults.add("\(place).\(key)", problem, remedy: "give it a golden of its own")
    }
    if trace.build != first.build { fault("build", "is not that of the first trace") }
    if trace.agent != first.agent { fault("agent", "is not that of the first trace") }
    if trace.levels != first.levels { fault("levels", "are not those of the first trace") }
    if trace.seed != first.seed {
      fault("seed", "is \(trace.seed), that of the first trace \(first.seed)")
    }
    if trace.model == first.model {
      if trace.environment != first.environment {
        fault("environment", "is not that of the first trace")
      }
    } else if (try? first.continued(from: trace.model.concentration))?.model != trace.model {
      fault("model", "is not that of the first trace, nor that with other counts")
    } else if (try? first.continued(from: trace.model.concentration))?.environment
      != trace.environment
    {
      fault("environment", "is not that of the first trace")
    }
  }
}

extension Trace {
  /// The model and the environment of a later episode, one that began with counts learned before.
  ///
  /// The agent's model with other counts is no longer the world: that goes on as it was.
  func continued(
    from counts: GenerativeModel.Concentration
  ) throws(InvalidInput) -> (model: GenerativeModel, environment: EnvironmentReference?) {
    let model = try self.model.replacing(concentration: counts)
    var environment = environment
    if environment?.id == "model" && environment?.process == nil {
      environment?.process = self.model
    }
    return (model, environment)
  }
}

extension DocumentValue {
  /// Adds a fault for each number in it that no file can hold.
  fileprivate func checkFinite(_ place: String, _ faults: FaultList) {
    func check(_ number: Double, _ place: String) {
      if !number.isFinite {
        faults.add(place, "is \(number)", remedy: "a file holds finite numbers")
      }
    }
    switch self {
    case .number(let number): check(number, place)
    case .numbers(let numbers):
      for (index, number) in numbers.enumerated() { check(number, "\(place)[\(index)]") }
    case .array(let items):
      for (index, item) in items.enumerated() { item.checkFinite("\(place)[\(index)]", faults) }
    case .object(let members):
      for member in members { member.value.checkFinite("\(place).\(member.key)", faults) }
    case .null, .boolean, .integer, .string: break
    }
  }
}
