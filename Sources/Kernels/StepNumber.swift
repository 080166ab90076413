import CVectorMath

/// Eight numbers that go through a step side by side: one for each of eight agents of a model, or of
/// eight nodes of one agent's tree of policies.
///
/// A lane has the bits that the same agent or node has alone.
public typealias Lanes = SIMD8<Double>

/// What a step computes with: one number, or one for each of several lanes.
public protocol StepNumber: BitwiseCopyable, Sendable {
  /// One truth value a lane.
  associatedtype Mask: LaneMask

  /// The number of lanes.
  static var laneCount: Int { get }
  /// Zero in every lane.
  static var zero: Self { get }
  /// The same number in every lane.
  init(broadcast value: Double)
  /// The number in one lane.
  subscript(lane lane: Int) -> Double { get set }

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static func += (a: inout Self, b: Self)

  /// Where `a` is greater.
  static func isGreater(_ a: Self, _ b: Self) -> Mask
  /// Where the bits are equal.
  static func isIdentical(_ a: Self, _ b: Self) -> Mask
  /// `a` where the mask is true, else `b`.
  static func choose(_ mask: Mask, _ a: Self, _ b: Self) -> Self

  /// The greatest of `count` entries, -infinity if there is none, NaN if one is; where it is zero, of
  /// either sign.
  static func greatest(_ x: UnsafePointer<Self>, count: Int) -> Self
  /// The sum of `count` entries in the order of ``Contraction/dot(_:_:count:)``.
  static func sum(_ x: UnsafePointer<Self>, count: Int) -> Self
  /// The sum of products in the order of ``Contraction/dot(_:_:count:)``.
  static func dot(_ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, count: Int) -> Self
  /// y, of `length` entries, has in each place the sum of the entries that go there, in order.
  static func move(
    _ x: UnsafePointer<Self>, count: Int, to places: UnsafePointer<Int32>,
    into y: UnsafeMutablePointer<Self>, length: Int)
}

/// Truth values of lanes.
public protocol LaneMask: Sendable {
  /// One value for all lanes.
  init(broadcast value: Bool)
  /// Whether it is true in some lane.
  var any: Bool { get }
  /// Whether it is true in every lane.
  var all: Bool { get }
  /// The value in one lane.
  subscript(lane lane: Int) -> Bool { get }
  /// True where both are.
  static func and(_ a: Self, _ b: Self) -> Self
  /// True where `a` is and `b` is not.
  static func butNot(_ a: Self, _ b: Self) -> Self
}

extension StepNumber {
  /// The greater of two numbers; `a` where they are equal or not ordered.
  @inlinable @inline(__always)
  public static func greater(_ a: Self, _ b: Self) -> Self { choose(isGreater(b, a), b, a) }

  /// Whether some lane is greater or less than zero.
  @inlinable @inline(__always)
  public var isAnyNonzero: Bool {
    let zero = Self.zero
    return Self.isGreater(self, zero).any || Self.isGreater(zero, self).any
  }
}

extension Double: StepNumber {
  /// One lane.
  @inlinable @inline(__always)
  public static var laneCount: Int { 1 }

  /// The number itself.
  @inlinable @inline(__always)
  public init(broadcast value: Double) { self = value }

  /// The number itself.
  @inlinable @inline(__always)
  public subscript(lane lane: Int) -> Double {
    get { self }
    set { self = newValue }
  }

  /// Whether `a` is greater.
  @inlinable @inline(__always)
  public static func isGreater(_ a: Double, _ b: Double) -> Bool { a > b }

  /// Whether the bits are equal.
  @inlinable @inline(__always)
  public static func isIdentical(_ a: Double, _ b: Double) -> Bool { a.bitPattern == b.bitPattern }

  /// `a` if the mask is true, else `b`.
  @inlinable @inline(__always)
  public static func choose(_ mask: Bool, _ a: Double, _ b: Double) -> Double { mask ? a : b }

  /// The greatest of `count` entries.
  @inlinable @inline(__always)
  public static func greatest(_ x: UnsafePointer<Double>, count: Int) -> Double {
    if count >= 8 { return aif_greatest(x, count) }
    // Less work than a call; and a maximum, which never is a number that is none, is one instruction.
    var greatest = -Double.infinity
    var isOrdered = true
    for i in 0..<count {
      greatest = greatest > x[i] ? greatest : x[i]
      isOrdered = isOrdered && x[i] == x[i]
    }
    return isOrdered ? greatest : .nan
  }

  /// The entries where they go.
  @inlinable @inline(__always)
  public static func move(
    _ x: UnsafePointer<Double>, count: Int, to places: UnsafePointer<Int32>,
    into y: UnsafeMutablePointer<Double>, length: Int
  ) {
    for place in 0..<length { y[place] = 0 }
    for index in 0..<count { y[Int(places[index])] += x[index] }
  }

  /// The sum of `count` entries.
  @inlinable @inline(__always)
  public static func sum(_ x: UnsafePointer<Double>, count: Int) -> Double {
    if count >= 8 { return Contraction.sum(x, count: count) }
    // Less work than a call.
    var sum = 0.0
    for i in 0..<count { sum += x[i] }
    return sum
  }

  /// The sum of products.
  @inlinable @inline(__always)
  public static func dot(
    _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int
  ) -> Double {
    if count >= 8 { return Contraction.dot(x, y, count: count) }
    // Less work than a call.
    var sum = 0.0
    for i in 0..<count { sum += x[i] * y[i] }
    return sum
  }
}

extension Bool: LaneMask {
  /// The value itself.
  @inlinable @inline(__always)
  public init(broadcast value: Bool) { self = value }

  /// The value itself.
  @inlinable @inline(__always)
  public var any: Bool { self }

