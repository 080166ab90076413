import ActiveInference

/// What is being compared, and how far inside it.
struct Quantity {
  /// Its key in the trace.
  let key: String
  /// How a message names one value of it.
  var phrase: String
  var index: [Int] = []
  var labels: [String] = []

  init(_ key: String, _ phrase: String) {
    self.key = key
    self.phrase = phrase
  }

  /// One level further inside.
  func at(_ position: Int, _ label: String) -> Quantity {
    var inside = self
    inside.index.append(position)
    inside.labels.append(label)
    return inside
  }

  /// How many of something it has, in place of a value.
  func counted(_ noun: String) -> Quantity {
    var count = self
    count.phrase = "number of \(noun) in \(key)"
    return count
  }

  static let observation = Quantity("observation", "observation of")
  static let states = Quantity("states", "true state of")
  static let beliefs = Quantity("beliefs", "belief in")
  static let freeEnergy = Quantity("freeEnergy", "free energy")
  static let actionMarginals = Quantity("actionMarginals", "marginal probability of action")
  static let action = Quantity("action", "action of")
  static let choice = Quantity("choice", "choice of")
}
