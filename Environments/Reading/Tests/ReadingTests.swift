import ActiveInference
import Foundation
import Reading
import Testing

@Suite("Reading") struct ReadingTests {
  static let sentences = [
    "flee wait feed wait", "wait wait wait feed", "wait flee wait feed", "flee wait feed flee",
    "wait wait wait flee", "wait flee wait flee",
  ]

  // MARK: - Tables

  /// What the paper's figure shows, each word upright, mirrored, upside down, and both; four quarters row by row:
  /// b bird, c cat, s seed.
  static let drawn = [
    "flee": ["bc..", "cb..", "..bc", "..cb"], "feed": ["bs..", "sb..", "..bs", "..sb"],
    "wait": ["b..s", ".bs.", ".sb.", "s..b"],
  ]

  @Test("a word shows the pictures that the paper draws, turned about in four ways")
  func pictures() throws {
    let model = try Reading().model
    #expect(model.modalities[0].labels == ["none", "bird", "seed", "cat"])
    let table = model.likelihoods[0].probability
    #expect(table.shape == [4, 3, 4, 2, 2])
    for (word, name) in ["flee", "feed", "wait"].enumerated() {
      for turned in 0..<4 {
        for (quarter, letter) in (Self.drawn[name]?[turned] ?? "").enumerated() {
          let picture = [".": 0, "b": 1, "s": 2, "c": 3][String(letter)]
          for outcome in 0..<4 {
            let place = (((outcome * 3 + word) * 4 + quarter) * 2 + turned / 2) * 2 + turned % 2
            #expect(table.values[place] == (outcome == picture ? 1 : 0), "\(name), \(turned)")
          }
        }
      }
    }
  }

  @Test("a sentence has its words in their places, and three of six end well")
  func words() throws {
    let model = try Reading().sentenceModel
    let table = model.likelihoods[0].probability
    #expect(table.shape == [3, 6, 4])
    for (sentence, text) in Self.sentences.enumerated() {
      for (place, word) in text.split(separator: " ").enumerated() {
        for (outcome, name) in ["flee", "feed", "wait"].enumerated() {
          #expect(table.values[(outcome * 6 + sentence) * 4 + place] == (name == word ? 1 : 0))
        }
      }
    }
    let feedback = model.likelihoods[2].probability
    #expect(feedback.shape == [3, 6, 3])
    for sentence in 0..<6 {
      let said = (0..<3).map { answer in
        (0..<3).first { feedback.values[($0 * 6 + sentence) * 3 + answer] == 1 }
      }
      #expect(said == (sentence < 3 ? [0, 1, 2] : [0, 2, 1]))
    }
    #expect(model.preferences[2]?.values == [0, 1, -4])
  }

  // MARK: - The default agent

  private func read(
    _ parameters: [String: ParameterValue], seed: UInt64 = 0, episode: UInt64 = 0, steps: Int? = nil
  ) throws -> (agent: DeepAgent, episode: Episode) {
    let world = try Reading(parameters: parameters)
    let levels = try #require(try world.levels)
    var agent = try DeepAgent(levels)
    let simulation = Simulation(world, steps: steps ?? world.steps, seed: seed)
    return (agent, try simulation.run(&agent, episode: episode))
  }

  @Test("the default agent recognises every sentence and never answers wrongly", arguments: 0..<6)
  func recognises(sentence: Int) throws {
    for seed in 0..<3 as Range<UInt64> {
      let (agent, episode) = try read(["sentence": .text(Self.sentences[sentence])], seed: seed)
      let believed = agent.levels[1].beliefs[0]
      #expect(believed[sentence] > 0.99, "\(believed)")
      #expect(episode.reachedGoal == true)
      #expect(!episode.steps.contains { $0.observation[3] == .outcome(2) })
    }
  }

  @Test("a word has been read as soon as it is clear, and not before")
  func wordsEnd() throws {
    let (agent, episode) = try read(["sentence": .text(Self.sentences[0])])
    #expect(agent.blueprint.levels.map(\.configuration.inference.chi) == [1.0 / 64, nil])
    var looks = 0
    for step in episode.steps {
      looks += 1
      let word = try #require(step.beliefs?[0])
      // Words stay what they are, so what is believed now is what is believed of the first state.
      let entropy = word.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
      #expect((step.levels != nil) == (entropy < 1.0 / 64 || looks == 8))
      #expect(((step.action?[1] ?? 0) > 0) == (step.levels != nil))
      if step.levels != nil { looks = 0 }
    }
  }

  @Test("a word that the sentence leaves no doubt about takes one look")
  func expectedWords() throws {
    let (_, episode) = try read(["sentence": .text(Self.sentences[0])])
    let last = episode.steps.suffix(4)
    #expect(last.allSatisfy { $0.levels?.count == 1 })
  }

  @Test("where pictures are hard to see it looks again, and still comes to the right answer")
  func illegible() throws {
    for episode in 0..<10 as Range<UInt64> {
      let (_, read) = try read(
        ["legibility": .number(0.9), "clarity": .number(0.1)], seed: 1, episode: episode, steps: 60)
      #expect(read.reachedGoal == true, "episode \(episode)")
    }
  }

  @Test("episodes are the same bits on any number of threads")
  func sameBits() throws {
    let world = try Reading(parameters: ["legibility": .number(0.9)])
    let levels = try #require(try world.levels)
    let runs = try [1, 3].map { threads in
      var episodes: [Episode] = []
      try Simulation(world, steps: 12, seed: 4).run(
        episodes: 0..<6, threads: threads, makeAgent: { try DeepAgent(levels) },
        finish: { episode, _ in episode },
        deliver: { episode in
          episodes.append(episode)
          return true
        })
      return episodes
    }
    #expect(runs[0] == runs[1])
    #expect(Set(runs[0].map { $0.steps[0].states }).count > 1)
  }

  // MARK: - Parameters

  @Test("parameters that make no sense are refused, all at once")
  func faults() {
    let error = #expect(throws: InvalidInput.self) {
      try Reading(parameters: [
        "sentence": .text("feed feed feed feed"), "legibility": .number(2), "clarity": .number(0),
        "looks": .integer(0),
      ])
    }
    #expect(error?.faults.map(\.place).sorted() == ["clarity", "legibility", "looks", "sentence"])
  }

  @Test("a sentence that is not given is drawn, and all are")
  func drawn() throws {
    let world = try Reading()
    let sentences = (0..<60).map { episode in
      var random = RandomStream(
        seed: 0, episode: UInt64(episode), step: 0, purpose: .environment)
      return world.reset(using: &random).state.sentence
    }
    #expect(Set(sentences) == Set(0..<6))
  }
}