  /// The value itself.
  @inlinable @inline(__always)
  public var all: Bool { self }

  /// The value itself.
  @inlinable @inline(__always)
  public subscript(lane lane: Int) -> Bool { self }

  /// Whether both are true.
  @inlinable @inline(__always)
  public static func and(_ a: Bool, _ b: Bool) -> Bool { a && b }

  /// Whether `a` is true and `b` is not.
  @inlinable @inline(__always)
  public static func butNot(_ a: Bool, _ b: Bool) -> Bool { a && !b }
}

extension SIMD8: StepNumber where Scalar == Double {
  /// Eight.
  @inlinable @inline(__always)
  public static var laneCount: Int { 8 }

  /// The same number in every lane.
  @inlinable @inline(__always)
  public init(broadcast value: Double) { self.init(repeating: value) }

  /// The number in one lane.
  @inlinable @inline(__always)
  public subscript(lane lane: Int) -> Double {
    get { self[lane] }
    set { self[lane] = newValue }
  }

  /// Where `a` is greater.
  @inlinable @inline(__always)
  public static func isGreater(_ a: SIMD8, _ b: SIMD8) -> SIMDMask<SIMD8<Int64>> { a .> b }

  /// Where the bits are equal.
  @inlinable @inline(__always)
  public static func isIdentical(_ a: SIMD8, _ b: SIMD8) -> SIMDMask<SIMD8<Int64>> {
    unsafeBitCast(a, to: SIMD8<Int64>.self) .== unsafeBitCast(b, to: SIMD8<Int64>.self)
  }

  /// `a` where the mask is true, else `b`.
  @inlinable @inline(__always)
  public static func choose(_ mask: SIMDMask<SIMD8<Int64>>, _ a: SIMD8, _ b: SIMD8) -> SIMD8 {
    b.replacing(with: a, where: mask)
  }

  /// The greatest of `count` entries, lane by lane.
  @inlinable @inline(__always)
  public static func greatest(_ x: UnsafePointer<SIMD8>, count: Int) -> SIMD8 {
    var result = SIMD8.zero
    withUnsafeMutablePointer(to: &result) { aif_lanes_greatest(numbers(x), count, numbers($0)) }
    return result
  }

  /// The entries where they go, in all lanes.
  @inlinable @inline(__always)
  public static func move(
    _ x: UnsafePointer<SIMD8>, count: Int, to places: UnsafePointer<Int32>,
    into y: UnsafeMutablePointer<SIMD8>, length: Int
  ) {
    aif_lanes_move(numbers(x), count, places, numbers(y), length)
  }

  /// The sum of `count` entries, lane by lane.
  @inlinable @inline(__always)
  public static func sum(_ x: UnsafePointer<SIMD8>, count: Int) -> SIMD8 {
    var result = SIMD8.zero
    withUnsafeMutablePointer(to: &result) {
      aif_lanes_sum(numbers(x), count, numbers($0))
    }
    return result
  }

  /// The sum of products, lane by lane.
  @inlinable @inline(__always)
  public static func dot(
    _ x: UnsafePointer<SIMD8>, _ y: UnsafePointer<SIMD8>, count: Int
  ) -> SIMD8 {
    var result = SIMD8.zero
    withUnsafeMutablePointer(to: &result) {
      aif_own_lanes_dot(numbers(x), numbers(y), count, numbers($0))
    }
    return result
  }
}

extension SIMDMask: LaneMask where Storage == SIMD8<Int64> {
  /// One value for all lanes.
  @inlinable @inline(__always)
  public init(broadcast value: Bool) { self.init(repeating: value) }

  /// Whether it is true in some lane.
  @inlinable @inline(__always)
  public var any: Bool { Swift.any(self) }

  /// Whether it is true in every lane.
  @inlinable @inline(__always)
  public var all: Bool { Swift.all(self) }

  /// The value in one lane.
  @inlinable @inline(__always)
  public subscript(lane lane: Int) -> Bool { self[lane] }

  /// True where both are.
  @inlinable @inline(__always)
  public static func and(_ a: Self, _ b: Self) -> Self { a .& b }

  /// True where `a` is and `b` is not.
  @inlinable @inline(__always)
  public static func butNot(_ a: Self, _ b: Self) -> Self { a .& .!b }
}

extension SIMD8<Double> {
  /// The sum of p ln max(p, floor) over `count` entries, lane by lane, in the order of
  /// ``Contraction/dot(_:_:count:)``; takes no logarithm of what is zero or one in every lane.
  ///
  /// - Parameters:
  ///   - floor: more than 0 and at most 1.
  ///   - scratch: room for `count` numbers.
  @inlinable @inline(__always)
  public static func negentropy(
    _ p: UnsafePointer<Lanes>, atLeast floor: Double, count: Int,
    scratch: UnsafeMutablePointer<Lanes>
  ) -> Lanes {
    var result = Lanes.zero
    withUnsafeMutablePointer(to: &result) {
      aif_lanes_negentropy(numbers(p), floor, count, numbers(scratch), numbers($0))
    }
    return result
  }
}

/// An array of step numbers as the numbers of all its lanes, one lane after the other in each element.
@inlinable @inline(__always)
public func numbers<Number: StepNumber>(_ x: UnsafePointer<Number>) -> UnsafePointer<Double> {
  UnsafeRawPointer(x).assumingMemoryBound(to: Double.self)
}

/// An array of step numbers as the numbers of all its lanes, one lane after the other in each element.
@inlinable @inline(__always)
public func numbers<Number: StepNumber>(
  _ x: UnsafeMutablePointer<Number>
) -> UnsafeMutablePointer<Double> {
  UnsafeMutableRawPointer(x).assumingMemoryBound(to: Double.self)
}
