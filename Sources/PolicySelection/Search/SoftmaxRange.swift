import Kernels

/// The least and the greatest that the mean of values under softmax(gamma G + ln E) can be, where each value
/// is only known to lie between two bounds.
///
/// That mean is not monotone in its arguments: a bad action that gets better first draws weight and lowers
/// it. So bounds are not averaged. With w(G) = sum_u E_u exp(gamma G_u) the mean is at least v just where
/// sum_u E_u exp(gamma G_u) (G_u - v) >= 0, which each action can be made to meet, or to miss, by itself: at
/// one of its bounds for the greatest, at v - 1/gamma or the bound next to it for the least. Repeating that
/// with the mean that it gives ends at the extremes (Dinkelbach 1967,
/// https://doi.org/10.1287/mnsc.13.7.492). Both lie within max_u G - ln |U| / gamma and max_u G.
///
/// - Parameters:
///   - lower: by action; so is `upper`, nowhere below it.
///   - logHabit: ln E; actions where it is -infinity do not count.
package func softmaxRange(
  lower: UnsafePointer<Double>, upper: UnsafePointer<Double>, logHabit: UnsafePointer<Double>,
  gamma: Double, count: Int
) -> (lower: Double, upper: Double) {
  var greatest = -Double.infinity
  var least = Double.infinity
  for action in 0..<count where logHabit[action] > -.infinity {
    greatest = max(greatest, upper[action])
    least = min(least, lower[action])
  }
  /// The mean where each action is worth what `choose` says.
  func mean(_ choose: (_ action: Int) -> Double) -> Double {
    // Relative to the greatest, so that no precision is too large.
    var greatest = -Double.infinity
    for action in 0..<count where logHabit[action] > -.infinity {
      greatest = max(greatest, choose(action))
    }
    var (sum, weights) = (0.0, 0.0)
    for action in 0..<count where logHabit[action] > -.infinity {
      let value = choose(action)
      let weight = VectorMath.exp(gamma * (value - greatest) + logHabit[action])
      sum += weight * value
      weights += weight
    }
    return sum / weights
  }
  var high = mean { upper[$0] }
  for _ in 0..<64 {
    let v = high
    let next = mean { action in
      // Which of its bounds raises the sum more.
      let (l, h) = (lower[action], upper[action])
      return (h - v) >= VectorMath.exp(gamma * (l - h)) * (l - v) ? h : l
    }
    if next <= high { break }
    high = next
  }
  var low = mean { lower[$0] }
  var isSettled = false
  for _ in 0..<64 {
    let v = low
    let next = mean { min(max(v - 1 / gamma, lower[$0]), upper[$0]) }
    if next >= low - 1e-15 * (1 + low.magnitude) {
      isSettled = true
      break
    }
    low = next
  }
  let rounding = 1e-12 * (1 + max(greatest.magnitude, least.magnitude))
  return (
    isSettled ? max(least, low - rounding) : least, min(greatest, high + rounding)
  )
}
