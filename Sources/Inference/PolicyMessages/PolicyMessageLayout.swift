import GenerativeModel

/// How much there is of everything that message passing by policy holds, and where it begins.
struct PolicyMessageLayout {
  let policies: Int
  /// The actions of a policy.
  let horizon: Int
  /// The times of a sequence that there is room for.
  var times: Int
  let factors: Int
  /// The numbers of one time.
  let states: Int

  init(_ compiled: CompiledModel, _ settings: InferenceSettings, policies: Int, horizon: Int) {
    self.policies = policies
    self.horizon = horizon
    times = PolicyMessagePassing.reservedTimes(settings, horizon: horizon)
    factors = compiled.factors.count
    states = compiled.stateCount
  }

  var beliefCount: Int { policies * times * states }

  /// The first number of a time under a policy.
  @inline(__always)
  func offset(_ policy: Int, _ time: Int) -> Int { (policy * times + time) * states }
}

extension PolicyMessagePassing {
  /// The most joint states that an observation's likelihood is held over.
  public static let largestJoint = 1 << 20

  /// The times of a sequence that memory is laid out for beforehand: the time of each action and one more,
  /// and of a window the steps before.
  static func reservedTimes(_ settings: InferenceSettings, horizon: Int) -> Int {
    settings.algorithm == .windowedPolicyMessages
      ? StepHistory.reserved(settings.horizon) + horizon : horizon + 1
  }

  /// Bytes that message passing takes beside the model, known before any is taken.
  public static func bytes(
    _ compiled: CompiledModel, _ settings: InferenceSettings, policies: Int, horizon: Int
  ) -> Double {
    let times = Double(reservedTimes(settings, horizon: horizon))
    let beliefs = Double(policies) * times * Double(compiled.stateCount)
    let likelihoods = (times + 3) * Double(compiled.jointStateCount)
    var actions = Double(policies) * Double(horizon) * Double(compiled.factors.count)
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      actions += Double(plan.actions) * Double(plan.states)
    }
    // A window remembers what was believed and done at each of its steps.
    let past =
      settings.algorithm == .windowedPolicyMessages
      ? times * Double(compiled.stateCount + compiled.factors.count) : 0
    return 8 * (beliefs + likelihoods + actions + past)
  }

  /// Multiplications of a step, an upper estimate.
  public static func operations(
    _ compiled: CompiledModel, _ settings: InferenceSettings, policies: Int, horizon: Int
  ) -> Double {
    var once = 2 * Double(compiled.jointStateCount) * Double(compiled.factors.count)
    for (factor, cells) in compiled.transitionCells.enumerated() {
      once += 2 * Double(cells) / Double(max(compiled.factors.base[factor].actions, 1))
    }
    let times = Double(reservedTimes(settings, horizon: horizon))
    return Double(policies) * times * Double(settings.iterations) * once
  }

  /// Refuses a model that messages cannot be passed in.
  ///
  /// - Throws: ``InvalidInput`` where a transition depends on other factors than its own, there are no
  ///   controls, or there are more than 2^20 joint states.
  public static func check(
    _ compiled: CompiledModel, _ settings: InferenceSettings
  ) throws(InvalidInput) {
    let name = settings.algorithm.rawValue
    var faults: [Fault] = []
    let model = compiled.model
    if model.controls.isEmpty {
      faults.append(
        Fault(
          "inference.algorithm", "\(name) infers by policy, but the model has no controls",
          remedy: "add a control, of one action if need be, or use another algorithm"))
    }
    for (factor, transition) in model.transitions.enumerated()
    where transition.given.contains(where: { $0 != factor }) {
      faults.append(
        Fault(
          "B[\(model.factors[factor].name)]",
          "depends on other factors, of which \(name) passes no messages",
          remedy: "join the factors, or use another algorithm"))
    }
    if compiled.jointStateCount > largestJoint {
      faults.append(
        Fault(
          "inference.algorithm",
          "\(name) takes the likelihood of more than \(largestJoint) joint states",
          remedy: "use cavi"))
    }
    if !faults.isEmpty { throw InvalidInput(source: model.name, faults) }
  }
}
