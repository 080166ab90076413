import Foundation

/// A program that is run, watched and ended where it does not end.
struct Child {
  /// How a program ended.
  struct Ending {
    /// The exit code; nil where a signal ended it.
    let code: Int32?
    /// The signal; nil where it ended by itself.
    let signal: Int32?
    /// Seconds of processor time.
    let seconds: Double
    /// The most memory that was resident, in bytes.
    let peak: Int

    var description: String {
      signal.map { "ended by signal \($0) (\(String(cString: strsignal($0))))" }
        ?? "exit code \(code ?? 0)"
    }
  }

  /// What standard input is.
  enum Input: CustomStringConvertible {
    case file(String)
    /// A pipe, into which a process writes a file.
    case pipe(from: String)

    var description: String {
      switch self {
      case .file(let path): "< \(path)"
      case .pipe(let path): "< <(cat \(path))"
      }
    }
  }

  let program: String
  let arguments: [String]
  var input = Input.file("/dev/null")
  let output: String
  let errors: String
  /// Seconds after which it is ended with SIGKILL.
  let limit: Double

  /// Runs it to its end.
  func run() throws -> Ending {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var feeder: Feeder?
    defer { feeder?.end() }
    var pipe: [Int32] = []
    switch input {
    case .file(let path): posix_spawn_file_actions_addopen(&actions, 0, path, O_RDONLY, 0)
    case .pipe(let path):
      pipe = try Child.makePipe()
      feeder = try Feeder(path, intoPipe: pipe[1])
      posix_spawn_file_actions_adddup2(&actions, pipe[0], 0)
    }
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, program, &actions, nil, &words, environ)
    // Ends of it that stay open here would keep it open for ever.
    pipe.forEach { close($0) }
    guard failure == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL)
    }
    let deadline = Date(timeIntervalSinceNow: limit)
    var status: Int32 = 0
    var usage = rusage()
    var isKilled = false
    while wait4(child, &status, WNOHANG, &usage) == 0 {
      if !isKilled && Date.now > deadline {
        kill(child, SIGKILL)
        isKilled = true
      }
      usleep(1000)
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    let signal = status & 0x7F
    return Ending(
      code: signal == 0 ? status >> 8 & 0xFF : nil, signal: signal == 0 ? nil : signal,
      seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peak: usage.ru_maxrss * 1024)
  }
}

extension Child {
  /// Its reading and its writing end, neither of which goes on to a child by itself.
  private static func makePipe() throws -> [Int32] {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EMFILE) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }
}

/// A folder to work in, which is gone afterwards.
func withTemporaryFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let url = FileManager.default.temporaryDirectory.appending(path: "aif-fuzz-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path(percentEncoded: false))
}
