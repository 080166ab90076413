import ActiveInference
import BeliefTesting

/// Verifies files on several threads, which take a few lines at a time, of one file after the other.
///
/// Memory is constant in the number of episodes, but for files that are read whole.
final class Verification: @unchecked Sendable {
  // Unchecked: the state is touched with the lock held, one that the thread sanitizer knows.

  private struct State {
    var findings: [FileFinding] = []
    /// Batches of each file that are being worked on, and one more while it is being read.
    var unfinished: [Int] = []
    /// The file that is being read.
    var file: TraceFile?
    var isStopped = false
  }

  private struct Work {
    let file: Int
    let name: String
    let batch: TraceFile.Batch
  }

  private let paths: [String]
  private let tolerances: Tolerances
  private let catalog = Catalog.current
  private let lock = ThreadLock()
  private var state = State()

  init(_ paths: [String], tolerances: Tolerances) {
    self.paths = paths
    self.tolerances = tolerances
  }

  /// Verifies all of them.
  ///
  /// - Parameters:
  ///   - progress: is told, on the calling thread, how many files and episodes are done.
  ///   - report: takes what came of each file, on the calling thread and in order.
  func run(
    threads: Int, progress: (_ files: Int, _ episodes: Int) -> Void,
    report: (FileFinding) throws -> Void
  ) throws {
    let others = WorkerThreads(threads - 1) { try? self.work {} }
    defer {
      withState { $0.isStopped = true }
      others.join()
    }
    var reported = 0
    func reportFinished() throws {
      let (ready, episodes) = withState { state in
        let end = state.unfinished[reported...].firstIndex { $0 > 0 } ?? state.unfinished.count
        return (
          Array(state.findings[reported..<end]), state.findings.reduce(0) { $0 + $1.episodes }
        )
      }
      for finding in ready { try report(finding) }
      reported += ready.count
      progress(reported, episodes)
    }
    try work(afterBatch: reportFinished)
    others.join()
    try reportFinished()
  }

  private func withState<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    lock.acquire()
    defer { lock.release() }
    return try body(&state)
  }

  private func work(afterBatch: () throws -> Void) throws {
    try Catalog.$current.withValue(catalog) {
      var verifier = TraceVerifier(tolerances: tolerances)
      var file = -1
      var reader = TraceReader(source: "")
      while let work = claim() {
        if file != work.file { reader = TraceReader(source: work.name) }
        file = work.file
        let part = Verification.finding(work, &verifier, &reader)
        withState {
          $0.findings[work.file].add(part)
          $0.unfinished[work.file] -= 1
        }
        try afterBatch()
      }
    }
  }

  private static func finding(
    _ work: Work, _ verifier: inout TraceVerifier, _ reader: inout TraceReader
  ) -> FileFinding {
    var part = FileFinding(name: work.name)
    work.batch.forEach(&reader, source: work.name) { position, _, result in
      do {
        let trace = try result.get()
        part.episodes += 1
        if trace.steps.isEmpty { part.empty += 1 }
        if trace.agent.planning.budget.microseconds != nil { part.timed += 1 }
        let found = try Verification.placed(trace, work.name) { try verifier.finding(in: trace) }
        if let found { part.add(found, at: position) }
      } catch {
        part.add(error, at: position)
      }
    }
    return part
  }

  /// Runs something about an episode; what is wrong is placed there.
  static func placed<Result>(
    _ trace: Trace, _ file: String, _ run: () throws -> Result
  ) throws -> Result {
    let place = "\(file), episode \(trace.episode)"
    do {
      return try run()
    } catch let faults as InvalidInput {
      throw InvalidInput(source: place, faults.faults)
    } catch CommandFailure.input(let message) {
      throw CommandFailure.input("\(place): \(message)")
    }
  }

  /// The next batch of the file that is being read, or of the next file; nil at the end of all.
  private func claim() -> Work? {
    withState { state in
      while !state.isStopped {
        guard let file = state.file else {
          guard state.findings.count < paths.count else { return nil }
          open(paths[state.findings.count], &state)
          continue
        }
        let index = state.findings.count - 1
        do {
          if let batch = try file.nextBatch() {
            state.unfinished[index] += 1
            return Work(file: index, name: file.name, batch: batch)
          }
        } catch {
          state.findings[index].add(error, at: .max)
        }
        state.findings[index].isCut = file.isCut
        state.unfinished[index] -= 1
        state.file = nil
      }
      return nil
    }
  }

  private func open(_ path: String, _ state: inout State) {
    var finding = FileFinding(name: InputFile(path: path).name)
    do {
      state.file = try TraceFile(path)
    } catch {
      finding.add(error, at: 0)
    }
    state.findings.append(finding)
    state.unfinished.append(state.file == nil ? 0 : 1)
  }
}
