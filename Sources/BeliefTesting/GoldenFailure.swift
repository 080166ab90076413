import ActiveInference
import Foundation

/// Why a test that was held against its golden fails; its text is what Swift Testing and XCTest print.
public struct GoldenFailure: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
  /// What is wrong.
  public enum Reason: Hashable, Sendable {
    /// There is no golden of this name.
    case missing
    /// The first episode that differs, explained.
    case differs(Explanation)
    /// There are more or fewer episodes.
    case episodes(expected: Int, actual: Int)
  }

  /// The name of the golden.
  public let name: String
  /// What is wrong.
  public let reason: Reason
  /// The file of the golden.
  public let golden: String
  /// The file that holds what was found.
  public let received: String

  /// What is wrong, where both files are, and the command that approves what was found.
  public var description: String {
    let approval = "aif approve \(quoted(received))"
    switch reason {
    case .missing:
      return """
        there is no golden '\(name)': \(golden)
        Run the test with AIF_RECORD=missing to record it, or approve what was found:
          \(approval)
        """
    case .differs(let explanation):
      return "differs from the golden '\(name)': \(explanation)\n\n" + files(approval)
    case .episodes(let expected, let actual):
      return "differs from the golden '\(name)': expected \(count(expected)), got \(actual)\n\n"
        + files(approval)
    }
  }

  /// The same, for a test runner that asks in this way.
  public var errorDescription: String? { description }

  private func files(_ approval: String) -> String {
    """
    Expected: \(golden)
    Got:      \(received)
    If that is right: \(approval)
    """
  }

  private func count(_ episodes: Int) -> String {
    "\(episodes) \(episodes == 1 ? "episode" : "episodes")"
  }

  /// As a shell takes it.
  private func quoted(_ path: String) -> String {
    let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
    return isPlain ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
