import GenerativeModel
import Kernels

/// Control as inference over states that are seen: which action is probable, given that all goes well.
///
/// At each of so many steps something is optimal with probability proportional to e^(r(s') / alpha), s' the
/// state arrived at and r(s') the sum over modalities of E[C(o) | s']. Backward messages
///
///     Q_t(s, u) = E[r(s') / alpha + V_t+1(s') | s, u]             klRegularised
///     Q_t(s, u) = ln E[e^(r(s') / alpha + V_t+1(s')) | s, u]      exactConditioning
///     V_t(s)    = ln of the sum over u of p(u) e^(Q_t(s, u))
///     pi_t(u | s) = p(u) e^(Q_t(s, u) - V_t(s))
///
/// make the policy. Conditioning exactly is optimistic: it takes chance to be on the agent's side, and its
/// values are never below those regularised. With deterministic dynamics the two are one, and V_0 is the
/// logarithm of the mean of e^(return / alpha) over all sequences of actions.
///
/// ```swift
/// let control = try SoftControl(model, horizon: 10, temperature: 0.5)
/// control.policy(step: 0, state: 3)  // one probability a joint action
/// ```
///
/// Levine 2018, arXiv:1805.00909; Millidge, Tschantz, Seth and Buckley 2020, arXiv:2006.12964.
public struct SoftControl: Sendable {
  /// How chance in the dynamics is taken.
  public let mode: SoftControlSettings.Mode
  /// alpha, in nats of preference; above 0, or infinity.
  public let temperature: Double
  /// p(u) by joint action.
  public let actionPrior: [Double]
  /// The joint actions, each with one entry a control.
  public var actions: [[Int]] { backup.transition.actions }
  /// alpha V_t as `[step][joint state]`, the last factor varying fastest; one row more than steps, the last
  /// zero. In nats of preference, and so finite at any temperature.
  public let scaledValues: [[Double]]
  private let backup: SoftBackup
  private let rewards: [[Double]]

  /// Infers control over a model's joint states.
  ///
  /// - Parameters:
  ///   - horizon: steps that are to go well, at least 1.
  ///   - temperature: alpha, above 0; infinity makes the policy the prior.
  ///   - actionPrior: p(u) by joint action, the last control varying fastest; nil for uniform.
  /// - Throws: ``InvalidInput`` where an argument is out of range, preferences have fewer rows than the
  ///   horizon or are not finite, or there are too many joint states.
  /// - Complexity: O(horizon times joint transitions that are not zero).
  public init(
    _ model: GenerativeModel, horizon: Int, temperature: Double,
    mode: SoftControlSettings.Mode = .klRegularised, actionPrior: [Double]? = nil
  ) throws(InvalidInput) {
    let compiled = try CompiledModel(model)
    let tables = ModelTables<Double>(compiled)
    let transition = try JointTransition(compiled, tables)
    let count = transition.actions.count
    try SoftControl.check(model, horizon, temperature, actionPrior, actions: count)
    let prior = actionPrior ?? [Double](repeating: 1 / Double(count), count: count)
    self.mode = mode
    self.temperature = temperature
    self.actionPrior = prior
    let rows = model.preferences.reduce(1) {
      max($0, $1.map { $0.shape.count == 2 ? $0.shape[0] : 1 } ?? 1)
    }
    rewards = (0..<rows).map { row in
      let preferences = FixedBuffer(
        zip(model.modalities, model.preferences).flatMap { modality, preference in
          let values = preference?.values ?? [Double](repeating: 0, count: modality.size)
          let first = values.count > modality.size ? row * modality.size : 0
          return Array(values[first..<first + modality.size])
        })
      return JointUtility(compiled, tables, preferences: preferences.base).values
    }
    backup = SoftBackup(
      transition: transition, prior: prior, precision: 1 / temperature, mode: mode)
    var values = [Double](repeating: 0, count: transition.stateCount)
    var actionValues = [Double](repeating: 0, count: count * transition.stateCount)
    var all = [values]
    for step in (0..<horizon).reversed() {
      backup.carry(rewards[min(step, rows - 1)], &values, &actionValues)
      all.append(values)
    }
    scaledValues = all.reversed()
  }

  /// alpha Q_t(s, u) by joint action, in nats of preference.
  ///
  /// - Precondition: a step of the horizon and a joint state.
  public func scaledActionValues(step: Int, state: Int) -> [Double] {
    let reward = rewards[min(step, rewards.count - 1)]
    return backup.transition.actions.indices.map { action in
      var mean = SoftMean(precision: backup.precision)
      for cell in backup.transition.cells(action: action, state: state) {
        let next = Int(backup.transition.nextStates[cell])
        mean.add(
          scaledValues[step + 1][next] + reward[next],
          weight: backup.transition.probabilities[cell])
      }
      return mode == .klRegularised ? mean.mean : mean.softMean
    }
  }

  /// pi_t(u | s) by joint action.
  ///
  /// - Precondition: a step of the horizon and a joint state.
  public func policy(step: Int, state: Int) -> [Double] {
    let values = scaledActionValues(step: step, state: state)
    let possible = values.indices.filter { actionPrior[$0] > 0 }
    let greatest = possible.reduce(-.infinity) { max($0, values[$1]) }
    var policy = [Double](repeating: 0, count: values.count)
    var sum = 0.0
    for action in possible {
      policy[action] =
        actionPrior[action] * VectorMath.exp(backup.precision * (values[action] - greatest))
      sum += policy[action]
    }
    return policy.map { $0 / sum }
  }

  private static func check(
    _ model: GenerativeModel, _ horizon: Int, _ temperature: Double, _ prior: [Double]?,
    actions: Int
  ) throws(InvalidInput) {
    var faults: [Fault] = []
    if !(1...PolicySet.largestHorizon).contains(horizon) {
      faults.append(
        Fault(
          "horizon", "is \(horizon)", remedy: "give 1 to \(PolicySet.largestHorizon)"))
    }
    if !(temperature > 0) {
      faults.append(Fault("temperature", "is \(temperature)", remedy: "give a number above 0"))
    }
    if let prior {
      if prior.count != actions {
        faults.append(
          Fault(
            "actionPrior", "has \(prior.count) entries for \(actions) joint actions",
            remedy: "give one a joint action"))
      }
      if !prior.allSatisfy({ $0 >= 0 }) || abs(prior.reduce(0, +) - 1) > 1e-9 {
        faults.append(Fault("actionPrior", "is no distribution", remedy: "make it sum to 1"))
      }
    }
    for (modality, preference) in zip(model.modalities, model.preferences) {
      guard let preference else { continue }
      if preference.shape.count == 2 && preference.shape[0] < horizon {
        faults.append(
          Fault(
            "C[\(modality.name)]",
            "has \(preference.shape[0]) planning steps but the horizon is \(horizon)",
            remedy: "give a row a step, or one row for all"))
      }
      if !preference.values.allSatisfy({ $0.magnitude < 1e290 }) {
        faults.append(
          Fault("C[\(modality.name)]", "sums to infinity", remedy: "make it smaller"))
      }
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }
}
