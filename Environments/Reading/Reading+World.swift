import ActiveInference

extension Reading {
  /// Everything that changes while somebody reads.
  public struct State: Hashable, Sendable {
    /// Which sentence it is, from 0.
    public var sentence: Int
    /// The word that is read, from 0.
    public var place = 0
    /// 0 none, 1 happy, 2 sad.
    public var answer = 0
    /// The quarter that is looked at.
    public var look = 0
    /// Whether the word stands on its head.
    public var upsideDown = false
    /// Whether left and right are changed about.
    public var mirrored = false
  }

  /// Opens a sentence at its first word.
  public func reset(
    using random: inout RandomStream
  ) -> (state: State, observation: [Observation]) {
    let count = Text.sentences.count
    let drawn = random.categorical([Double](repeating: 1 / Double(count), count: count))
    var state = State(sentence: sentence ?? drawn)
    beginWord(&state, using: &random)
    return (state, observe(state, using: &random))
  }

  /// Looks at another quarter, or ends the word, and begins one or the same again.
  public func step(
    _ state: inout State, action: [Int], using random: inout RandomStream
  ) -> [Observation] {
    switch action[1] {
    case 0: state.look = action[0]
    case 1...Reading.places.count:
      state.place = action[1] - 1
      beginWord(&state, using: &random)
    default:
      state.answer = action[1] - Reading.places.count
      beginWord(&state, using: &random)
    }
    return observe(state, using: &random)
  }

  private func beginWord(_ state: inout State, using random: inout RandomStream) {
    state.look = 0
    state.upsideDown = random.nextUnit() < 0.5
    state.mirrored = random.nextUnit() < 0.5
  }

  private func observe(_ state: State, using random: inout RandomStream) -> [Observation] {
    let name = Text.picture(
      in: state.look, of: Text.word(state.sentence, at: state.place),
      upsideDown: state.upsideDown, mirrored: state.mirrored)
    var picture = Text.pictures.firstIndex(of: name) ?? 0
    if random.nextUnit() >= legibility {
      picture =
        (picture + 1 + random.categorical([1.0 / 3, 1.0 / 3, 1.0 / 3])) % Text.pictures.count
    }
    return [
      .outcome(picture), .outcome(state.look), .outcome(state.place),
      .outcome(Text.feedback(to: state.answer, about: state.sentence)),
    ]
  }

  /// The quarters, and one more than a word and an answer have to be done with: the word goes on.
  public var actionCounts: [Int]? { [Text.quarters.count, Reading.places.count + 3] }

  /// The word, the quarter and how the word stands, in the order of the model's factors.
  public func hiddenStates(_ state: State) -> [Int] {
    [
      Text.word(state.sentence, at: state.place), state.look, state.upsideDown ? 1 : 0,
      state.mirrored ? 1 : 0,
    ]
  }

  /// Whether the answer is right.
  public func goalReached(_ state: State, observation: [Observation]) -> Bool? {
    Text.feedback(to: state.answer, about: state.sentence) == 1
  }
}
