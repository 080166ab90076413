/// A world that an agent lives in: it starts, and it answers actions with observations.
///
/// An environment is a description and never changes; what changes is its `State`, which the
/// loop holds. All chance comes from the stream that is passed in, so an episode is the same every
/// time and on every thread.
///
/// ``reset(using:)`` and ``step(_:action:using:)`` are all that has to be written. A simulation calls
/// the two that fill in an array which is there already; they are made of the first two unless an
/// environment, so as to allocate nothing, has its own.
public protocol Environment: Sendable {
  /// Everything that changes in the world.
  associatedtype State: Sendable

  /// Begins an episode: the first state and what is seen of it, one entry a modality.
  func reset(using random: inout RandomStream) -> (state: State, observation: [Observation])

  /// Carries out an action, one entry a control, and says what is then seen.
  func step(_ state: inout State, action: [Int], using random: inout RandomStream) -> [Observation]

  /// Begins an episode as ``reset(using:)`` does, with the same draws, and puts what is seen in
  /// `observation` in place of whatever was there.
  func reset(using random: inout RandomStream, observation: inout [Observation]) -> State

  /// Carries out an action as ``step(_:action:using:)`` does, with the same draws, and puts what is
  /// then seen in `observation` in place of whatever was there.
  func step(
    _ state: inout State, action: [Int], using random: inout RandomStream,
    observation: inout [Observation])

  /// The number of actions of each control, against which a simulation checks what an agent answers;
  /// nil where the environment takes any action.
  var actionCounts: [Int]? { get }

  /// The index of each hidden state, for the trace; empty where there is no such thing.
  func hiddenStates(_ state: State) -> [Int]

  /// Whether what the episode is about has been reached; nil where it is about nothing in particular.
  func goalReached(_ state: State, observation: [Observation]) -> Bool?
}

extension Environment {
  /// Takes both from ``reset(using:)``.
  @inlinable
  public func reset(using random: inout RandomStream, observation: inout [Observation]) -> State {
    let (state, first) = reset(using: &random)
    observation = first
    return state
  }

  /// Takes it from ``step(_:action:using:)``.
  @inlinable
  public func step(
    _ state: inout State, action: [Int], using random: inout RandomStream,
    observation: inout [Observation]
  ) {
    observation = step(&state, action: action, using: &random)
  }

  /// Nil: any action is taken.
  @inlinable
  public var actionCounts: [Int]? { nil }
  /// None.
  @inlinable
  public func hiddenStates(_ state: State) -> [Int] { [] }
  /// Nil: the episode is about nothing in particular.
  @inlinable
  public func goalReached(_ state: State, observation: [Observation]) -> Bool? { nil }
}
