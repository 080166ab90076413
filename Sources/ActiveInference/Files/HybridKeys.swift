extension PlanningSettings.Hybrid {
  static let keys: [DocumentKey<PlanningSettings.Hybrid>] = [
    .count("sweeps", \.sweeps, from: 0, upTo: 1_000_000),
    .number("tolerance", \.tolerance, "0 or more") { $0 >= 0 },
  ]
}
