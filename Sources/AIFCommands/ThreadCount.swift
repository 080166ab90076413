#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How many threads a command may take.
enum ThreadCount {
  static let most = 1024

  /// As many as the machine runs at once.
  static var ofMachine: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// What is wrong with a `--threads`; nil where nothing is.
  static func fault(_ count: Int?) -> String? {
    1...most ~= count ?? 1 ? nil : "--threads must be 1...\(most)"
  }
}
