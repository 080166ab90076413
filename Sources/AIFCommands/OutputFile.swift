import ActiveInference

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where results go: a file that appears whole or not at all, or standard output.
///
/// A file is written beside its destination under another name and takes its place when it is
/// complete. What cannot be replaced (a device, a named pipe) is written as it comes.
final class OutputFile {
  /// What messages call it.
  private let name: String
  /// The file itself, where the path given is a link to it.
  private let path: String
  private let temporary: String?
  private let descriptor: Int32
  private var pending: [UInt8] = []
  /// Bytes up to the end of the last whole record.
  private var wholeBytes = 0
  private var isFinished = false

  private static let bufferSize = 1 << 16

  /// Opens a destination; `-` is standard output.
  ///
  /// - Throws: ``CommandFailure/output(_:)`` where it cannot be written.
  init(_ path: String) throws {
    var information = stat()
    let exists = path != "-" && stat(path, &information) == 0
    if path == "-" || exists && OutputFile.isStandardOutput(information) {
      name = "standard output"
      self.path = path
      temporary = nil
      descriptor = 1
      return
    }
    name = path
    self.path = exists ? OutputFile.resolved(path) : path
    let kind = information.st_mode & S_IFMT
    if exists && kind == S_IFDIR { throw OutputFile.failure(name, EISDIR) }
    if exists && kind != S_IFREG {
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      if exists && access(path, W_OK) != 0 { throw OutputFile.failure(name, errno) }
      let beside = "\(self.path).\(getpid()).partial"
      temporary = beside
      Interruption.setUnfinished(beside)
      descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      if descriptor >= 0 && exists { fchmod(descriptor, information.st_mode & 0o777) }
    }
    guard descriptor >= 0 else { throw OutputFile.failure(name, errno) }
  }

  deinit {
    if let temporary, !isFinished {
      unlink(temporary)
      Interruption.setUnfinished(nil)
    }
    if descriptor > 1 { close(descriptor) }
  }

  /// Adds one whole record.
  ///
  /// - Throws: ``CommandFailure/output(_:)`` where it cannot be written, ``CommandFailure/pipeClosed``.
  func append(_ record: [UInt8]) throws {
    pending.append(contentsOf: record)
    if pending.count >= OutputFile.bufferSize { try flush() }
    wholeBytes += record.count
  }

  /// Adds text.
  func append(_ text: String) throws { try append(Array(text.utf8)) }

  /// Writes what is pending and puts the file in its place.
  func finish() throws {
    try flush()
    guard temporary != nil else { return }
    guard fsync(descriptor) == 0, takePlace() else { throw OutputFile.failure(name, errno) }
  }

  /// After a failure: keeps the records that were written whole, if any were.
  func salvage() {
    guard temporary != nil, !isFinished else { return }
    let written = wholeBytes - pending.count
    guard written > 0 else { return }
    let end = lastLineEnd(written)
    if end > 0 && ftruncate(descriptor, off_t(end)) == 0 { _ = takePlace() }
  }

  private func takePlace() -> Bool {
    guard let temporary, rename(temporary, path) == 0 else { return false }
    isFinished = true
    Interruption.setUnfinished(nil)
    return true
  }

  /// The end of the last line within the first bytes of the file.
  private func lastLineEnd(_ limit: Int) -> Int {
    let reader = open(temporary ?? path, O_RDONLY | O_CLOEXEC)
    guard reader >= 0 else { return 0 }
    defer { close(reader) }
    var end = limit
    var byte: UInt8 = 0
    while end > 0 {
      guard pread(reader, &byte, 1, off_t(end - 1)) == 1 else { return 0 }
      if byte == UInt8(ascii: "\n") { return end }
      end -= 1
    }
    return 0
  }

  private func flush() throws {
    var start = 0
    while start < pending.count {
      let count = pending.withUnsafeBytes { bytes in
        write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let code = errno
        pending.removeFirst(start)
        if code == EPIPE { throw CommandFailure.pipeClosed }
        throw OutputFile.failure(name, code)
      }
      start += count
    }
    pending.removeAll(keepingCapacity: true)
  }

  /// Whether it is what standard output goes to already, as `/dev/stdout` is: replacing it would
  /// take away the ground under what else is printed.
  private static func isStandardOutput(_ information: stat) -> Bool {
    var standard = stat()
    return fstat(1, &standard) == 0 && standard.st_dev == information.st_dev
      && standard.st_ino == information.st_ino
  }

  private static func resolved(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func failure(_ name: String, _ code: Int32) -> CommandFailure {
    .output("\(name): \(String(cString: strerror(code)))")
  }
}
