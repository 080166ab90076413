/// Text of JSON that grows at its end, made for many numbers.
final class LineBuffer {
  private var base: UnsafeMutablePointer<UInt8>
  private var count = 0
  private var capacity = 4096
  /// Where numbers were written before, by a hash of their bits: policies that lead to the same have
  /// the same numbers, and to copy a text is ten times as fast as to find it.
  private let written = FixedBuffer(repeating: WrittenNumber(), count: 1 << hashBits)
  private static let hashBits: UInt64 = 7

  private struct WrittenNumber: BitwiseCopyable {
    /// Those of zero, which is never looked up, where nothing has been written.
    var bits: UInt64 = 0
    var offset = 0
    var length = 0
  }

  init() { base = .allocate(capacity: capacity) }

  deinit { base.deallocate() }

  /// What has been written.
  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  /// Appends text as it is.
  func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

  /// Appends text as it is.
  func append(_ text: [UInt8]) {
    text.withUnsafeBufferPointer { if let start = $0.baseAddress { append(start, $0.count) } }
  }

  /// Appends a number.
  func append(_ value: Int) {
    if 0...9 ~= value {
      reserve(1)
      base[count] = UInt8(ascii: "0") + UInt8(value)
      count += 1
    } else {
      append(text: value.description)
    }
  }

  /// Appends the shortest text that reads back as the same double.
  ///
  /// - Precondition: the number is finite.
  func append(_ value: Double) {
    precondition(value.isFinite, "every number in a document is finite")
    let bits = value.bitPattern
    if bits == 0 { return append("0.0") }
    let slot = Int((bits &* 0x9E37_79B9_7F4A_7C15) >> (64 - LineBuffer.hashBits))
    let known = written.base[slot]
    if known.bits == bits {
      reserve(known.length)
      append(base + known.offset, known.length)
      return
    }
    let offset = count
    append(text: value.description)
    written.base[slot] = WrittenNumber(bits: bits, offset: offset, length: count - offset)
  }

  private func append(text: String) {
    var text = text
    text.withUTF8 { if let start = $0.baseAddress { append(start, $0.count) } }
  }

  private func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    (base + count).initialize(from: start, count: length)
    count += length
  }

  private func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.initialize(from: base, count: count)
    base.deallocate()
    base = larger
  }
}
