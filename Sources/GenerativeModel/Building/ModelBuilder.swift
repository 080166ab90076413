/// A part of a model in the builder's notation: ``Factor``, ``Modality``, ``Control``,
/// ``Transition``, ``Policies`` or ``Habit``.
public protocol ModelPart {
  /// Adds itself to a draft.
  func add(to draft: inout ModelDraft)
}

/// Gathers the parts of a model; `if` and `for` may be used between them.
@resultBuilder
public enum ModelBuilder {
  /// One part.
  public static func buildExpression(_ part: some ModelPart) -> [any ModelPart] { [part] }
  /// Parts made elsewhere.
  public static func buildExpression(_ parts: [any ModelPart]) -> [any ModelPart] { parts }
  /// Parts one after another.
  public static func buildBlock(_ parts: [any ModelPart]...) -> [any ModelPart] {
    parts.flatMap { $0 }
  }
  /// The parts of an `if` without `else`.
  public static func buildOptional(_ parts: [any ModelPart]?) -> [any ModelPart] { parts ?? [] }
  /// The parts of an `if`.
  public static func buildEither(first parts: [any ModelPart]) -> [any ModelPart] { parts }
  /// The parts of an `else`.
  public static func buildEither(second parts: [any ModelPart]) -> [any ModelPart] { parts }
  /// The parts of a loop.
  public static func buildArray(_ parts: [[any ModelPart]]) -> [any ModelPart] {
    parts.flatMap { $0 }
  }
}

extension GenerativeModel {
  /// A model from its parts, in any order.
  ///
  /// ```swift
  /// let tmaze = try GenerativeModel("tmaze") {
  ///   Factor("location", ["centre", "left", "right", "cue"], initially: "centre")
  ///   Factor("context", ["left pays", "right pays"])
  ///   Control("move", ["centre", "left", "right", "cue"])
  ///   Modality("cue", ["none", "left", "right"], given: "location", "context") { state in
  ///     guard state["location"] == "cue" else { return "none" }
  ///     return state["context"] == "left pays" ? "left" : "right"
  ///   }
  ///   Modality(
  ///     "reward", ["none", "reward", "loss"], given: "location", "context",
  ///     prefer: ["reward": 3, "loss": -3]
  ///   ) { state in
  ///     switch (state["location"], state["context"]) {
  ///     case ("left", "left pays"), ("right", "right pays"): ["reward": 0.98, "loss": 0.02]
  ///     case ("left", _), ("right", _): ["reward": 0.02, "loss": 0.98]
  ///     default: "none"
  ///     }
  ///   }
  ///   Transition(of: "location", controls: "move") { [$0["move"]: 1] }
  ///   Transition(of: "context")  // it stays as it is
  /// }
  /// ```
  ///
  /// - Throws: ``InvalidInput`` with every fault, in the words of the file: `A[reward], column
  ///   (left, left pays)`.
  public init(
    _ name: String = "", @ModelBuilder _ parts: () -> [any ModelPart]
  ) throws(InvalidInput) {
    var draft = ModelDraft()
    draft.description.name = name
    for part in parts() { part.add(to: &draft) }
    // Tables wait until every variable is known.
    let waiting = draft.waiting
    for write in waiting { write(&draft) }
    draft.description.faults = draft.faults.faults
    try self.init(draft.description)
  }
}

/// A model that is being built.
public struct ModelDraft {
  var description = ModelDescription()
  let faults = FaultList()
  /// What is written once all variables are known.
  private(set) var waiting: [(inout ModelDraft) -> Void] = []

  mutating func whenVariablesAreKnown(_ write: @escaping (inout ModelDraft) -> Void) {
    waiting.append(write)
  }

  /// The numbers of a column; nil, with a fault, where a label is not known.
  func numbers(_ column: Column, of variable: Variable, at place: String) -> [Double]? {
    column.numbers(of: variable, at: place, faults)
  }

  /// The table that a source says; nil where there is none or, with faults, where it cannot be
  /// made.
  ///
  /// - Parameter probability: what the counts may be a multiple of.
  mutating func table(
    _ source: ModelTable?, _ place: String, of variable: Variable,
    given: [Variable], controls: [Variable], probability: Tensor? = nil
  ) -> Tensor? {
    guard let source else { return nil }
    let axes = JointAxes(place: place, variable: variable, given: given, controls: controls)
    let tensor = source.make(axes, probability, faults)
    // Why has been told, here or of a variable.
    if tensor == nil { description.unreadable.insert(place) }
    return tensor
  }

  /// The variables of these names; nil where one is not known, which the check will tell.
  func variables(_ names: [String], among variables: [Variable]) -> [Variable]? {
    let found = names.compactMap { name in variables.first { $0.name == name } }
    return found.count == names.count ? found : nil
  }
}
