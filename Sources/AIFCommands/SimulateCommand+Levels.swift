import ActiveInference

extension SimulateCommand {
  /// Refuses what an agent of several levels has not got.
  func check(_ levels: CompiledDeepAgent) throws {
    let count = levels.levels.count
    var faults = FaultGatherer()
    func refuse(_ isAsked: Bool, _ option: String, _ reason: String) {
      if isAsked {
        faults.gather { throw CommandFailure.input("--\(option): \(reason)") }
      }
    }
    refuse(model != nil, "model", "this agent has \(count) models")
    refuse(carry != nil, "carry", "counts go on only in agents of one level, this one has \(count)")
    try faults.check()
  }
}

extension Trace {
  /// Refuses the trace of a deep agent where one level alone is asked about.
  ///
  /// - Throws: ``CommandFailure/input(_:)``.
  func checkHasOneLevel(_ file: String, _ what: String) throws {
    if levels.isEmpty { return }
    let names = outline.names.joined(separator: ", ")
    throw CommandFailure.input(
      "\(file): episode \(episode) is of an agent of \(levels.count + 1) levels (\(names)); \(what)"
    )
  }
}
