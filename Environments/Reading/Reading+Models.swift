import ActiveInference

extension Reading {
  /// The model of a word.
  static func wordModel(legibility: Double) throws(InvalidInput) -> GenerativeModel {
    try GenerativeModel("word") {
      Factor("word", Text.words)
      Factor("quarter", Text.quarters, initially: Column(certain: Text.quarters[0]))
      Factor("upsideDown", ["no", "yes"])
      Factor("mirrored", ["no", "yes"])
      Control("look", Text.quarters)
      Modality("picture", Text.pictures, given: "word", "quarter", "upsideDown", "mirrored") {
        state in
        let picture = Text.picture(
          in: state.index(of: "quarter"), of: state.index(of: "word"),
          upsideDown: state["upsideDown"] == "yes", mirrored: state["mirrored"] == "yes")
        return Column(
          Text.pictures.map { $0 == picture ? legibility : (1 - legibility) / 3 })
      }
      Modality("quarter", Text.quarters, given: "quarter") { Column(certain: $0["quarter"]) }
      Transition(of: "word")
      Transition(of: "quarter", controls: "look") { Column(certain: $0["look"]) }
      Transition(of: "upsideDown")
      Transition(of: "mirrored")
    }
  }

  static let places = (1...4).map { "word \($0)" }

  /// The model of a sentence.
  static func sentenceModel(_ preference: Preference) throws(InvalidInput) -> GenerativeModel {
    try GenerativeModel("sentence") {
      Factor("sentence", Text.sentences.map { $0.joined(separator: " ") })
      Factor("place", places, initially: Column(certain: places[0]))
      Factor("answer", Text.answers, initially: "none")
      Control("do", places.map { "read \($0)" } + ["say happy", "say sad"])
      Modality("word", Text.words, given: "sentence", "place") { state in
        let word = Text.word(state.index(of: "sentence"), at: state.index(of: "place"))
        return Column(certain: Text.words[word])
      }
      Modality("place", places, given: "place") { Column(certain: $0["place"]) }
      Modality("feedback", Text.feedback, given: "sentence", "answer", prefer: preference) {
        state in
        let feedback = Text.feedback(
          to: state.index(of: "answer"), about: state.index(of: "sentence"))
        return Column(certain: Text.feedback[feedback])
      }
      Transition(of: "sentence")
      Transition(of: "place", controls: "do") { state in
        let action = state.index(of: "do")
        return Column(certain: action < places.count ? places[action] : state["place"])
      }
      Transition(of: "answer", controls: "do") { state in
        let action = state.index(of: "do")
        let said = Text.answers[max(action - places.count + 1, 0)]
        return Column(certain: action < places.count ? state["answer"] : said)
      }
    }
  }
}
