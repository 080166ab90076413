import GenerativeModel
import Inference
import Kernels

/// Several agents in one world that tell one another what they believe.
///
/// A step is in this order: everyone perceives; beliefs about shared factors are fused and taken over by
/// all; everyone decides; the world moves. Beliefs can be told in another way too: as an outcome that
/// another agent hears (``Hearing``).
///
/// ```swift
/// let team = try Team([("ann", sentinel), ("bob", sentinel)], sharing: [["intruder"]])
/// let episodes = try team.run(in: ModelEnvironment(team.world()), steps: 8)
/// ```
///
/// An observation of the world has the modalities of the first member, then those of the second, and so
/// on, without what members hear; an action likewise has their controls. A team belongs to one task.
public final class Team {
  /// What a member of a team is called and what it is.
  public struct Member: Sendable {
    /// Unique in the team.
    public let name: String
    /// The model and the configuration.
    public let agent: CompiledAgent
  }

  /// What a member hears another say: an outcome of one of its modalities, with a likelihood of its own,
  /// which may be learned.
  ///
  /// What is heard is what was believed at the end of the last step; at the first step it is missing. In
  /// contrast to fusion nothing keeps a rumour from being counted twice.
  public struct Hearing: Hashable, Sendable {
    /// How a belief is put.
    public enum Message: String, Hashable, Sendable, CaseIterable {
      /// The probability of each state: an uncertain outcome.
      case belief
      /// The most probable state; of several the first.
      case likeliestState
    }

    /// Who hears.
    public var listener: String
    /// The modality that it hears in, with an outcome for each state of the factor.
    public var modality: String
    /// Who speaks.
    public var speaker: String
    /// What about.
    public var factor: String
    /// How it is put.
    public var message: Message

    /// What one member hears of another.
    public init(
      _ listener: String, in modality: String, from speaker: String, about factor: String,
      as message: Message = .belief
    ) {
      self.listener = listener
      self.modality = modality
      self.speaker = speaker
      self.factor = factor
      self.message = message
    }
  }

  /// Who plans for whom.
  public enum Plans: String, Hashable, Sendable, CaseIterable {
    /// Each member for itself, from its own model.
    case alone
    /// One after the other: each for itself and those before it, whose actions it knows, by what all of them
    /// would see; those after it are left out.
    case inTurn
    /// All at once: the best joint action by what everyone would see.
    case jointly
  }

  /// The members, in the order of their turns.
  public let members: [Member]
  /// Groups of factors whose joint belief is fused after each inference.
  public let shared: [[String]]
  /// What is heard.
  public let hearings: [Hearing]
  /// Who plans for whom.
  public let plans: Plans

  let agents: [ActiveInferenceAgent]
  let planners: [TeamPlanner]
  /// By group, who has all its factors, and their numbers there.
  let sharers: [[(member: Int, factors: [Int])]]
  /// By member and modality, what is heard in it; nil where it is the world's.
  let sources: [[(speaker: Int, factor: Int, message: Hearing.Message)?]]

  /// A team of agents, each with a model of its own.
  ///
  /// - Parameters:
  ///   - members: by name, in the order of their turns.
  ///   - shared: groups of factors by name; the members that have all factors of a group fuse their beliefs
  ///     about them. Several factors in a group need exact inference. Fusion is exact where outcomes of
  ///     different members are independent given what these factors are at that step.
  ///   - hearing: what is told in other ways.
  ///   - plans: who plans for whom. Who plans for others takes the most valuable action, whatever its member's
  ///     selection, from the joined model of all it plans for and with its member's settings; members then
  ///     neither learn nor hear, and the cost is that of enumerating their joint actions.
  /// - Throws: ``InvalidInput`` where names are missing, ambiguous or unknown, a group has fewer than two
  ///   members or differs in size, or a modality does not fit what is heard in it.
  public init(
    _ members: [(name: String, agent: CompiledAgent)], sharing shared: [[String]] = [],
    hearing hearings: [Hearing] = [], plans: Plans = .alone
  ) throws(InvalidInput) {
    self.members = members.map { Member(name: $0.name, agent: $0.agent) }
    self.shared = shared
    self.hearings = hearings
    self.plans = plans
    let faults = FaultList()
    if members.isEmpty { faults.add("members", "are none", remedy: "give at least one") }
    if Set(members.map(\.name)).count < members.count {
      faults.add("members", "two have one name", remedy: "give each its own")
    }
    sharers = Team.sharers(self.members, shared, faults)
    sources = Team.sources(self.members, hearings, faults)
    Team.checkPlans(plans, self.members, hearings, faults)
    try faults.check(source: "team")
    var agents: [ActiveInferenceAgent] = []
    for member in members { agents.append(try ActiveInferenceAgent(member.agent)) }
    self.agents = agents
    planners = try Team.planners(self.members, shared, plans)
  }

