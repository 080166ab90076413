import Foundation

/// What libFuzzer calls with each input, where the build has it in it (.ci/fuzz): its `main` is then the
/// program's. Which format the inputs are is in the environment, in AIF_FUZZ_FORMAT.
@_cdecl("LLVMFuzzerTestOneInput")
public func examineForLibFuzzer(_ base: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: base, count: count))
  if let finding = Coverage.probe.measured(bytes, as: Coverage.format).finding {
    fatalError(finding)
  }
  return 0
}

private enum Coverage {
  static let format: Format = {
    let name = ProcessInfo.processInfo.environment["AIF_FUZZ_FORMAT"] ?? ""
    guard let format = Format(rawValue: name) else {
      fatalError("AIF_FUZZ_FORMAT is one of \(Format.allCases.map(\.rawValue))")
    }
    return format
  }()
  static let probe: Probe = {
    do { return try Probe() } catch { fatalError("\(error)") }
  }()
}
