import CVectorMath

/// The numbers of a step: what beliefs and values are, and what the model's parameters are.
///
/// A step is written once over this and specialised for one agent (``SingleArithmetic``), for agents of
/// one model in lanes (``SharedLaneArithmetic``) and for agents in lanes that each have parameters of
/// their own (``OwnLaneArithmetic``). All give a lane the same bits, but where OpenBLAS multiplies.
public protocol StepArithmetic: Sendable, SendableMetatype {
  /// Beliefs and values.
  associatedtype Number: StepNumber
  /// Parameters of the model.
  associatedtype Parameter: StepNumber
  /// What several nodes of a tree of policies are evaluated with at once.
  associatedtype Nodes: StepArithmetic
  where Nodes.Number == Lanes, Nodes.Parameter == Parameter, Nodes.Nodes == Nodes

  /// A parameter for all lanes.
  static func widened(_ parameter: Parameter) -> Number
  /// A number for every node that is evaluated at once.
  static func spread(_ number: Number) -> Lanes
  /// The parameter of one lane.
  static func parameter(_ parameter: Parameter, lane: Int) -> Double
  /// The sum over i of p[i] x[i], in the order of ``Contraction/dot(_:_:count:)``.
  static func dot(
    _ p: UnsafePointer<Parameter>, _ x: UnsafePointer<Number>, count: Int
  ) -> Number
  /// Adds `scale` p[i] to each y[i].
  static func addScaled(
    _ scale: Number, _ p: UnsafePointer<Parameter>, to y: UnsafeMutablePointer<Number>, count: Int)
  /// y = Mᵀ x for a row-major matrix, each sum over the rows in order, or by OpenBLAS where
  /// ``Contraction/usesBLAS(rows:columns:)``.
  static func transposedMatrixVector(
    _ m: UnsafePointer<Parameter>, rows: Int, columns: Int, _ x: UnsafePointer<Number>,
    into y: UnsafeMutablePointer<Number>)
}

/// One agent, all numbers `Double`.
public enum SingleArithmetic: StepArithmetic {
  /// Beliefs and values.
  public typealias Number = Double
  /// Parameters of the model.
  public typealias Parameter = Double
  /// Nodes go in lanes.
  public typealias Nodes = SharedLaneArithmetic

  /// The parameter.
  @inlinable @inline(__always)
  public static func widened(_ parameter: Double) -> Double { parameter }

  /// The number in every lane.
  @inlinable @inline(__always)
  public static func spread(_ number: Double) -> Lanes { Lanes(repeating: number) }

  /// The parameter.
  @inlinable @inline(__always)
  public static func parameter(_ parameter: Double, lane: Int) -> Double { parameter }

  /// The sum of products.
  @inlinable @inline(__always)
  public static func dot(
    _ p: UnsafePointer<Double>, _ x: UnsafePointer<Double>, count: Int
  ) -> Double {
    Contraction.dot(p, x, count: count)
  }

  /// Adds `scale` p[i] to each y[i].
  @inlinable @inline(__always)
  public static func addScaled(
    _ scale: Double, _ p: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, count: Int
  ) {
    Contraction.addScaled(scale, p, to: y, count: count)
  }

  /// y = Mᵀ x.
  @inlinable @inline(__always)
  public static func transposedMatrixVector(
    _ m: UnsafePointer<Double>, rows: Int, columns: Int, _ x: UnsafePointer<Double>,
    into y: UnsafeMutablePointer<Double>
  ) {
    Contraction.transposedMatrixVector(m, rows: rows, columns: columns, x, into: y)
  }
}

/// Eight agents, or nodes, with the parameters of one model.
public enum SharedLaneArithmetic: StepArithmetic {
  /// Beliefs and values.
  public typealias Number = Lanes
  /// Parameters of the model.
  public typealias Parameter = Double
  /// The same.
  public typealias Nodes = SharedLaneArithmetic

  /// The parameter in every lane.
  @inlinable @inline(__always)
  public static func widened(_ parameter: Double) -> Lanes { Lanes(repeating: parameter) }

  /// The number: one node of each agent is evaluated at once.
  @inlinable @inline(__always)
  public static func spread(_ number: Lanes) -> Lanes { number }

  /// The parameter.
  @inlinable @inline(__always)
  public static func parameter(_ parameter: Double, lane: Int) -> Double { parameter }

  /// The sum of products, lane by lane.
  @inlinable @inline(__always)
  public static func dot(
    _ p: UnsafePointer<Double>, _ x: UnsafePointer<Lanes>, count: Int
  ) -> Lanes {
    var result = Lanes.zero
    withUnsafeMutablePointer(to: &result) { aif_lanes_dot(p, numbers(x), count, numbers($0)) }
    return result
  }

  /// Adds `scale` p[i] to each y[i].
  @inlinable @inline(__always)
  public static func addScaled(
    _ scale: Lanes, _ p: UnsafePointer<Double>, to y: UnsafeMutablePointer<Lanes>, count: Int
  ) {
    withUnsafePointer(to: scale) { aif_lanes_add_scaled(numbers($0), p, numbers(y), count) }
  }

  /// y = Mᵀ x, lane by lane.
  @inlinable @inline(__always)
  public static func transposedMatrixVector(
    _ m: UnsafePointer<Double>, rows: Int, columns: Int, _ x: UnsafePointer<Lanes>,
    into y: UnsafeMutablePointer<Lanes>
  ) {
    if Contraction.usesBLAS(rows: rows, columns: columns) {
      BLAS.transposedMatrixLanes(m, rows: rows, columns: columns, numbers(x), into: numbers(y))
    } else {
      aif_lanes_transposed_matrix(m, rows, columns, numbers(x), numbers(y))
    }
  }
}

/// Eight agents with parameters of their own: agents that learn.
public enum OwnLaneArithmetic: StepArithmetic {
  /// Beliefs and values.
  public typealias Number = Lanes
  /// Parameters of the models.
  public typealias Parameter = Lanes
  /// The same.
  public typealias Nodes = OwnLaneArithmetic

  /// The parameters.
  @inlinable @inline(__always)
  public static func widened(_ parameter: Lanes) -> Lanes { parameter }

  /// The number: one node of each agent is evaluated at once.
  @inlinable @inline(__always)
  public static func spread(_ number: Lanes) -> Lanes { number }

  /// The parameter of one lane.
  @inlinable @inline(__always)
  public static func parameter(_ parameter: Lanes, lane: Int) -> Double { parameter[lane] }

  /// The sum of products, lane by lane.
  @inlinable @inline(__always)
  public static func dot(
    _ p: UnsafePointer<Lanes>, _ x: UnsafePointer<Lanes>, count: Int
  ) -> Lanes {
    Lanes.dot(p, x, count: count)
  }

  /// Adds `scale` p[i] to each y[i].
  @inlinable @inline(__always)
  public static func addScaled(
    _ scale: Lanes, _ p: UnsafePointer<Lanes>, to y: UnsafeMutablePointer<Lanes>, count: Int
  ) {
    withUnsafePointer(to: scale) {
      aif_own_lanes_add_scaled(numbers($0), numbers(p), numbers(y), count)
    }
  }

  /// y = Mᵀ x, lane by lane; never by OpenBLAS, so agents whose model is for OpenBLAS go alone.
  @inlinable @inline(__always)
  public static func transposedMatrixVector(
    _ m: UnsafePointer<Lanes>, rows: Int, columns: Int, _ x: UnsafePointer<Lanes>,
    into y: UnsafeMutablePointer<Lanes>
  ) {
    aif_own_lanes_transposed_matrix(numbers(m), rows, columns, numbers(x), numbers(y))
  }
}
