import ActiveInference

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where results go: a file that appears whole or not at all, or standard output.
///
/// A file is written beside its destination as `NAME.PROCESS.partial` and takes its place when it is
/// complete; two writers of one file thus never mix, and the last to end wins. What cannot be replaced
/// (a device, a named pipe) is written as it comes.
///
/// Only whole records are handed to the system, so that a file that is left behind ends within a
/// record only where the process was killed in the middle of a write; whoever reads a `.partial` file
/// leaves that end out.
final class OutputFile {
  /// What becomes of a file that its writer cannot complete.
  enum Unfinished {
    /// It says nothing unless it is complete.
    case removed
    /// Each of its records is a result of its own.
    case kept
  }

  /// What messages call it.
  private let name: String
  /// The file itself, where the path given is a link to it.
  private let path: String
  private let temporary: String?
  private let descriptor: Int32
  private let unfinished: Unfinished
  private var pending: [UInt8] = []
  /// Bytes written up to the end of the last whole record.
  private var wholeBytes = 0
  private var isFinished = false

  /// What the names of unfinished files end with.
  static let unfinishedEnding = ".partial"

  private static let bufferSize = 1 << 16

  /// Opens a destination; `-` is standard output.
  ///
  /// - Throws: ``CommandFailure/output(_:)`` where it cannot be written.
  init(_ path: String, unfinished: Unfinished = .removed) throws {
    self.unfinished = unfinished
    let destination = try OutputDestination(path)
    name = destination.name
    self.path = destination.path
    switch destination.kind {
    case .standardOutput:
      (temporary, descriptor) = (nil, 1)
    case .irreplaceable:
      (temporary, descriptor) = (nil, open(path, O_WRONLY | O_CLOEXEC))
    case .file(let mode):
      (temporary, descriptor) = OutputFile.create(beside: destination.path)
      if descriptor >= 0, let mode { fchmod(descriptor, mode) }
    }
    if descriptor < 0 { throw destination.openingFailure(errno) }
  }

  deinit {
    if let temporary, !isFinished {
      if keptPath == nil { unlink(temporary) }
      Interruption.setUnfinished(nil)
    }
    if descriptor > 1 { close(descriptor) }
  }

  /// Adds one whole record, which stays in memory until ``flush()`` or ``finish()``.
  func append(_ record: [UInt8]) { pending.append(contentsOf: record) }

  /// Adds text.
  func append(_ text: String) { append(Array(text.utf8)) }

  /// Whether so much is pending that it ought to be written.
  var isFull: Bool { pending.count >= OutputFile.bufferSize }

  /// Writes the records that are pending.
  ///
  /// - Throws: ``CommandFailure/output(_:)`` where they cannot be written,
  ///   ``CommandFailure/pipeClosed``.
  func flush() throws {
    var start = 0
    while start < pending.count {
      let count = pending.withUnsafeBytes { bytes in
        write(descriptor, bytes.baseAddress.map { $0 + start }, bytes.count - start)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let code = errno
        let lineEnd = pending[..<start].lastIndex(of: UInt8(ascii: "\n"))
        let whole = lineEnd.map { $0 + 1 } ?? 0
        cutStandardOutput(torn: start - whole)
        wholeBytes += whole
        pending.removeAll()
        if code == EPIPE { throw CommandFailure.pipeClosed }
        throw OutputDestination.failure(name, code)
      }
      start += count
    }
    if !pending.isEmpty && unfinished == .kept && temporary != nil {
      // From here on the file is worth something, however the process ends.
      Interruption.setUnfinished(nil)
    }
    wholeBytes += pending.count
    pending.removeAll(keepingCapacity: true)
  }

  /// Writes what is pending and puts the file in its place.
  ///
  /// - Throws: as ``flush()``.
  func finish() throws {
    try flush()
    guard temporary != nil else { return }
    guard fsync(descriptor) == 0, takePlace() else {
      throw OutputDestination.failure(name, errno)
    }
  }

  /// After a failure: puts the whole records that could be written in their place, if there are any.
  ///
  /// - Returns: the file that has them: the destination, or the unfinished one where that could not
  ///   take its place. Nil where there are none, or there is no file.
  func salvage() -> String? {
    guard temporary != nil, unfinished == .kept else { return nil }
    if isFinished { return name }
    try? flush()
    guard let kept = keptPath else { return nil }
    let isSafe = ftruncate(descriptor, off_t(wholeBytes)) == 0 && fsync(descriptor) == 0
    return isSafe && takePlace() ? name : kept
  }

  /// The unfinished file, where it must not be removed.
  private var keptPath: String? { unfinished == .kept && wholeBytes > 0 ? temporary : nil }

  private func takePlace() -> Bool {
    guard let temporary, rename(temporary, path) == 0 else { return false }
    isFinished = true
    Interruption.setUnfinished(nil)
    return true
  }

  /// Creates a file that nobody else has, left by an earlier process of the same number included.
  private static func create(beside path: String) -> (String?, Int32) {
    Interruption.heldBack {
      var number = 1
      while true {
        let again = number == 1 ? "" : "-\(number)"
        let beside = "\(path).\(getpid())\(again)\(unfinishedEnding)"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        if descriptor >= 0 {
          Interruption.setUnfinished(beside)
          return (beside, descriptor)
        }
        if errno != EEXIST { return (nil, descriptor) }
        number += 1
      }
    }
  }

  /// Takes away the torn end of what was written, where standard output is a file of which it is the
  /// end.
  private func cutStandardOutput(torn: Int) {
    var information = stat()
    guard temporary == nil, torn > 0, fstat(descriptor, &information) == 0,
      information.st_mode & S_IFMT == S_IFREG,
      lseek(descriptor, 0, SEEK_CUR) == information.st_size
    else { return }
    let end = information.st_size - off_t(torn)
    if ftruncate(descriptor, end) == 0 { lseek(descriptor, end, SEEK_SET) }
  }
}
