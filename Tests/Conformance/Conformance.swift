import ActiveInference
import EngineTestSupport
import Foundation
import Synchronization

/// Everything that oracles say of the library, compared once for whoever asks: the tests and
/// RELIABILITY.md.
package enum Conformance {
  /// The fixtures of the pymdps, then what is enumerated.
  package static let families: [ConformanceFamily] = {
    let golden = [Oracle.pymdp1, .pymdp007, .spm].flatMap { oracle in
      ((try? goldenNames(of: oracle)) ?? []).map { (oracle, $0) }
    }
    let measures: [@Sendable () -> ConformanceFamily] =
      golden.map { oracle, name in { GoldenFile.measure(name, oracle) } }
      + EnumeratedFamily.all.map { family in { family.measure() } } + [
        EnumeratedFamily.measureSparse, EnumeratedFamily.measureChi,
      ]
    let made = Mutex([Int: ConformanceFamily]())
    DispatchQueue.concurrentPerform(iterations: measures.count) { index in
      let family = measures[index]()
      made.withLock { $0[index] = family }
    }
    return made.withLock { families in families.keys.sorted().compactMap { families[$0] } }
  }()

  /// Every case of every family.
  package static let cases: [ConformanceCase] = families.flatMap { (try? $0.cases.get()) ?? [] }

  package static func family(_ title: String) -> ConformanceFamily? {
    families.first { $0.title == title }
  }

  /// The fixtures of a version of pymdp.
  package static func goldenNames(of oracle: Oracle) throws -> [String] {
    let folder = oracle == .spm ? "spm" : oracle.rawValue.replacing(" ", with: "-")
    return try GoldenFile.names(in: folder).filter { !$0.hasSuffix("/physiology") }
  }
}
