import Kernels

/// An elementary function and what it must be.
package struct KernelReferences: Sendable {
  package let name: String
  /// In `Tests/KernelsTests/References`.
  package let file: String
  /// The largest error allowed, in units of the last place.
  package let allowed: Double
  /// The function of all numbers of an array.
  private let function: @Sendable ([Double]) -> [Double]

  package func references() throws -> [Reference] { try Reference.read(file) }

  /// The largest error in units of the last place, with the argument that it is at.
  package func worst() throws -> (error: Double, argument: Double) {
    let references = try references()
    return zip(function(references.map(\.argument)), references)
      .map { ($1.error($0), $1.argument) }.max { $0.0 < $1.0 } ?? (.infinity, 0)
  }

  package static let exponential = KernelReferences(name: "exp", file: "exp.txt", allowed: 1) {
    applied($0) { VectorMath.exp(inPlace: $0, count: $1) }
  }
  package static let logarithm = KernelReferences(name: "log", file: "log.txt", allowed: 1) {
    applied($0) { VectorMath.log(inPlace: $0, count: $1) }
  }
  package static let digamma = KernelReferences(name: "digamma", file: "digamma.txt", allowed: 4) {
    applied($0) { VectorMath.digamma(inPlace: $0, count: $1) }
  }
  package static let digammaExcess = KernelReferences(
    name: "digamma(a + 1) - ln a", file: "digamma_excess.txt", allowed: 4
  ) { $0.map(VectorMath.digammaExcess) }

  package static let all = [exponential, logarithm, digamma, digammaExcess]

  private static func applied(
    _ numbers: [Double], _ function: (UnsafeMutablePointer<Double>, Int) -> Void
  ) -> [Double] {
    var result = numbers
    result.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { function(base, buffer.count) }
    }
    return result
  }
}
