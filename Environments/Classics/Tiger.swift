import ActiveInference

/// A tiger behind one of two doors, treasure behind the other, and an ear at the wall (`tiger`, 1).
///
/// - Hidden states: `tiger`, left, right; `last`, what the last action came to: nothing, listened,
///   treasure, mauled.
/// - Outcomes: `growl`, left or right: from the tiger's side with `hearing` after listening, from either
///   with probability 1/2 otherwise; `reward`, the last action's.
/// - Actions: `do`, listen, open left, open right. After a door was opened the tiger is placed anew.
/// - Preferences: listened -1, treasure 10, mauled -100 nats.
/// - Start: the tiger is behind either door; nothing has been done.
/// - End: none; the goal is reached when treasure is found.
/// - Parameters: ``parameters``.
///
/// Source: Kaelbling, Littman and Cassandra 1998, doi:10.1016/S0004-3702(98)00023-X.
public struct Tiger: ModelBackedEnvironment {
  /// What it is called.
  public static let identifier = "tiger"
  /// One sentence about it.
  public static let summary =
    "A tiger behind one of two doors, treasure behind the other: listen, open."
  /// What its episodes are about.
  public static let goal = "the treasure"
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter("hearing", .number(0.85), "P(a growl is heard from its side), 0...1"),
    EnvironmentParameter("listening", .number(-1), "log preference of having listened in nats"),
    EnvironmentParameter("treasure", .number(10), "log preference of treasure in nats"),
    EnvironmentParameter("mauling", .number(-100), "log preference of the tiger in nats"),
  ]

  /// What the agent believes.
  public let model: GenerativeModel
  /// The process: the agent's model.
  public let world: ModelEnvironment

  /// The doors for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: Tiger.self)
    let hearing = reader.probability("hearing")
    let preference: Preference = [
      "listened": reader.finite("listening"), "treasure": reader.finite("treasure"),
      "mauled": reader.finite("mauling"),
    ]
    try reader.check()
    model = try Tiger.model(hearing: hearing, preference)
    world = try ModelEnvironment(model, goal: (modality: 1, outcome: 2))
  }

  /// The default agent: it plans one action. It listens until what a door promises outweighs the tiger,
  /// which with the defaults is when it has heard two growls more from one side.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 1
    return agent
  }

  /// Some doors opened, each after a few growls.
  public var steps: Int { 20 }

  private static func model(
    hearing: Double, _ preference: Preference
  ) throws(InvalidInput) -> GenerativeModel {
    let sides = ["left", "right"]
    let results = ["nothing", "listened", "treasure", "mauled"]
    return try GenerativeModel(identifier) {
      Factor("tiger", sides)
      Factor("last", results, initially: "nothing")
      Control("do", ["listen", "open left", "open right"])
      Modality("growl", sides, given: "tiger", "last") { state in
        guard state["last"] == "listened" else { return [0.5, 0.5] }
        return state["tiger"] == "left" ? [hearing, 1 - hearing] : [1 - hearing, hearing]
      }
      Modality("reward", results, given: "last", prefer: preference) { [$0["last"]: 1] }
      Transition(of: "tiger", controls: "do") { state in
        state["do"] == "listen" ? [state["tiger"]: 1] : [0.5, 0.5]
      }
      Transition(of: "last", given: "tiger", controls: "do") { state in
        if state["do"] == "listen" { return "listened" }
        return state["do"] == "open " + state["tiger"] ? "mauled" : "treasure"
      }
    }
  }
}
