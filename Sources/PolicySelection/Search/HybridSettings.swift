import GenerativeModel
import Kernels

extension PlanningSettings {
  /// How a plan is refined: the keys of `planning.hybrid`.
  public struct Hybrid: Hashable, Sendable {
    /// How often a plan is gone through at most; with 0 the habit alone is followed.
    public var sweeps = 16
    /// A sweep is the last where the plan's distributions differ from those before it by no more than this
    /// in sum, as Kullback-Leibler divergence in nats; at least 0.
    public var tolerance = 1e-3

    /// At most so many sweeps, until a plan stays as it is to within a tolerance.
    public init(sweeps: Int = 16, tolerance: Double = 1e-3) {
      self.sweeps = sweeps
      self.tolerance = tolerance
    }
  }

  /// The most actions that one sweep weighs.
  static let largestSweep = 1 << 24

  /// The beliefs that actions arrive at in one sweep through a plan: at each step each action, followed to
  /// the end.
  private func beliefsOfSweep(actions: Int) -> Double {
    let (steps, actions) = (Double(horizon ?? 1), Double(actions))
    return steps * actions + steps * (steps - 1) / 2 * actions * actions
  }

  /// The predicted beliefs that are valued in a step at most; 0 under other methods.
  package func hybridBeliefs(actions: Int) -> Double {
    method == .hybrid ? Double(hybrid.sweeps) * beliefsOfSweep(actions: actions) : 0
  }

  /// Bytes of an agent's memory for plans; 0 under other methods.
  package func hybridBytes(actions: Int, beliefSize: Int) -> Double {
    if method != .hybrid { return 0 }
    let lane = Double(MemoryLayout<Lanes>.stride)
    let blocks = Double((actions + Lanes.laneCount - 1) / Lanes.laneCount) + 4
    return blocks * Double(beliefSize) * lane + 8 * Double(actions) * Double((horizon ?? 1) + 8)
  }

  func hybridFaults(actions: Int) -> [Fault] {
    let beliefs = beliefsOfSweep(actions: actions)
    if beliefs <= Double(PlanningSettings.largestSweep) { return [] }
    return [
      Fault(
        "planning.horizon",
        "\(actions) joint actions over \(horizon ?? 1) steps are more than"
          + " \(PlanningSettings.largestSweep) beliefs a sweep",
        remedy: "shorten the horizon")
    ]
  }
}
