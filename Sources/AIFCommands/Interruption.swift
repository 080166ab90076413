import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals that ask a command to end.
///
/// A command that holds unfinished work looks for them itself (``heeded(_:)``), finishes what it
/// holds and says so by its exit code. At any other time, and at a second signal, the process ends
/// at once; an unfinished file in which nothing is worth keeping goes with it.
enum Interruption {
  private static let received = Atomic<Int32>(0)
  private static let isHeeded = Atomic<Bool>(false)
  /// The address of its name as C has it; 0 when there is none.
  private static let unfinishedFile = Atomic<UInt>(0)

  /// The signals that ask for an end.
  private static let endings = [SIGINT, SIGTERM, SIGHUP]

  /// The signal that has arrived while it was looked for; 0 when none has.
  static var signal: Int32 { received.load(ordering: .relaxed) }

  /// Begins to listen.
  static func install() {
    // Touched here, so that the handler never is the first to ask for them.
    _ = (signal, isHeeded.load(ordering: .relaxed), unfinishedFile.load(ordering: .relaxed))
    for number in endings where !(number == SIGHUP && isIgnored(number)) {
      setAction(number) { Interruption.arrived($0) }
    }
    mask(SIG_UNBLOCK)
    // A closed pipe and a file that grows beyond its limit are errors of the write, not the end of the
    // process.
    setAction(SIGPIPE, SIG_IGN)
    setAction(SIGXFSZ, SIG_IGN)
  }

  /// Runs what looks at ``signal`` often.
  static func heeded<Result>(_ body: () throws -> Result) rethrows -> Result {
    isHeeded.store(true, ordering: .relaxed)
    defer { isHeeded.store(false, ordering: .relaxed) }
    return try body()
  }

  /// - Throws: ``CommandFailure/interrupted(signal:)`` once a signal has arrived.
  static func check() throws {
    let number = signal
    if number != 0 { throw CommandFailure.interrupted(signal: number) }
  }

  /// Runs what no signal may come in between; whatever arrives is heard afterwards.
  static func heldBack<Result>(_ body: () -> Result) -> Result {
    mask(SIG_BLOCK)
    defer { mask(SIG_UNBLOCK) }
    return body()
  }

  /// Names the file that must not outlive the process as it is now; nil when there is none.
  static func setUnfinished(_ path: String?) {
    let copy = path.flatMap { strdup($0) }
    // The last name is not freed: the handler may be reading it.
    unfinishedFile.store(UInt(bitPattern: copy), ordering: .releasing)
  }

  /// The handler: calls nothing but what POSIX allows there.
  private static func arrived(_ number: Int32) {
    if isHeeded.load(ordering: .relaxed)
      && received.exchange(number, ordering: .relaxed) == 0
    {
      return
    }
    let file = unfinishedFile.load(ordering: .acquiring)
    if let path = UnsafePointer<CChar>(bitPattern: file) { unlink(path) }
    _exit(128 + number)
  }

  /// Holds back or lets through what asks for an end. Who starts a process from a worker thread hands
  /// down that all signals are held back.
  private static func mask(_ how: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in endings { sigaddset(&set, number) }
    pthread_sigmask(how, &set, nil)
  }

  /// Whether who started the process wants it to go on, as nohup does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    #if canImport(Glibc)
      let handler = action.__sigaction_handler.sa_handler
    #else
      let handler = action.__sigaction_u.__sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func setAction(
    _ number: Int32, _ handler: (@convention(c) (Int32) -> Void)?
  ) {
    var action = sigaction()
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
    #else
      action.__sigaction_u.__sa_handler = handler
    #endif
    sigaction(number, &action, nil)
  }
}
