import ActiveInference
import Foundation

/// The best sequence of actions that begins with each action, found by going through all of them; or, as a
/// beam does, through the best few of each length.
extension BruteForce {
  private struct Sequence {
    var actions: [[Int]] = []
    var belief: [Double]
    /// Utility, state and parameter information gain, inductive value.
    var parts = [0.0, 0, 0, 0]
    var value: Double { parts.reduce(0, +) }
  }

  /// Scores the actions of the next step by the best sequence that begins with each.
  func search(_ step: inout ReferenceStep) {
    let settings = configuration.planning
    let actions = policies.map { $0.first ?? [] }
    if model.controls.isEmpty {
      step.negativeExpectedFreeEnergy = [0]
      return
    }
    let horizon = settings.horizon ?? 1
    var sequences = [Sequence(belief: belief)]
    for time in 0..<horizon {
      sequences = sequences.flatMap { sequence in
        actions.map { action in
          let next = predict(sequence.belief, action)
          let parts = parts(sequence.belief, action, next, time, now: step.beliefs)
          return Sequence(
            actions: sequence.actions + [action], belief: next,
            parts: zip(sequence.parts, parts).map { $0 + $1 })
        }
      }
      if settings.method == .beam && time < horizon - 1 {
        sequences = actions.flatMap { action in
          best(sequences.filter { $0.actions[0] == action }, settings.beam.width, &step.isTied)
        }
      }
    }
    var terms: [[Double]] = []
    for action in actions {
      let best = best(sequences.filter { $0.actions[0] == action }, 1, &step.isTied)[0]
      step.negativeExpectedFreeEnergy.append(best.value)
      step.sequences.append(best.actions)
      terms.append(best.parts)
    }
    if step.isTied { return }
    let names = ["utility", "stateInformationGain", "parameterInformationGain", "inductive"]
    step.terms = [:]
    for (index, name) in names.enumerated() { step.terms?[name] = terms.map { $0[index] } }
  }

  /// The most valuable, the first of equals, in their order.
  private func best(
    _ sequences: [Sequence], _ width: Int, _ isTied: inout Bool
  ) -> [Sequence] {
    let ranked = sequences.indices.sorted {
      (sequences[$1].value, $0) < (sequences[$0].value, $1)
    }
    if ranked.count > width {
      let (last, next) = (sequences[ranked[width - 1]], sequences[ranked[width]])
      isTied = isTied || last.value - next.value < 1e-9 * max(1, abs(last.value))
    }
    return ranked.prefix(width).sorted().map { sequences[$0] }
  }
}
