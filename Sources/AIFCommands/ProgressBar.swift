#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How far a long command has come, on standard error and only on a terminal.
struct ProgressBar {
  private let total: Int
  private let isShown: Bool
  private var shownAt: ContinuousClock.Instant
  private static let width = 30

  /// A bar for so many parts; it appears once a tenth of a second has passed.
  init(total: Int) {
    self.total = total
    isShown = isatty(2) == 1 && total > 1
    shownAt = .now
  }

  /// Shows that so many parts are done.
  mutating func update(_ done: Int) {
    guard isShown, shownAt.duration(to: .now) > .milliseconds(100) else { return }
    shownAt = .now
    let filled = done * ProgressBar.width / total
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: ".", count: ProgressBar.width - filled)
    write("\r\u{1B}[K[\(bar)] \(done) of \(total) episodes")
  }

  /// Takes the bar away.
  func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = writeBytes(2, $0.baseAddress, $0.count) }
  }
}

private func writeBytes(_ descriptor: Int32, _ base: UnsafePointer<UInt8>?, _ count: Int) -> Int {
  write(descriptor, base, count)
}
