#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a path for a result leads to.
struct OutputDestination {
  enum Kind {
    case standardOutput
    /// A device or a named pipe.
    case irreplaceable
    /// A file; with its permissions, where it is there already.
    case file(mode: mode_t?)
  }

  /// What messages call it.
  let name: String
  /// The file itself, where the path given is a link to it.
  let path: String
  let kind: Kind

  /// As many links as the system follows.
  private static let mostLinks = 40

  /// Looks at a path; `-` is standard output.
  ///
  /// - Throws: ``CommandFailure/output(_:)`` where a result cannot go there.
  init(_ path: String) throws {
    var information = stat()
    let exists = path != "-" && stat(path, &information) == 0
    if path == "-" || exists && OutputDestination.isStandardOutput(information) {
      (name, self.path, kind) = ("standard output", path, .standardOutput)
      return
    }
    name = path
    self.path = try OutputDestination.target(of: path)
    let type = information.st_mode & S_IFMT
    if exists && type == S_IFDIR { throw OutputDestination.failure(path, EISDIR) }
    if exists && type != S_IFREG {
      kind = .irreplaceable
    } else {
      if exists && access(path, W_OK) != 0 { throw OutputDestination.failure(path, errno) }
      kind = .file(mode: exists ? information.st_mode & 0o777 : nil)
    }
  }

  /// That it could not be opened.
  func openingFailure(_ code: Int32) -> CommandFailure {
    // The file may well be writable: what takes its place is made beside it.
    if case .file = kind, [EACCES, EPERM, EROFS].contains(code) {
      return OutputDestination.failure("\(name): its folder", code)
    }
    return OutputDestination.failure(name, code)
  }

  /// That something about it failed.
  static func failure(_ name: String, _ code: Int32) -> CommandFailure {
    .output("\(name): \(String(cString: strerror(code)))")
  }

  /// Whether it is what standard output goes to already, as `/dev/stdout` is: replacing it would
  /// take away the ground under what else is printed.
  private static func isStandardOutput(_ information: stat) -> Bool {
    var standard = stat()
    return fstat(1, &standard) == 0 && standard.st_dev == information.st_dev
      && standard.st_ino == information.st_ino
  }

  /// Where links lead to, a file that is not there yet included.
  private static func target(of path: String) throws -> String {
    var path = path
    for _ in 0..<mostLinks {
      var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let length = readlink(path, &target, Int(PATH_MAX))
      if length < 0 { return path }
      let text = String(decoding: target[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = text.hasPrefix("/") ? text : folder + text
    }
    throw failure(path, ELOOP)
  }
}
