import ActiveInference
import EngineTestSupport

/// A world and an agent in it: one row of the matrix whose columns are the ways to run them.
struct SameBitsCell: Sendable {
  /// What it is called in a failure and in the list of digests.
  let name: String
  let world: any Environment
  let model: GenerativeModel
  let configuration: AgentConfiguration
  var steps = 4
  var episodes: UInt64 = 10
  let seed: UInt64 = 3

  /// Whether a table of the model may be left to OpenBLAS, whose bits are promised on one type of
  /// processor alone.
  var mayUseOpenBLAS: Bool {
    get throws {
      let compiled = try model.laidOut().compiled
      let hasDenseFactor = (0..<compiled.factors.count).contains {
        let plan = compiled.factors.base[$0]
        return !plan.isSparse && Contraction.usesBLAS(rows: plan.columns, columns: plan.states)
      }
      // Utility, ambiguity and novelty stand beside the outcomes of a scope.
      let hasDenseScope = compiled.scopes.indices.contains { scope in
        let outcomes = (0..<compiled.modalities.count).map { compiled.modalities.base[$0] }
          .filter { $0.scope == scope && !$0.isSparse }.reduce(0) { $0 + $1.outcomes }
        return Contraction.usesBLAS(rows: compiled.scopes[scope].columns, columns: outcomes + 8)
      }
      return hasDenseFactor || hasDenseScope
    }
  }
}

/// Writes the episodes of a cell as the lines of a trace, without what all of them begin with.
struct SameBitsLines: Sendable {
  private let writer: TraceLineWriter

  init(_ cell: SameBitsCell) {
    writer = TraceLineWriter(
      build: "", model: cell.model, agent: cell.configuration, environment: nil, seed: cell.seed)
  }

  func line(
    _ episode: UInt64, _ steps: [StepRecord], _ final: GenerativeModel.Concentration
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    writer.append(
      episode: Int(episode), steps: steps, ending: writer.ending([final]), to: &bytes)
    return bytes
  }
}

/// FNV-1a in 64 bits (Fowler, Noll and Vo), which tells bytes apart that differ by chance.
struct Digest: CustomStringConvertible {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bytes: [UInt8]) {
    var value = value
    bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        value = (value ^ UInt64(bytes[index])) &* 0x100_0000_01b3
        index += 1
      }
    }
    self.value = value
  }

  /// Sixteen digits.
  var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Where two runs of lines first differ, with what stands around it; nil where they are the same.
func firstDifference(_ got: [[UInt8]], _ expected: [[UInt8]]) -> String? {
  if got == expected { return nil }
  for episode in 0..<max(got.count, expected.count) {
    guard episode < got.count, episode < expected.count else {
      return "\(got.count) episodes, not \(expected.count)"
    }
    let (one, other) = (got[episode], expected[episode])
    if one == other { continue }
    let length = min(one.count, other.count)
    let place = (0..<length).first { one[$0] != other[$0] } ?? length
    func excerpt(_ bytes: [UInt8]) -> String {
      let range = max(place - 60, 0)..<min(place + 24, bytes.count)
      return String(decoding: bytes[range], as: UTF8.self)
    }
    return """
      episode \(episode), byte \(place):
        expected ...\(excerpt(other))...
        got      ...\(excerpt(one))...
      """
  }
  return nil
}
