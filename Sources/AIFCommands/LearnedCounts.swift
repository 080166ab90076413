import ActiveInference

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A model after learning and its counts before it, from a trace or from two models.
struct LearnedCounts {
  /// The model; its counts are those after learning.
  let model: GenerativeModel
  /// The counts before it.
  let prior: GenerativeModel.Concentration

  /// Reads a model after learning.
  ///
  /// - Parameters:
  ///   - path: an `aif.model/1` file, or a trace.
  ///   - prior: an `aif.model/1` file with the counts before; needed unless `path` is a trace, which has
  ///     them.
  ///   - episode: of a trace, the number of the episode; nil for all that go on from one another.
  init(_ path: String, prior: String?, episode: Int?) throws {
    let file = InputFile(path: path)
    let learned: (model: GenerativeModel, prior: GenerativeModel.Concentration?)
    if try LearnedCounts.isRegularTrace(file) {
      var cursor = TraceCursor(try TraceFile(path))
      learned = try LearnedCounts.lifetime(episode, file.name) { try cursor.next() }
    } else {
      let bytes = try file.bytes()
      if TraceFile.isTrace(bytes) {
        var traces = try Trace.read(contentsOf: bytes, source: file.name)[...]
        learned = try LearnedCounts.lifetime(episode, file.name) { traces.popFirst() }
      } else if episode != nil {
        throw CommandFailure.input("--episode is for a trace; \(file.name) is none")
      } else {
        learned = (try GenerativeModel(contentsOf: bytes, source: file.name), nil)
      }
    }
    model = learned.model
    if let prior {
      self.prior = try LearnedCounts.prior(InputFile(path: prior), of: model, file.name)
    } else if let prior = learned.prior {
      self.prior = prior
    } else {
      throw CommandFailure.input(
        "\(file.name): is a model; --prior must name the model as it was before it learned")
    }
  }

  /// What is before the first of some episodes and after the last.
  private static func lifetime(
    _ episode: Int?, _ name: String, next: () throws -> Trace?
  ) throws -> (model: GenerativeModel, prior: GenerativeModel.Concentration?) {
    var first: GenerativeModel.Concentration?
    var last: Trace?
    var count = 0
    while let trace = try next() {
      count += 1
      if let episode, trace.episode != episode { continue }
      try trace.checkHasOneLevel(
        name, "give `aif reduce` one of its models after learning, and --prior that before")
      if let last, trace.model.concentration != last.final {
        throw CommandFailure.input(
          "\(name): episode \(trace.episode) does not go on from the counts of the one before it; "
            + "choose one with --episode")
      }
      if first == nil { first = trace.model.concentration }
      last = trace
      if episode != nil { break }
    }
    guard let last, let first else {
      throw CommandFailure.input(
        "\(name): none of its \(counted(count, "episode")) has the number \(episode ?? 0)")
    }
    return (try last.model.replacing(concentration: last.final), first)
  }

  /// The counts of a file, which must be of the same model.
  private static func prior(
    _ file: InputFile, of model: GenerativeModel, _ name: String
  ) throws -> GenerativeModel.Concentration {
    let prior = try GenerativeModel(contentsOf: file.bytes(), source: file.name)
    var faults: [Fault] = []
    func compare<Value: Equatable>(
      _ what: String, _ part: KeyPath<GenerativeModel, Value>
    ) {
      if prior[keyPath: part] == model[keyPath: part] { return }
      faults.append(
        Fault(
          what, "not those of \(name)",
          remedy: "the prior must be the same model as it was before it learned"))
    }
    compare("factors", \.factors)
    compare("modalities", \.modalities)
    compare("controls", \.controls)
    if faults.isEmpty {
      compare("A, given", \.likelihoodParents)
      compare("B, given", \.transitionParents)
    }
    if !faults.isEmpty { throw InvalidInput(source: file.name, faults) }
    return prior.concentration
  }

  /// Whether a file, not a pipe, says at its beginning that it is a trace or a golden.
  private static func isRegularTrace(_ file: InputFile) throws -> Bool {
    if file.path == "-" { return false }
    let (descriptor, information) = try file.opened()
    defer { close(descriptor) }
    guard information.st_mode & S_IFMT == S_IFREG else { return false }
    var bytes = [UInt8](repeating: 0, count: TraceFile.heading)
    let count = read(descriptor, &bytes, bytes.count)
    return count > 0 && TraceFile.isTrace(Array(bytes[..<count]))
  }
}

extension GenerativeModel {
  fileprivate var likelihoodParents: [[Int]] { likelihoods.map(\.given) }
  fileprivate var transitionParents: [[[Int]]] { transitions.map { [$0.given, $0.controls] } }
}
