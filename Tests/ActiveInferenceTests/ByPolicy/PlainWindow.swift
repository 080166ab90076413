import ActiveInference
import Foundation

/// Message passing by policy over a window, as its formulas are written: arrays, sums over joint states, and
/// nothing of the library's. Factors depend on themselves alone or on nothing.
struct PlainWindow {
  typealias Marginals = [[Double]]

  /// What one step finds.
  struct Step {
    /// `[policy][time]`, and the time that was just observed.
    var beliefs: [[Marginals]] = []
    var now = 0
    var freeEnergy: [Double] = []
  }

  let model: GenerativeModel
  let configuration: AgentConfiguration
  let policies: [[[Int]]]
  private let states: [[Int]]
  private var observations: [[Observation]] = []
  private var actions: [[Int]] = []
  /// Of each step, what the window after it begins with.
  private var kept: [Marginals] = []

  init(_ model: GenerativeModel, _ configuration: AgentConfiguration) {
    self.model = model
    self.configuration = configuration
    states = PlainWindow.product(model.factors.map(\.size))
    let joint = PlainWindow.product(model.controls.map(\.size))
    policies = PlainWindow.product(
      [Int](repeating: joint.count, count: configuration.planning.horizon ?? 1)
    ).map { $0.map { joint[$0] } }
  }

  static func product(_ sizes: [Int]) -> [[Int]] {
    sizes.reduce([[]]) { lists, size in lists.flatMap { list in (0..<size).map { list + [$0] } } }
  }

  private var isPymdp: Bool { configuration.preset == .pymdp007 }

  func ln(_ x: Double) -> Double {
    [.pymdp007, .spm].contains(configuration.preset) ? log(x + 1e-16) : log(max(x, 0x1p-52))
  }

  private func softmax(_ logs: [Double]) -> [Double] {
    let greatest = logs.max() ?? 0
    let weights = logs.map { exp($0 - greatest) }
    return weights.map { $0 / weights.reduce(0, +) }
  }

  // MARK: - The model

  private func entry(_ tensor: Tensor, _ place: [Int]) -> Double {
    tensor.values[zip(tensor.shape, place).reduce(0) { $0 * $1.0 + $1.1 }]
  }

  /// P(o | s) of a modality.
  func likelihood(_ modality: Int, _ outcome: Int, _ state: [Int]) -> Double {
    let table = model.likelihoods[modality]
    return entry(table.probability, [outcome] + table.given.map { state[$0] })
  }

  /// P(next | before, action) of a factor.
  private func transition(_ factor: Int, _ next: Int, _ before: Int, _ action: [Int]) -> Double {
    let table = model.transitions[factor]
    return entry(
      table.probability,
      [next] + (table.given.isEmpty ? [] : [before]) + table.controls.map { action[$0] })
  }

  private func seen(_ observation: [Observation], _ state: [Int]) -> Double {
    observation.indices.reduce(1) { product, modality in
      switch observation[modality] {
      case .missing: product
      case .outcome(let outcome): product * likelihood(modality, outcome, state)
      case .distribution(let weights):
        product
          * weights.indices.reduce(0) { $0 + weights[$1] * likelihood(modality, $1, state) }
      }
    }
  }

  private func forward(_ factor: Int, _ before: [Double], _ action: [Int]) -> [Double] {
    before.indices.map { next in
      before.indices.reduce(0) { $0 + transition(factor, next, $1, action) * before[$1] }
    }
  }

  private func backward(_ factor: Int, _ after: [Double], _ action: [Int]) -> [Double] {
    let offset = isPymdp ? 1e-16 : 0
    return after.indices.map { before in
      after.indices.reduce(0) { sum, next in
        let column = after.indices.map { transition(factor, next, $0, action) + offset }
        let total = column.reduce(0, +)
        return sum + after[next] * (total > 0 ? column[before] / total : 1 / Double(after.count))
      }
    }
  }

  // MARK: - A step

  /// What is believed under each policy after an observation.
  ///
  /// - Parameter taken: what was done before it; nil at first.
  mutating func infer(_ observation: [Observation], taken: [Int]?) -> Step {
    observations.append(observation)
    if let taken { actions.append(taken) }
    let start = max(0, observations.count - (configuration.inference.horizon ?? .max))
    var step = Step()
    step.now = observations.count - 1 - start
    for policy in policies {
      var q: [Marginals] = (0...step.now + policy.count).map { _ in
        model.factors.map { [Double](repeating: 1 / Double($0.size), count: $0.size) }
      }
      let path = Array(actions.dropFirst(start)) + policy
      var energy = 0.0
      for _ in 0..<configuration.inference.iterations {
        energy = 0
        for time in q.indices {
          for factor in q[time].indices {
            energy += update(&q, time, factor, path, start, observed: time <= step.now)
          }
        }
      }
      step.beliefs.append(q)
      step.freeEnergy.append(isPymdp ? energy : -energy)
    }
    return step
  }

