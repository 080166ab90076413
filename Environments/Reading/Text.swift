/// What is written: sentences of words, words of pictures.
enum Text {
  static let words = ["flee", "feed", "wait"]
  static let pictures = ["none", "bird", "seed", "cat"]
  static let quarters = ["top left", "top right", "bottom left", "bottom right"]
  static let answers = ["none", "happy", "sad"]
  static let feedback = ["none", "right", "wrong"]

  /// The three that end well, then the three that do not; they differ in the last word alone.
  static let sentences: [[String]] = [
    ["flee", "wait", "feed", "wait"],
    ["wait", "wait", "wait", "feed"],
    ["wait", "flee", "wait", "feed"],
    ["flee", "wait", "feed", "flee"],
    ["wait", "wait", "wait", "flee"],
    ["wait", "flee", "wait", "flee"],
  ]

  /// How many of them end well.
  static let happyCount = 3

  /// The picture in each quarter of a word that stands upright.
  private static let layouts = [
    ["bird", "cat", "none", "none"],
    ["bird", "seed", "none", "none"],
    ["bird", "none", "none", "seed"],
  ]

  /// The picture in a quarter of a word.
  static func picture(
    in quarter: Int, of word: Int, upsideDown: Bool, mirrored: Bool
  ) -> String {
    layouts[word][quarter ^ (upsideDown ? 2 : 0) ^ (mirrored ? 1 : 0)]
  }

  /// The number of the word at a place of a sentence.
  static func word(_ sentence: Int, at place: Int) -> Int {
    words.firstIndex(of: sentences[sentence][place]) ?? 0
  }

  /// What is said to an answer.
  static func feedback(to answer: Int, about sentence: Int) -> Int {
    if answer == 0 { return 0 }
    return (sentence < happyCount) == (answer == 1) ? 1 : 2
  }
}
