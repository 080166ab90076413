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
    self.path = path
    if path == "-" {
      temporary = nil
      descriptor = 1
      return
    }
    var information = stat()
    let exists = stat(path, &information) == 0
    let kind = information.st_mode & S_IFMT
    if exists && kind == S_IFDIR { throw OutputFile.failure(path, EISDIR) }
    if exists && kind != S_IFREG {
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      if exists && access(path, W_OK) != 0 { throw OutputFile.failure(path, errno) }
      let beside = "\(path).partial-\(getpid())"
      temporary = beside
      descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    }
    guard descriptor >= 0 else { throw OutputFile.failure(path, errno) }
  }

  deinit {
    if !isFinished, let temporary { unlink(temporary) }
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
    guard let temporary else { return }
    guard fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      throw OutputFile.failure(path, errno)
    }
    isFinished = true
  }

  /// After a failure: keeps the records that were written whole, if any were.
  func salvage() {
    guard let temporary, !isFinished else { return }
    let written = wholeBytes - pending.count
    guard written > 0, ftruncate(descriptor, off_t(lastLineEnd(written))) == 0,
      rename(temporary, path) == 0
    else { return }
    isFinished = true
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
        throw OutputFile.failure(path, code)
      }
      start += count
    }
    pending.removeAll(keepingCapacity: true)
  }

  private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
    .output("\(path == "-" ? "standard output" : path): \(String(cString: strerror(code)))")
  }
}
