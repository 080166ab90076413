import Foundation

/// A process that writes a file into a FIFO or a pipe and closes it.
struct Feeder {
  private let process: pid_t

  /// Starts to write into a FIFO, which waits until somebody opens it to read.
  init(_ file: String, intoFIFO fifo: String) throws {
    // A shell opens it: opened on the way to a program, it would make this process wait too.
    process = try Feeder.start(["/bin/sh", "-c", "exec cat \"$0\" >\"$1\"", file, fifo], 1)
  }

  /// Starts to write into a pipe.
  init(_ file: String, intoPipe descriptor: Int32) throws {
    process = try Feeder.start(["/bin/cat", file], descriptor)
  }

  private static func start(_ words: [String], _ output: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, words[0], &actions, nil, &arguments, environ)
    guard failure == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EINVAL)
    }
    return process
  }

  /// Ends it, though nobody may have read what it writes.
  func end() {
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }
}
