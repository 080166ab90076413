/// The digamma function, ψ(x) = d ln Γ(x) / dx, for x > 0.
///
/// The error is at most 4 ulps, on both sides of the root at 1.4616... too. It is -infinity at 0,
/// +infinity at +infinity, and NaN for a negative or NaN argument.
///
/// - Complexity: O(1): a rational function below 2, at most eight more quotients up to 10, a
///   logarithm and a seven-term series above.
///
/// Source: recurrence ψ(x + 1) = ψ(x) + 1 / x and asymptotic series, Abramowitz & Stegun 6.3.5 and
/// 6.3.18; the rational function on [1, 2] was fitted for this file, to a relative error of 3e-17.
@inlinable
public func digamma(_ x: Double) -> Double {
  guard x > 0 else { return x == 0 ? -.infinity : .nan }
  if x >= 10 { return asymptoticDigamma(x) }
  if x < 1 { return digammaNearRoot(x) - 1 / x }
  var y = x
  var quotients = 0.0
  while y > 2 {
    // Exact, and the quotients are all positive: nothing cancels on the way down.
    y -= 1
    quotients += 1 / y
  }
  return digammaNearRoot(y - 1) + quotients
}

/// ψ(x) ~ ln x - 1 / 2x - sum over n of B(2n) / (2n x^2n), for x of at least 10.
@inlinable
internal func asymptoticDigamma(_ x: Double) -> Double {
  let inverse = 1 / x
  let z = inverse * inverse
  var series = 1.0 / 12
  series = -691.0 / 32760 + z * series
  series = 1.0 / 132 + z * series
  series = -1.0 / 240 + z * series
  series = 1.0 / 252 + z * series
  series = -1.0 / 120 + z * series
  series = 1.0 / 12 + z * series
  return VectorMath.log(x) - (0.5 * inverse + z * series)
}

/// ψ(1 + t) for t in [0, 1], as (1 + t - root) (1 + R(t) / Q(t)).
@inlinable
internal func digammaNearRoot(_ t: Double) -> Double {
  var r = -3.918857595782627e-05
  r = -0.003186052428501221 + t * r
  r = -0.05361713249517157 + t * r
  r = -0.3110573106694388 + t * r
  r = -0.6676962242716268 + t * r
  r = -0.3268755240712461 + t * r
  r = 0.2503801375034054 + t * r
  var q = 3.918857595782627e-05
  q = 0.0034081071889811372 + t * q
  q = 0.06589990402253255 + t * q
  q = 0.4784894928792091 + t * q
  q = 1.5240244625242985 + t * q
  q = 2.108065926448982 + t * q
  q = 1 + t * q
  // The root in two parts keeps the digits that cancel next to it, and R / Q is at most a quarter,
  // which keeps its rounding out of the result.
  let distance = (t - 0.46163214496836236) + 1.5522348162858677e-17
  return distance + distance * (r / q)
}
