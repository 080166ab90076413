import Inference
import PolicySelection

// Keys that are the business of the scheme that infers by policy alone.

extension InferenceSettings {
  /// Takes a document over; constants of a scheme that is not in use are faults where this document gives
  /// them, and go back to their defaults where they stand from before.
  static func read(
    _ value: DocumentValue, _ place: String, _ settings: inout InferenceSettings,
    _ faults: FaultList
  ) {
    var alone = InferenceSettings()
    // Its own faults are found below.
    keys.read(value, place, &alone, FaultList())
    keys.read(value, place, &settings, faults)
    if settings.algorithm == .policyMessages { return }
    let (given, unread) = (alone.policyMessages, PolicyMessageSettings())
    func refuse(_ key: String) {
      faults.add(
        "\(place).\(key)", "is not for the algorithm \(settings.algorithm.rawValue)",
        remedy: "leave it out, or use \(Algorithm.policyMessages.rawValue)")
    }
    if settings.algorithm == .windowedPolicyMessages {
      if given.erp != unread.erp { refuse("policyMessages.erp") }
      if given.zeta != unread.zeta { refuse("policyMessages.zeta") }
      settings.policyMessages.erp = unread.erp
      settings.policyMessages.zeta = unread.zeta
    } else {
      if given != unread { refuse("policyMessages") }
      settings.policyMessages = unread
    }
  }

  /// The constants, which a document has where they are in use.
  static let policyMessagesKey: DocumentKey<InferenceSettings> = {
    let key = DocumentKey<InferenceSettings>.section(
      "policyMessages", \.policyMessages, PolicyMessageSettings.keys)
    let window = DocumentKey<InferenceSettings>.section(
      "policyMessages", \.policyMessages, [PolicyMessageSettings.tauKey])
    return DocumentKey(
      key,
      write: {
        switch $0.algorithm {
        case .policyMessages: key.write($0)
        case .windowedPolicyMessages: window.write($0)
        default: nil
        }
      })
  }()
}

extension PolicyMessageSettings {
  /// What both schemes read.
  static let tauKey = DocumentKey<PolicyMessageSettings>
    .number("tau", \.tau, "0.001 to 1e6") { (1e-3...1e6).contains($0) }

  static let keys: [DocumentKey<PolicyMessageSettings>] = [
    tauKey,
    .number("erp", \.erp, "0.001 to 1e6") { (1e-3...1e6).contains($0) },
    .number("zeta", \.zeta, "0.001 to 1e6") { (1e-3...1e6).contains($0) },
    .notInBuild(
      "chi", only: .number(1 / 64),
      "no level of a deep agent infers by policy; of one that does not it is inference.chi"),
  ]
}

extension PlanningSettings {
  /// How precision is inferred; a document has it where it is, and says so where the preset's is not.
  static let precisionKey: DocumentKey<PlanningSettings> = {
    let key = DocumentKey<PlanningSettings>.optional(
      "precision", \.precision, initial: PrecisionSettings(), writesNull: true,
      PrecisionSettings.keys)
    return DocumentKey(
      key, write: { $0.precision == nil && $0.convention != .spm ? nil : key.write($0) })
  }()

  /// The fixed precision, which a document has where it is read.
  static let gammaKey: DocumentKey<PlanningSettings> = {
    let key = DocumentKey<PlanningSettings>.number("gamma", \.gamma, "0 or more") { $0 >= 0 }
    return DocumentKey(key, write: { $0.precision == nil ? key.write($0) : nil })
  }()
}

extension PrecisionSettings {
  static let keys: [DocumentKey<PrecisionSettings>] = [
    .number("beta", \.beta, "0.001 to 1e6") { (1e-3...1e6).contains($0) },
    .count("updates", \.updates, upTo: 1_000_000),
  ]
}

extension AgentConfiguration {
  /// Sees to it that of a fixed precision and one that is inferred only what is in use is said.
  ///
  /// - Parameter planning: what the document says of planning.
  mutating func settlePrecision(
    _ planning: DocumentValue?, _ place: String, _ faults: FaultList
  ) {
    guard let precision = self.planning.precision else { return }
    func says(_ key: String) -> Bool {
      guard case .object(let members) = planning else { return false }
      return members.contains { $0.key == key && $0.value != .null }
    }
    if inference.algorithm != .policyMessages {
      if says("precision") {
        faults.add(
          "\(place).precision",
          inference.algorithm.isByPolicy
            ? "is inferred over a whole episode, but \(inference.algorithm.rawValue) knows a window"
            : "is inferred from the free energies of policies, which"
              + " \(inference.algorithm.rawValue) does not find",
          remedy: "leave it out and give gamma, or use inference.algorithm mmp-spm")
      }
      // What was inferred before is fixed at what it began with, unless another is said.
      if !says("gamma") { self.planning.gamma = 1 / precision.beta }
      self.planning.precision = nil
    } else if says("gamma") {
      faults.add(
        "\(place).gamma", "is not read where precision is inferred",
        remedy: "give precision.beta, of which it is the inverse, or precision null")
    }
  }
}
