import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Signals that ask a command to end: it finishes what it holds and says so by its exit code.
enum Interruption {
  private static let received = Atomic<Int32>(0)

  /// The signal that has arrived; 0 when none has.
  static var signal: Int32 { received.load(ordering: .relaxed) }

  /// Begins to listen. A second signal ends the process at once.
  static func install() {
    _ = signal
    for number in [SIGINT, SIGTERM] {
      var action = sigaction()
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      setHandler(&action) { Interruption.received.store($0, ordering: .relaxed) }
      sigaction(number, &action, nil)
    }
    // A closed pipe is an error of the write, not the end of the process.
    _ = Interruption.ignorePipeSignal()
  }

  /// - Throws: ``CommandFailure/interrupted(signal:)`` once a signal has arrived.
  static func check() throws {
    let number = signal
    if number != 0 { throw CommandFailure.interrupted(signal: number) }
  }

  private static func ignorePipeSignal() -> Bool {
    var action = sigaction()
    setHandler(&action, SIG_IGN)
    return sigaction(SIGPIPE, &action, nil) == 0
  }

  private static func setHandler(
    _ action: inout sigaction, _ handler: (@convention(c) (Int32) -> Void)?
  ) {
    #if canImport(Glibc)
      action.__sigaction_handler.sa_handler = handler
    #else
      action.__sigaction_u.__sa_handler = handler
    #endif
  }
}
