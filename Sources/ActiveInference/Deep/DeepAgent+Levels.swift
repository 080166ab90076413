import GenerativeModel

extension DeepAgent {
  /// A level of a deep agent that has another above it, and what comes down to it.
  public struct Level: Sendable {
    /// The model and the configuration.
    public var agent: CompiledAgent
    /// The most steps of one of its episodes, at least 1; each is one step of the level above. One is over
    /// earlier where its first states have become clear (`inference.chi` of the agent).
    public var steps: Int
    /// What comes down from the level above.
    public var links: [Link]

    /// A level.
    public init(_ agent: CompiledAgent, steps: Int, links: [Link]) {
      self.agent = agent
      self.steps = steps
      self.links = links
    }
  }

  /// What an outcome of a level means to the level below it.
  ///
  /// A modality that is linked is observed through the level below; one that is not is the world's.
  public struct Link: Hashable, Sendable {
    /// What an outcome determines.
    public enum Target: Hashable, Sendable {
      /// The state that a factor has when an episode begins, in place of D; evidence about it ascends.
      case initialState(factor: String)
      /// How probable each policy is, in place of E; nothing ascends.
      case habit
      /// How much outcomes of a modality are preferred, beside C; nothing ascends.
      case preference(modality: String)
    }

    /// The modality of the level above.
    public var modality: String
    /// What it determines.
    public var target: Target
    /// `[what it is below][outcome above]`; nil where they are one and the same.
    public var table: [[Double]]?

    /// An outcome is the first state of a factor, or makes it probable.
    ///
    /// - Parameter probability: `[state][outcome]`, P(state | outcome), each outcome's summing to 1; unless
    ///   given, each outcome is the state of the same number.
    public static func initialState(
      of factor: String, from modality: String, probability: [[Double]]? = nil
    ) -> Link {
      Link(modality: modality, target: .initialState(factor: factor), table: probability)
    }

    /// An outcome makes policies probable, in the order of ``CompiledAgent/policies``.
    ///
    /// - Parameter probability: `[policy][outcome]`, P(policy | outcome), each outcome's summing to 1; unless
    ///   given, each outcome is the policy of the same number.
    public static func habit(from modality: String, probability: [[Double]]? = nil) -> Link {
      Link(modality: modality, target: .habit, table: probability)
    }

    /// An outcome makes outcomes below preferred.
    ///
    /// - Parameter logPreference: `[outcome below][outcome above]` in nats.
    public static func preference(
      in lower: String, from modality: String, logPreference: [[Double]]
    ) -> Link {
      Link(modality: modality, target: .preference(modality: lower), table: logPreference)
    }
  }
}
