#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is said on standard error.
enum StandardError {
  /// Whether a person is likely to be reading it.
  static var isTerminal: Bool { isatty(2) == 1 }

  /// Writes text as it is.
  static func write(_ text: String) {
    var text = text
    // Nothing can be done where even this cannot be written.
    text.withUTF8 { _ = writeBytes(2, $0.baseAddress, $0.count) }
  }
}

private func writeBytes(_ descriptor: Int32, _ base: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, base, count)
}

/// Takes the numbers of closed standard streams, so that no file is opened in their place and what is
/// printed does not end up in it.
func occupyStandardStreams() {
  for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 {
    // The lowest free number is this one. Writing to it fails, as it would have.
    _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
  }
}
