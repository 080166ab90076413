import GenerativeModel
import Kernels

/// One backward message of control as inference over joint states, in units of reward.
///
/// With g = 1 / alpha, of values W = alpha V of the states that come after it makes
///
///     G(s, u) = E[x(s') | s, u]                        klRegularised
///     G(s, u) = alpha ln E[e^(g x(s')) | s, u]         exactConditioning
///     W(s)    = alpha ln of the sum over u of p(u) e^(g G(s, u))
///
/// with x(s') = r(s') + W(s'). At g = 0 all three are means; as g grows the last becomes a maximum. Written
/// so that no exponential overflows and no difference drowns, however small or large g is.
struct SoftBackup {
  let transition: JointTransition
  /// p(u) by joint action; sums to 1.
  let prior: [Double]
  /// 1 / alpha, at least 0.
  let precision: Double
  let mode: SoftControlSettings.Mode

  /// Carries values one action back.
  ///
  /// - Parameters:
  ///   - reward: r by joint state arrived at.
  ///   - values: W of the states arrived at; becomes that of the states before.
  ///   - actionValues: becomes G as `[joint action][joint state]`.
  func carry(
    _ reward: [Double], _ values: inout [Double], _ actionValues: inout [Double]
  ) {
    let states = transition.stateCount
    let actions = transition.actions.count
    for state in 0..<states { values[state] += reward[state] }
    var logs = SoftMean(precision: precision)
    for action in 0..<actions {
      for state in 0..<states {
        let cells = transition.cells(action: action, state: state)
        logs.clear()
        for cell in cells {
          logs.add(
            values[Int(transition.nextStates[cell])], weight: transition.probabilities[cell])
        }
        actionValues[action * states + state] =
          mode == .klRegularised ? logs.mean : logs.softMean
      }
    }
    for state in 0..<states {
      logs.clear()
      for action in 0..<actions {
        logs.add(actionValues[action * states + state], weight: prior[action])
      }
      values[state] = logs.softMean
    }
  }
}

/// alpha ln E[e^(x / alpha)] of weighted numbers: their mean where alpha is infinite, their greatest where it
/// is zero.
struct SoftMean {
  /// 1 / alpha, at least 0.
  let precision: Double
  private var values: [Double] = []
  private var weights: [Double] = []

  init(precision: Double) { self.precision = precision }

  /// Forgets all numbers.
  mutating func clear() {
    values.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
  }

  /// Adds a number; one without weight counts for nothing.
  mutating func add(_ value: Double, weight: Double) {
    guard weight > 0 else { return }
    values.append(value)
    weights.append(weight)
  }

  /// E[x].
  var mean: Double {
    var sum = 0.0
    for index in values.indices { sum += weights[index] * values[index] }
    return sum
  }

  /// alpha ln E[e^(x / alpha)].
  var softMean: Double {
    if values.count <= 1 { return mean }
    let greatest = values.reduce(-.infinity) { max($0, $1) }
    let least = values.reduce(.infinity) { min($0, $1) }
    let spread = (greatest - least) * precision
    // Where the exponents leave the range of numbers that are exact, this is all there is to it.
    if spread < 0x1p-1000 { return mean }
    var sum = 0.0
    if spread < 0.5 {
      for index in values.indices {
        sum += weights[index] * exponentialLessOne(precision * (values[index] - greatest))
      }
      return greatest + logarithmOfOneAnd(sum) / precision
    }
    for index in values.indices {
      sum += weights[index] * VectorMath.exp(precision * (values[index] - greatest))
    }
    return greatest + VectorMath.log(sum) / precision
  }
}

/// e^x - 1 without loss near zero (Kahan).
private func exponentialLessOne(_ x: Double) -> Double {
  let exponential = VectorMath.exp(x)
  if exponential == 1 { return x }
  return (exponential - 1) * x / VectorMath.log(exponential)
}

/// ln(1 + x) without loss near zero (Kahan).
private func logarithmOfOneAnd(_ x: Double) -> Double {
  let sum = 1 + x
  if sum == 1 { return x }
  return VectorMath.log(sum) * x / (sum - 1)
}
