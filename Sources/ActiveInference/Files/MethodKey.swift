import PolicySelection

/// A key of `planning` that only some methods read.
///
/// A document has it where such a method is in use; beside another method a value that is not the default
/// is refused, so that nothing is accepted and then ignored.
struct MethodKey: Sendable {
  /// The key, as it is where its methods are in use.
  private let inner: DocumentKey<PlanningSettings>
  private let methods: [PlanningSettings.Method]
  /// Takes the value of the first settings over into the second.
  private let copy: @Sendable (PlanningSettings, inout PlanningSettings) -> Void

  /// - Parameter path: what the key stands for.
  init<Value>(
    _ methods: [PlanningSettings.Method], _ path: DocumentKey<PlanningSettings>.Path<Value>,
    _ key: DocumentKey<PlanningSettings>
  ) {
    inner = key
    self.methods = methods
    copy = { $1[keyPath: path] = $0[keyPath: path] }
  }

  /// The key, which a document leaves out beside another method.
  var key: DocumentKey<PlanningSettings> {
    let (inner, methods) = (inner, methods)
    return DocumentKey(inner, write: { methods.contains($0.method) ? inner.write($0) : nil })
  }

  /// Adds a fault where settings have a value for the key that their method would ignore.
  func check(_ settings: PlanningSettings, _ place: String, _ faults: FaultList) {
    if methods.contains(settings.method) || inner.write(settings) == inner.write(.init()) { return }
    faults.add(
      "\(place).\(inner.name)", "is not for the method \(settings.method.rawValue)",
      remedy: "leave it out, or use \(methods.map(\.rawValue).joined(separator: " or "))")
  }

  /// Gives the key its default where the method ignores it.
  func settle(_ settings: inout PlanningSettings) {
    if !methods.contains(settings.method) { copy(.init(), &settings) }
  }
}

extension PlanningSettings {
  /// Takes a document over; keys that its method would ignore are faults where this document gives them, and
  /// go back to their defaults where they stand from before.
  static func read(
    _ value: DocumentValue, _ place: String, _ settings: inout PlanningSettings,
    _ faults: FaultList
  ) {
    var alone = PlanningSettings()
    // Its own faults are found below.
    keys.read(value, place, &alone, FaultList())
    keys.read(value, place, &settings, faults)
    alone.method = settings.method
    for key in methodKeys {
      key.check(alone, place, faults)
      key.settle(&settings)
    }
  }
}
