/// How far a long command has come, on standard error and only on a terminal.
struct ProgressBar {
  private let total: Int
  private let noun: String
  private let isShown: Bool
  private var shownAt: ContinuousClock.Instant
  private static let width = 30

  /// A bar for so many parts; it appears once a tenth of a second has passed.
  ///
  /// - Parameter noun: what the parts are.
  init(total: Int, of noun: String) {
    self.total = total
    self.noun = noun
    isShown = StandardError.isTerminal && total > 1
    shownAt = .now
  }

  /// Shows that so many parts are done.
  ///
  /// - Parameter remark: what else is to be said.
  mutating func update(_ done: Int, _ remark: @autoclosure () -> String = "") {
    guard isShown, shownAt.duration(to: .now) > .milliseconds(100) else { return }
    shownAt = .now
    let filled = Int(Double(done) / Double(total) * Double(ProgressBar.width))
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: ".", count: ProgressBar.width - filled)
    let remark = remark()
    StandardError.write(
      "\r\u{1B}[K[\(bar)] \(grouped(done)) of \(grouped(total)) \(noun)"
        + (remark.isEmpty ? "" : ", \(remark)"))
  }

  /// Takes the bar away.
  func clear() {
    if isShown { StandardError.write("\r\u{1B}[K") }
  }
}
