import FuzzingMeter

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Probe {
  /// The most an input may take: seconds of one processor, and bytes.
  static let mostSeconds = 1.0
  /// Seconds of waiting, which a reader has no reason for; as many as a busy machine hardly takes.
  static let mostWaiting = 2.0
  static func mostBytes(for input: Int) -> Int { 64 << 20 + 64 * input }

  /// What an input came to, and how much it took.
  struct Result {
    /// What must not be; nil where all is well.
    var finding: String?
    var ending = "found"
    let seconds: Double
    let waits: Bool
    let bytes: Int
  }

  /// Examines an input and measures it.
  ///
  /// Time is the processor's, so that a busy machine makes no findings; memory is what was held at once
  /// beyond what was held before. Whoever seems to wait is examined once more: the machine may have had
  /// other things to do.
  func measured(_ bytes: [UInt8], as format: Format) -> Result {
    let result = measuredOnce(bytes, as: format)
    return result.waits ? measuredOnce(bytes, as: format) : result
  }

  private func measuredOnce(_ bytes: [UInt8], as format: Format) -> Result {
    aif_begin_measuring_memory()
    let begin = Probe.seconds(CLOCK_PROCESS_CPUTIME_ID)
    let beginOnTheWall = Probe.seconds(CLOCK_MONOTONIC)
    var finding: String?
    var ending = "found"
    do {
      ending = try examine(bytes, as: format).rawValue
    } catch {
      finding = "\(error)"
    }
    let seconds = Probe.seconds(CLOCK_PROCESS_CPUTIME_ID) - begin
    let waiting = Probe.seconds(CLOCK_MONOTONIC) - beginOnTheWall - seconds
    let held = aif_peak_memory()
    if seconds > Probe.mostSeconds { finding = finding ?? "takes \(seconds) s" }
    if held > Probe.mostBytes(for: bytes.count) {
      finding = finding ?? "takes \(held >> 20) MiB for \(bytes.count) bytes"
    }
    let waits = waiting > Probe.mostWaiting
    if waits { finding = finding ?? "waits for \(waiting) s" }
    return Result(
      finding: finding, ending: ending, seconds: seconds, waits: waits, bytes: held)
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
