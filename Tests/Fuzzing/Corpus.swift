import Foundation

/// The inputs that are kept: valid ones, odd ones, and every one that was once too much.
struct Corpus {
  /// Files of a format, by name.
  private let files: [Format: [[UInt8]]]

  init(_ folder: String) throws {
    var files: [Format: [[UInt8]]] = [:]
    for format in Format.allCases {
      let place = URL(filePath: folder).appending(path: format.rawValue)
      let names = try FileManager.default.contentsOfDirectory(
        atPath: place.path(percentEncoded: false))
      files[format] = try names.sorted().map {
        Array(try Data(contentsOf: place.appending(path: $0)))
      }
    }
    self.files = files
  }

  /// The files of a format; the order is that of their names.
  subscript(format: Format) -> [[UInt8]] { files[format] ?? [] }
}
