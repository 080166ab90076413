import ActiveInference

/// What can be simulated by name.
struct Catalog: Sendable {
  @TaskLocal static var current = Catalog([])

  let environments: [any NamedEnvironment.Type]

  init(_ environments: [any NamedEnvironment.Type]) { self.environments = environments }

  /// The environment of that name, if there is one.
  func environment(_ identifier: String) -> (any NamedEnvironment.Type)? {
    environments.first { $0.identifier == identifier }
  }

  /// Says that there is no such environment or file, and which name comes nearest.
  func unknown(_ name: String) -> CommandFailure {
    let hint = suggestion(
      for: name, among: environments.map { $0.identifier }, kind: "environment")
    return .input("'\(name)' is neither an environment nor a file; \(hint)")
  }
}