  private static func sharers(
    _ members: [Member], _ groups: [[String]], _ faults: FaultList
  ) -> [[(member: Int, factors: [Int])]] {
    groups.map { group in
      let place = "sharing \(group.joined(separator: ", "))"
      var sharers: [(member: Int, factors: [Int])] = []
      var sizes: Set<[Int]> = []
      for (index, member) in members.enumerated() {
        let model = member.agent.model
        let factors = group.compactMap { name in
          model.factors.firstIndex { $0.name == name }
        }
        guard factors.count == group.count else { continue }
        sharers.append((index, factors))
        sizes.insert(factors.map { model.factors[$0].size })
        if member.agent.hasWindow {
          faults.add(
            place, "\(member.name) infers several steps together, and would lose what it is told",
            remedy: "use another inference.algorithm than vmp and mmp")
        }
        if group.count > 1 && !member.agent.space.isJoint {
          faults.add(
            place, "\(member.name) holds its beliefs about these factors apart",
            remedy: "use inference.algorithm exact, or share one factor at a time")
        }
      }
      if group.isEmpty || Set(group).count < group.count {
        faults.add(place, "is not a list of different factors")
      }
      if sharers.count < 2 {
        faults.add(
          place, "has fewer than two members", remedy: "share what two members have a factor for")
      }
      if sizes.count > 1 { faults.add(place, "has other states in different models") }
      return sharers
    }
  }

  private static func sources(
    _ members: [Member], _ hearings: [Hearing], _ faults: FaultList
  ) -> [[(speaker: Int, factor: Int, message: Hearing.Message)?]] {
    var sources = members.map {
      [(speaker: Int, factor: Int, message: Hearing.Message)?](
        repeating: nil, count: $0.agent.model.modalities.count)
    }
    for hearing in hearings {
      let place = "hearing of \(hearing.listener) in \(hearing.modality)"
      guard let listener = members.firstIndex(where: { $0.name == hearing.listener }),
        let speaker = members.firstIndex(where: { $0.name == hearing.speaker })
      else {
        faults.add(place, "\(hearing.listener) or \(hearing.speaker) is no member")
        continue
      }
      let (own, other) = (members[listener].agent.model, members[speaker].agent.model)
      guard let modality = own.modalities.firstIndex(where: { $0.name == hearing.modality }),
        let factor = other.factors.firstIndex(where: { $0.name == hearing.factor })
      else {
        faults.add(
          place, "there is no modality \(hearing.modality), or no factor \(hearing.factor)")
        continue
      }
      if own.modalities[modality].size != other.factors[factor].size {
        faults.add(
          place,
          "has \(own.modalities[modality].size) outcomes for \(other.factors[factor].size) states")
      }
      if sources[listener][modality] != nil { faults.add(place, "is there twice") }
      sources[listener][modality] = (speaker, factor, hearing.message)
    }
    return sources
  }
}

extension Team {
  /// A model of all members together, which is a world for them, and what an agent believes that plans for
  /// all of them at once.
  ///
  /// - Throws: ``InvalidInput`` where shared factors are not the same in all models.
  public func world() throws(InvalidInput) -> GenerativeModel {
    var heard: [String: Set<String>] = [:]
    for hearing in hearings { heard[hearing.listener, default: []].insert(hearing.modality) }
    return try GenerativeModel(
      joining: members.map { ($0.name, $0.agent.model) }, sharing: shared.flatMap { $0 },
      without: heard, name: members.map(\.name).joined(separator: " and "))
  }

  /// The seed of a member's own chance in runs of a seed, so that members do not draw alike; the first has
  /// the seed itself.
  public static func seed(of member: Int, in seed: UInt64) -> UInt64 {
    if member == 0 { return seed }
    var stream = RandomStream(
      seed: seed, episode: .max, step: UInt64(member), purpose: .action)
    return stream.next()
  }
}
