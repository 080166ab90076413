/// Where and why a text is not a document.
struct SyntaxFault: Error {
  /// The byte at which it was noticed.
  let offset: Int
  let problem: String

  /// The fault with its place as people count: lines and characters from 1.
  func fault(in bytes: UnsafeBufferPointer<UInt8>) -> Fault {
    var line = 1
    var column = 1
    for byte in bytes[..<min(offset, bytes.count)] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        // Every byte of a character but the first begins with the bits 10.
        column += 1
      }
    }
    return Fault("line \(line), column \(column)", problem)
  }
}
