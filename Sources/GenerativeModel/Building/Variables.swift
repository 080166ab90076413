/// A hidden state factor in the builder's notation, with its first state (D) and goal (H).
///
/// ```swift
/// Factor("location", ["centre", "left", "right", "cue"], initially: "centre")
/// Factor("context", size: 2, initially: [0.7, 0.3])
/// ```
public struct Factor: ModelPart {
  private let variable: Variable
  private let initially: Column?
  private let initialCounts: Column?
  private let goal: Column?
  private let avoid: Column?

  /// A factor whose states have names.
  ///
  /// - Parameters:
  ///   - name: unique among the factors.
  ///   - labels: the names of its states.
  ///   - initially: P(first state); uniform where it is left out.
  ///   - initialCounts: Dirichlet counts over the first state.
  ///   - goal: 1 for each state in which the factor is to be.
  ///   - avoid: 1 for each state that is to be avoided on the way to a goal.
  public init(
    _ name: String, _ labels: [String], initially: Column? = nil, initialCounts: Column? = nil,
    goal: Column? = nil, avoid: Column? = nil
  ) {
    self.init(Variable(name, labels), initially, initialCounts, goal, avoid)
  }

  /// A factor whose states are numbered.
  public init(
    _ name: String, size: Int, initially: Column? = nil, initialCounts: Column? = nil,
    goal: Column? = nil, avoid: Column? = nil
  ) {
    self.init(Variable(name, size: size), initially, initialCounts, goal, avoid)
  }

  private init(
    _ variable: Variable, _ initially: Column?, _ initialCounts: Column?, _ goal: Column?,
    _ avoid: Column?
  ) {
    self.variable = variable
    self.initially = initially
    self.initialCounts = initialCounts
    self.goal = goal
    self.avoid = avoid
  }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) {
    draft.description.factors.append(variable)
    func table(_ column: Column?, _ key: String) -> [ModelDescription.Table] {
      guard variable.size > 0, let column,
        let numbers = draft.numbers(column, of: variable, at: "\(key)[\(variable.name)]")
      else { return [] }
      return [.init(variable.name, Tensor(shape: [variable.size], numbers))]
    }
    draft.description.initialStates += table(initially, "D")
    draft.description.initialStateCounts += table(initialCounts, "concentration.D")
    draft.description.goals += table(goal, "H")
    draft.description.avoided += table(avoid, "H")
  }
}

/// A control in the builder's notation.
///
/// ```swift
/// Control("move", ["stay", "left", "right"])
/// ```
public struct Control: ModelPart {
  private let variable: Variable

  /// A control whose actions have names.
  public init(_ name: String, _ labels: [String]) { variable = Variable(name, labels) }

  /// A control whose actions are numbered.
  public init(_ name: String, size: Int) { variable = Variable(name, size: size) }

  /// Adds itself to a draft.
  public func add(to draft: inout ModelDraft) { draft.description.controls.append(variable) }
}
