import ActiveInference

/// Why a command ends with something other than success.
enum CommandFailure: Error {
  /// A check did not hold; its findings are on standard output already.
  case check
  /// The input or the command line is at fault.
  case input(String)
  /// The result could not be written.
  case output(String)
  /// A signal asked for an end.
  case interrupted(signal: Int32)
  /// The reader of standard output has gone.
  case pipeClosed

  /// The exit code that is promised for it.
  var exitCode: Int32 {
    switch self {
    case .check: 1
    case .input: 2
    case .output: 74
    case .interrupted(let signal): 128 + signal
    case .pipeClosed: 141
    }
  }

  /// What to say on standard error; nil where nothing is to be said.
  var message: String? {
    switch self {
    case .input(let message), .output(let message): message
    case .check, .interrupted, .pipeClosed: nil
    }
  }
}
