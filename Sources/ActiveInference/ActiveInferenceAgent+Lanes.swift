import GenerativeModel
import Inference
import Kernels
import PolicySelection

extension ActiveInferenceAgent {
  /// Several where that saves work: steps are not remembered, because the agent learns or seldom comes
  /// to a belief twice.
  public var laneCount: Int {
    guard canUseLanes && !recordsIterates && !remembersSteps else { return 1 }
    return blueprint.learns ? Lanes.laneCount : CompiledAgent.sharedBlocks * Lanes.laneCount
  }

  /// Begins an episode in each lane with nothing learned.
  public func begin(seed: UInt64, lanes episodes: Range<UInt64>) {
    presentedLane = nil
    if blueprint.learns {
      if let ownLanes {
        ownLanes.forget?()
      } else {
        ownLanes = try? blueprint.ownLanes(answers)
      }
      ownLanes?.begin(seed: seed, episodes: episodes)
    } else {
      if sharedLanes == nil { sharedLanes = try? blueprint.sharedLanes(answers, engine) }
      sharedLanes?.begin(seed: seed, episodes: episodes)
    }
  }

  /// Takes one step in each lane.
  ///
  /// - Throws: where an observation is not one outcome a modality, is impossible, or policies cannot be
  ///   scored in some lane.
  public func act(onLanes observations: [[Observation]], actions: inout [[Int]]) throws {
    if let ownLanes {
      try ownLanes.act(on: observations, actions: &actions)
    } else if let sharedLanes {
      try sharedLanes.act(on: observations, actions: &actions)
    } else {
      throw LaneGroup<SharedLaneArithmetic>.Unsuited()
    }
  }

  /// Says what the agent of a lane thought in the last step.
  public func describe(_ record: inout StepRecord, lane: Int, level: RecordLevel) {
    if let ownLanes {
      ownLanes.describe(&record, member: lane, level: level)
    } else {
      sharedLanes?.describe(&record, member: lane, level: level)
    }
  }

  /// Has ``concentration`` tell what the agent of a lane has learned, until an episode begins.
  public func present(lane: Int) { presentedLane = lane }
}
