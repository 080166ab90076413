import ActiveInference

/// Sentences of four words, each of two pictures in four quarters: look, understand, answer (`reading`, 1).
///
/// The default agent has two levels. The lower one looks about in a word until it is clear which word it is; the
/// higher one chooses which word to read next and, when it knows, says whether the sentence ends well.
///
/// - Hidden states: `sentence`, one of six; `place`, the word that is read; `answer`, none, happy or sad; and of
///   that word `quarter`, the one looked at, `upsideDown` and `mirrored`, drawn anew whenever a word is begun.
/// - Outcomes: `picture`, what is in the quarter: none, bird, seed, cat; `quarter`, the one looked at; `place`, the word's
///   number; `feedback`, none, right or wrong.
/// - Actions: `look`, the quarter to look at; `do`, (goes on) while a word is read, and at its end read word 1,
///   2, 3, 4, say happy, say sad.
/// - Preferences: right 1 nat, wrong -4, none 0.
/// - Start: the first word, top left; the sentence is drawn, or is what the parameter says. The agent does not
///   know it.
/// - End: none; the goal is reached when right is observed.
/// - Parameters: ``parameters``.
///
/// ```swift
/// let world = try Reading(parameters: ["sentence": .text("wait wait wait flee")])
/// guard let levels = try world.levels else { return }
/// var agent = try DeepAgent(levels)
/// let episode = try Simulation(world, steps: world.steps).run(&agent, episode: 0)
/// ```
///
/// Source: Friston, Rosch, Parr, Price and Bowman 2017, Deep temporal models and active inference,
/// doi:10.1016/j.neubiorev.2017.04.009; `DEM_demo_MDP_reading.m` of SPM12.
public struct Reading: NamedEnvironment {
  /// What it is called.
  public static let identifier = "reading"
  /// One sentence about it.
  public static let summary =
    "Sentences of words of pictures: look about, read on, say how it ends; an agent of two levels."
  /// What its episodes are about.
  public static let goal = "the right answer"
  /// Its parameters with their defaults.
  public static let parameters = [
    EnvironmentParameter(
      "sentence", .none, "which it is, wait wait wait flee or another; none: drawn"),
    EnvironmentParameter(
      "legibility", .number(1), "P(a picture is seen as what it is), 0...1; else as another"),
    EnvironmentParameter(
      "clarity", .number(1.0 / 64), "entropy in nats below which a word has been read, above 0"),
    EnvironmentParameter("looks", .integer(8), "looks at a word at most, at least 1"),
    EnvironmentParameter("rightPreference", .number(1), "log preference of right in nats"),
    EnvironmentParameter("wrongPreference", .number(-4), "log preference of wrong in nats"),
  ]

  /// What the lower level believes: a word.
  public let model: GenerativeModel
  /// What the higher level believes: a sentence.
  public let sentenceModel: GenerativeModel
  let sentence: Int?
  let legibility: Double
  private let clarity: Double
  private let looks: Int

  /// The sentences for given values; a parameter that is not given has its default.
  ///
  /// - Throws: every fault of the parameters.
  public init(parameters: [String: ParameterValue] = [:]) throws(InvalidInput) {
    var reader = ParameterReader(parameters, of: Reading.self)
    sentence = reader.choice("sentence", of: Text.sentences.map { $0.joined(separator: " ") })
    legibility = reader.probability("legibility")
    clarity = reader.finite("clarity")
    let looks = reader.count("looks")
    let preference: Preference = [
      "right": reader.finite("rightPreference"), "wrong": reader.finite("wrongPreference"),
    ]
    if !(clarity > 0) {
      reader.report("clarity", "is \(clarity)", "a number of nats above 0")
    }
    try reader.check()
    self.looks = looks ?? 1
    model = try Reading.wordModel(legibility: legibility)
    sentenceModel = try Reading.sentenceModel(preference)
  }

  /// The default agent's lower level: it plans one look, and has read a word once it is clear.
  public var agent: AgentConfiguration {
    var agent = AgentConfiguration()
    agent.planning.horizon = 1
    agent.inference.chi = clarity
    return agent
  }

  /// The default agent: its higher level plans one word.
  public var levels: CompiledDeepAgent? {
    get throws(InvalidInput) {
      var sentence = AgentConfiguration()
      sentence.planning.horizon = 1
      let word = DeepAgent.Level(
        try CompiledAgent(model, agent), steps: looks,
        links: [.initialState(of: "word", from: "word")])
      return try CompiledDeepAgent(lower: [word], highest: CompiledAgent(sentenceModel, sentence))
    }
  }

  /// Every word once, and as much again for words that have to be read twice.
  public var steps: Int { 24 }
}
