import Inference

extension InferenceSettings {
  /// When an episode of a level of a deep agent is over before its time; a document says of it only where it says
  /// something.
  static let chiKey = DocumentKey<InferenceSettings>("chi", \.chi) {
    value, place, faults -> Double?? in
    if value == .null { return .some(nil) }
    guard let number = value.double else {
      faults.expected("a number or null", place, value)
      return nil
    }
    if number > 0 && number.isFinite { return number }
    faults.add(place, "is \(number)", remedy: "give a number of nats above 0, or null for never")
    return nil
  } write: {
    $0.map { .number($0) }
  }
}

extension AgentConfiguration {
  /// Refuses what only a level can do that has another above it.
  ///
  /// - Throws: ``InvalidInput``.
  package func checkHasNothingAbove(source: String = "agent") throws(InvalidInput) {
    let faults = FaultList()
    noteNothingAbove("", faults)
    try faults.check(source: source)
  }

  /// Notes what only a level can do that has another above it.
  ///
  /// - Parameter place: of the agent, with the dot that follows it; empty where it is all there is.
  func noteNothingAbove(_ place: String, _ faults: FaultList) {
    guard let chi = inference.chi else { return }
    faults.add(
      "\(place)inference.chi",
      "is \(chi), but no level is above this agent that episodes of it could be steps of",
      remedy: "leave it out, or give it to a lower level of a deep agent")
  }
}
