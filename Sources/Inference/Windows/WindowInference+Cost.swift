import GenerativeModel

extension WindowInference {
  /// What a window takes: bytes, and multiplications to infer it once it has as many steps.
  package static func cost(
    _ compiled: CompiledModel, _ settings: InferenceSettings
  ) -> (bytes: Double, operations: Double) {
    let steps = Double(StepHistory.reserved(settings.horizon))
    var transitions = 0.0
    var edges = 0.0
    for factor in 0..<compiled.factors.count {
      let plan = compiled.factors.base[factor]
      let parents = compiled.scopes[plan.scope].factors
      let once = Double(compiled.transitionCells[factor]) / Double(max(plan.actions, 1))
      // Forward, and backward to each parent.
      transitions += once * Double(1 + parents.count)
      edges += parents.reduce(0) { $0 + Double(compiled.factors.base[$1].states) }
    }
    // What a step's observation says by joint state, and by factor to each of its group.
    var joint = 0.0
    var messages = 0.0
    for (scope, modalities) in zip(compiled.scopes, compiled.modalitiesOfScope)
    where !modalities.isEmpty && scope.factors.count > 1 {
      joint += Double(scope.columns)
      messages += Double(scope.columns * scope.factors.count)
    }
    let states = Double(compiled.stateCount)
    let tables = 16 * compiled.transitionCells.reduce(0.0) { $0 + Double($1) }
    let wide = widest(compiled)
    return (
      tables + 8 * (steps + 1) * (8 * states + edges + joint)
        + 8 * Double(2 * wide.columns + wide.cells),
      Double(settings.iterations) * steps * (transitions + messages + 4 * states)
    )
  }
}
