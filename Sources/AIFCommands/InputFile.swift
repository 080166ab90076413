import ActiveInference

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A file that is read whole; `-` is standard input.
struct InputFile {
  let path: String

  /// What messages call it.
  var name: String { path == "-" ? "standard input" : path }

  /// Memory is set aside for a file as large as this at once; a larger one grows as it is read.
  private static let largestReservation = 1 << 28

  /// The most that is read from what does not say how long it is: a pipe, and a device, which mostly
  /// has no end at all.
  private static let (longestPipe, longestDevice) = (1 << 30, 1 << 20)

  /// Its bytes.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` where it cannot be read.
  func bytes() throws -> [UInt8] {
    let (descriptor, information) = try opened()
    defer { if descriptor != 0 { close(descriptor) } }
    var bytes: [UInt8] = []
    var most = InputFile.longestPipe
    if information.st_mode & S_IFMT == S_IFCHR { most = InputFile.longestDevice }
    if information.st_mode & S_IFMT == S_IFREG {
      most = Int.max
      bytes.reserveCapacity(min(Int(information.st_size), InputFile.largestReservation) + 1)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(errno)
      }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > most {
        throw CommandFailure.input(
          "\(name): has more than \(most >> 20) MiB and is no regular file; save it as one")
      }
    }
  }

  /// Opens it for reading; whoever asks closes it, unless it is standard input.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` where it cannot be read.
  func opened() throws -> (descriptor: Int32, information: stat) {
    let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(errno) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT != S_IFDIR else {
      let code = information.st_mode & S_IFMT == S_IFDIR ? EISDIR : errno
      if descriptor != 0 { close(descriptor) }
      throw failure(code)
    }
    return (descriptor, information)
  }

  /// That the process has one standard input, whatever asks for it.
  static func checkStandardInput(_ paths: [String?]) -> String? {
    paths.filter { $0 == "-" }.count > 1 ? "only one of the files can be standard input" : nil
  }

  /// That something about it failed.
  func failure(_ code: Int32) -> CommandFailure {
    .input("\(name): \(String(cString: strerror(code)))")
  }
}