  private func update(
    _ q: inout [Marginals], _ time: Int, _ factor: Int, _ path: [[Int]], _ start: Int,
    observed: Bool
  ) -> Double {
    let x = q[time][factor]
    var likely = [Double](repeating: 0, count: x.count)
    if observed {
      for state in states {
        let others = state.indices.reduce(1) { $0 * ($1 == factor ? 1 : q[time][$1][state[$1]]) }
        likely[state[factor]] += others * seen(observations[start + time], state)
      }
      likely = likely.map(ln)
    }
    let past =
      time == 0 ? prior(factor, start) : forward(factor, q[time - 1][factor], path[time - 1])
    let hears = time < q.count - 2
    let future = hears ? backward(factor, q[time + 1][factor], path[time]).map(ln) : nil
    let weight = hears ? 2.0 : 1.0
    let error = x.indices.map {
      weight * likely[$0] + ln(past[$0]) + (future?[$0] ?? 0) - weight * ln(x[$0])
    }
    let mean = error.reduce(0, +) / Double(error.count)
    let rate = 1 / configuration.inference.policyMessages.tau
    q[time][factor] = softmax(x.indices.map { ln(x[$0]) + rate * (error[$0] - mean) })
    let factors = Double(model.factors.count)
    let isInner = time > 0 && time < q.count - 1
    return x.indices.reduce(0) {
      $0 + x[$1] * 0.5 * (error[$1] - (isInner ? (factors - 1) * likely[$1] / factors : 0))
    }
  }

  private func prior(_ factor: Int, _ start: Int) -> [Double] {
    if start == 0 {
      let count = model.factors[factor].size
      return model.initialStates[factor] ?? [Double](repeating: 1 / Double(count), count: count)
    }
    let before = kept[start - 1][factor]
    return isPymdp ? before : forward(factor, before, actions[start - 1])
  }

  /// Averages what was believed over policies, for the windows to come, and gives it of the time just observed.
  mutating func keep(_ step: Step, _ posterior: [Double]) -> Marginals {
    func average(_ time: Int) -> Marginals {
      model.factors.indices.map { factor in
        step.beliefs[0][time][factor].indices.map { state in
          posterior.indices.reduce(0) { $0 + posterior[$1] * step.beliefs[$1][time][factor][state] }
        }
      }
    }
    kept.append(average(step.now))
    if isPymdp { kept[kept.count - 1 - step.now] = average(0) }
    return average(step.now)
  }

  /// softmax(ln E + gamma G - F), E uniform where the model has none.
  func posterior(_ values: [Double], _ step: Step) -> [Double] {
    let habit = model.habit ?? [Double](repeating: 1 / Double(values.count), count: values.count)
    return softmax(
      values.indices.map {
        configuration.planning.gamma * values[$0] - step.freeEnergy[$0]
          + (configuration.preset == .default ? log(habit[$0]) : ln(habit[$0]))
      })
  }

  /// Utility and information gain of the times from now on, with C as it stands.
  func values(_ step: Step) -> [Double] {
    step.beliefs.map { times in
      times[step.now...].enumerated().reduce(0) { $0 + value($1.element, row: $1.offset) }
    }
  }

  private func value(_ q: Marginals, row: Int) -> Double {
    let weights = states.map { state in state.indices.reduce(1) { $0 * q[$1][state[$1]] } }
    var result = 0.0
    for outcome in PlainWindow.product(model.modalities.map(\.size)) {
      var total = 0.0
      for (state, weight) in zip(states, weights) {
        let p = outcome.indices.reduce(1) { $0 * likelihood($1, outcome[$1], state) }
        total += weight * p
        if p > 0 { result += weight * p * log(p) }
      }
      if total > 0 { result -= total * log(total) }
      for (modality, preference) in model.preferences.enumerated() {
        guard let preference else { continue }
        let place =
          preference.shape.count == 1
          ? [outcome[modality]] : [min(row, preference.shape[0] - 1), outcome[modality]]
        result += total * entry(preference, place)
      }
    }
    return result
  }
}
