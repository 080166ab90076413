import Foundation

/// The names of the tests in the sources.
package enum SourceTests {
  /// What stands first in the parentheses of every `@Test` and `@Suite` in the repository's tests.
  package static func names() throws -> Set<String> {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let name = /@(?:Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"/
    var names: Set<String> = []
    for case let path as String in FileManager.default.enumerator(
      atPath: root.path(percentEncoded: false)) ?? .init()
    where path.hasSuffix(".swift") && !path.contains(".build/") {
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      for match in text.matches(of: name) { names.insert(String(match.1)) }
    }
    return names
  }
}
