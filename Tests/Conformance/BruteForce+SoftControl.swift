import ActiveInference
import Foundation

extension BruteForce {
  /// E[alpha Q_0(s, u)] by joint action, with the messages of control as inference as they are defined.
  func softControlValues() -> [Double] {
    let settings = configuration.planning
    let horizon = settings.horizon ?? 1
    let actions = policies.map { $0.first ?? [] }
    let conditions = settings.softControl.mode == .exactConditioning
    let gamma = settings.gamma
    /// V_t(s), or where the temperature is infinite alpha V_t(s).
    var next = states.map { _ in 0.0 }
    var first: [[Double]] = []
    for time in (0..<horizon).reversed() {
      let arrived = states.indices.map { state -> Double in
        let certain = states.indices.map { $0 == state ? 1.0 : 0 }
        let reward = settings.utility ? expectedPreference(certain, time) : 0
        return (gamma == 0 ? reward : gamma * reward) + next[state]
      }
      first = actions.map { action in
        transitions(action).map { row in
          conditions && gamma > 0
            ? log(zip(row, arrived).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * exp($1.1) : 0) })
            : zip(row, arrived).reduce(0) { $0 + $1.0 * $1.1 }
        }
      }
      next = states.indices.map { state in
        let sum = zip(habit, first).reduce(0) {
          $0 + $1.0 * (gamma > 0 ? exp($1.1[state]) : $1.1[state])
        }
        return gamma > 0 ? log(sum) : sum
      }
    }
    return first.map { values in
      let sum = zip(belief, values).reduce(0) { $0 + $1.0 * $1.1 }
      return gamma > 0 ? sum / gamma : sum
    }
  }
}
