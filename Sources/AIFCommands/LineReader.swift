import ActiveInference

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Reads the lines of a file that hold something, one at a time.
final class LineReader {
  struct Line: Sendable {
    /// From 1.
    let number: Int
    /// Without the line end.
    let bytes: [UInt8]
    /// Whether there is a line end.
    let isEnded: Bool
  }

  private let input: InputFile
  private let descriptor: Int32
  /// Whether it is no device, pipe or the like.
  let isRegular: Bool
  private var buffer: [UInt8] = []
  /// Where the next line begins in the buffer.
  private var start = 0
  private var lastNumber = 0
  private var isAtEnd = false

  /// Whether it is a device, which may have no end.
  private let isDevice: Bool

  private static let chunk = 1 << 18
  /// The most that a line of a device holds.
  private static let longestOfDevice = 1 << 20

  /// - Throws: ``CommandFailure/input(_:)`` where it cannot be read.
  init(_ input: InputFile) throws {
    self.input = input
    let (descriptor, information) = try input.opened()
    self.descriptor = descriptor
    isRegular = information.st_mode & S_IFMT == S_IFREG
    isDevice = information.st_mode & S_IFMT == S_IFCHR
  }

  deinit {
    if descriptor != 0 { close(descriptor) }
  }

  /// The next line that is not blank; nil at the end.
  ///
  /// - Throws: ``CommandFailure/input(_:)`` where it cannot be read.
  func next() throws -> Line? {
    while let line = try nextOfAny() {
      if !Trace.isBlank(line.bytes[...]) { return line }
    }
    return nil
  }

  /// All that is left, as it stands.
  func rest() throws -> [UInt8] {
    while try fill() {}
    defer { start = buffer.count }
    return Array(buffer[start...])
  }

  private func nextOfAny() throws -> Line? {
    var searched = start
    while true {
      let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n"))
      if let end { return take(through: end, isEnded: true) }
      // What was searched once is not searched again, however long the line.
      searched = buffer.count - start
      if try !fill() { break }
    }
    return start < buffer.count ? take(through: buffer.count, isEnded: false) : nil
  }

  private func take(through end: Int, isEnded: Bool) -> Line {
    lastNumber += 1
    defer { start = Swift.min(end + 1, buffer.count) }
    return Line(number: lastNumber, bytes: Array(buffer[start..<end]), isEnded: isEnded)
  }

  /// Reads on, what has been taken given up; false at the end.
  private func fill() throws -> Bool {
    if isAtEnd { return false }
    buffer.removeFirst(start)
    start = 0
    let old = buffer.count
    if isDevice && old > LineReader.longestOfDevice {
      throw CommandFailure.input(
        "\(input.name): has more than 1 MiB in a line and is a device; save it as a file")
    }
    buffer.append(contentsOf: repeatElement(0, count: LineReader.chunk))
    while true {
      let count = buffer.withUnsafeMutableBytes {
        read(descriptor, $0.baseAddress.map { $0 + old }, LineReader.chunk)
      }
      if count < 0 && errno == EINTR { continue }
      let code = errno
      buffer.removeLast(LineReader.chunk - Swift.max(count, 0))
      if count < 0 { throw input.failure(code) }
      isAtEnd = count == 0
      return !isAtEnd
    }
  }
}
