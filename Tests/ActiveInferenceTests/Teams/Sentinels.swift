import ActiveInference

/// Three sentinels that watch for an intruder, after SPM's `DEM_federation`: each sees three of nine
/// lines of sight and looks along one of them.
///
/// - Hidden states: `location`, 9 lines, on which the intruder stays or moves to a side; `proximity`, near
///   or far; `pose`, friend or foe; `gaze`, a sentinel's own, left, centre, right of the line before it.
/// - Outcomes: `what` is there where it looks, nothing, far, friend, foe; the contrast on its three lines,
///   none, faint, strong; `gaze`.
/// - Preferences: none; a sentinel looks where it learns most.
enum Sentinels {
  static let shared = ["location", "proximity", "pose"]
  static let names = ["left", "centre", "right"]

  /// The sentinel before a line.
  static func model(before centre: Int) throws -> GenerativeModel {
    try GenerativeModel("sentinel") {
      Factor("location", size: 9)
      Factor("proximity", ["near", "far"])
      Factor("pose", ["friend", "foe"])
      Factor("gaze", names, initially: "centre")
      Control("look", names)
      Modality(
        "what", ["nothing", "far", "friend", "foe"], given: "location", "proximity", "pose", "gaze"
      ) {
        state in
        guard state.index(of: "location") == centre + state.index(of: "gaze") - 1 else {
          return ["nothing": 0.97, "far": 0.03]
        }
        if state["proximity"] == "far" { return ["far": 0.9, "nothing": 0.1] }
        return [state["pose"]: 0.9, state["pose"] == "foe" ? "friend" : "foe": 0.1]
      }
      for side in names.indices {
        Modality(
          "contrast \(names[side])", ["none", "faint", "strong"], given: "location", "proximity"
        ) {
          state in
          guard state.index(of: "location") == centre + side - 1 else {
            return ["none": 0.8, "faint": 0.2]
          }
          return state["proximity"] == "near"
            ? ["strong": 0.7, "faint": 0.3] : ["faint": 0.6, "none": 0.4]
        }
      }
      Modality("gaze", names, given: "gaze") { [$0["gaze"]: 1] }
      Transition(of: "location") { state in
        let line = state.index(of: "location")
        return Column(
          (0..<9).map { next in
            var p = next == line ? 0.6 : 0.0
            if next == min(line + 1, 8) { p += 0.2 }
            if next == max(line - 1, 0) { p += 0.2 }
            return p
          })
      }
      Transition(of: "proximity") { state in
        state["proximity"] == "near" ? ["near": 0.9, "far": 0.1] : ["near": 0.1, "far": 0.9]
      }
      Transition(of: "pose")
      Transition(of: "gaze", controls: "look") { [$0["look"]: 1] }
    }
  }
}
