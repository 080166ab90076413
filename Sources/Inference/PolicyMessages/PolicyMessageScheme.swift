/// What sets one scheme of message passing by policy apart from another.
struct PolicyMessageScheme {
  /// Whether the times are those of a window that moves with the steps and of what the policy does next,
  /// all beginning with uniform beliefs at every step; else those of a whole episode, whose beliefs go on.
  let isWindowed: Bool
  /// How many of the last times hear nothing of what comes after them.
  let deafTimes: Int
  /// How much of the likelihood free energy leaves out at inner times for each factor but one, divided by
  /// their number.
  let omittedLikelihood: Double
  /// The convention by which pymdp 0.0.7 is followed into what it mistakes.
  let followsPymdp: Bool

  init(_ settings: InferenceSettings) {
    isWindowed = settings.algorithm == .windowedPolicyMessages
    deafTimes = isWindowed ? 2 : 1
    omittedLikelihood = isWindowed ? 0.5 : 1
    followsPymdp = isWindowed && settings.convention == .pymdp007
  }

  /// What is added to each transition before these are normalised backwards.
  var backwardOffset: Double { followsPymdp ? legacyOffset : 0 }

  /// Free energy of what a sweep found; pymdp 0.0.7 calls its negative so.
  func freeEnergy(ofNegative negative: Double) -> Double { followsPymdp ? negative : -negative }
}
