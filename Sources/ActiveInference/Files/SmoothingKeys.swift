import Inference

extension SmoothingSettings {
  /// The keys of `inference.smoothing`.
  static let keys: [DocumentKey<SmoothingSettings>] = [
    .choice("method", \.method),
    .count("sweeps", \.sweeps, upTo: 1_000_000),
    .number("tolerance", \.tolerance, "0 or more") { $0 >= 0 },
  ]
}
