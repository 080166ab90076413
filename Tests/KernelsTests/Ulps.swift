import Kernels

/// The distance of `got` from `expected`, in units of the last place of `expected`.
func ulps(_ got: Double, _ expected: Double) -> Double {
  if got == expected || (got.isNaN && expected.isNaN) { return 0 }
  return abs(got - expected) / expected.ulp
}

/// A number whose exponent is uniform between those of two powers of ten.
func logUniform(_ low: Double, _ high: Double, using random: inout RandomStream) -> Double {
  VectorMath.exp((low + (high - low) * random.nextUnit()) * 2.302585092994046)
}

/// The stream of a test.
func stream(_ index: UInt32 = 0, step: UInt64 = 0) -> RandomStream {
  RandomStream(seed: 20_260_101, episode: 0, step: step, purpose: .user, index: index)
}

/// An order-dependent digest of the bits of some numbers (FNV-1a, a word at a time).
func digest(_ numbers: [Double]) -> UInt64 {
  numbers.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 }
}

/// `count` numbers uniform between two bounds.
func uniforms(
  _ count: Int, from low: Double = 0, to high: Double = 1, index: UInt32 = 0
) -> [Double] {
  var random = stream(index)
  return (0..<count).map { _ in low + (high - low) * random.nextUnit() }
}

/// The positive doubles, with every bit pattern as likely as any other.
func anyPositive(_ count: Int, index: UInt32 = 0) -> [Double] {
  var random = stream(index)
  return (0..<count).map { _ in
    Double(bitPattern: random.next() % Double.infinity.bitPattern)
  }
}

/// The exponentials of some numbers.
func exponentials(_ x: [Double]) -> [Double] {
  var y = [Double](repeating: 0, count: x.count)
  VectorMath.exp(x, into: &y, count: x.count)
  return y
}

/// The natural logarithms of some numbers.
func logarithms(_ x: [Double]) -> [Double] {
  var y = [Double](repeating: 0, count: x.count)
  VectorMath.log(x, into: &y, count: x.count)
  return y
}

/// The digamma function of some numbers.
func digammas(_ x: [Double]) -> [Double] {
  var y = [Double](repeating: 0, count: x.count)
  VectorMath.digamma(x, into: &y, count: x.count)
  return y
}

/// ψ(a + 1) - ln a of some numbers.
func digammaExcesses(_ a: [Double]) -> [Double] {
  var y = [Double](repeating: 0, count: a.count)
  VectorMath.digammaExcess(a, into: &y, count: a.count)
  return y
}
