import ActiveInference

/// What `aif simulate` runs: a process, the model and the agent that live in it by default, and how a
/// trace refers to it.
struct World {
  let environment: any Environment
  let reference: Trace.EnvironmentReference
  let model: GenerativeModel
  let agent: AgentConfiguration
  /// The agent of several levels that lives here by default, of which model and agent are the lowest; nil where it
  /// has one.
  let levels: CompiledDeepAgent?
  let steps: Int
  let goal: String

  /// Steps of an episode where a model is the process.
  private static let defaultSteps = 10

  /// A named environment, or a model file as process and as model.
  ///
  /// - Parameter parameters: the environment's, from `--set`.
  init(_ name: String, parameters: [String: ParameterValue]) throws {
    if let type = Catalog.current.environment(name) {
      try self.init(try type.init(parameters: parameters), parameters: parameters)
      return
    }
    try self.init(process: World.model(name, parameters: parameters))
  }

  /// The model and the agent of a world, which is not made where it is a model file: a world takes
  /// memory.
  static func described(
    _ name: String, parameters: [String: ParameterValue]
  ) throws -> (model: GenerativeModel, agent: AgentConfiguration, levels: CompiledDeepAgent?) {
    guard Catalog.current.environment(name) == nil else {
      let world = try World(name, parameters: parameters)
      return (world.model, world.agent, world.levels)
    }
    return (try model(name, parameters: parameters), AgentConfiguration(), nil)
  }

  /// The model of a file, which has no parameters.
  private static func model(
    _ name: String, parameters: [String: ParameterValue]
  ) throws -> GenerativeModel {
    let file = InputFile(path: name)
    let bytes = try modelBytes(file)
    let model = try GenerativeModel(contentsOf: bytes, source: file.name)
    try checkNone(parameters)
    return model
  }

  /// The content of a model file; where there is none, that no environment is called so either.
  static func modelBytes(_ file: InputFile) throws -> [UInt8] {
    do {
      return try file.bytes()
    } catch CommandFailure.input where !file.path.contains("/") && !file.path.contains(".") {
      throw Catalog.current.unknown(file.path)
    }
  }

  /// A model file has no parameters.
  static func checkNone(_ parameters: [String: ParameterValue]) throws {
    if let parameter = parameters.keys.sorted().first {
      throw CommandFailure.input(
        "--set \(parameter): a model file has no parameters; agent.* sets the agent")
    }
  }

  /// A model as process and as model.
  init(process: GenerativeModel) throws {
    environment = try ModelEnvironment(process)
    reference = Trace.EnvironmentReference(id: "model", parameters: [:], process: nil)
    model = process
    agent = AgentConfiguration()
    levels = nil
    steps = World.defaultSteps
    goal = "the preferred outcome"
  }

  /// What a trace refers to.
  init(_ reference: Trace.EnvironmentReference, model: GenerativeModel) throws {
    if reference.id == "model" {
      try self.init(process: reference.process ?? model)
      return
    }
    guard let type = Catalog.current.environment(reference.id) else {
      throw Catalog.current.unknown(reference.id)
    }
    try self.init(
      try type.init(parameters: reference.parameters), parameters: reference.parameters)
  }

  private init(_ named: some NamedEnvironment, parameters: [String: ParameterValue]) throws {
    environment = named
    reference = Trace.EnvironmentReference(of: type(of: named), parameters)
    model = named.model
    agent = named.agent
    levels = try named.levels
    steps = named.steps
    goal = type(of: named).goal
  }

  /// What passes between the world and who lives here.
  var interface: WorldInterface { levels?.outline.interface ?? model.interface }

  /// What can live here must see and do what the world shows and takes.
  func check(_ agent: WorldInterface, source: String) throws {
    var faults: [Fault] = []
    func compare(_ kind: String, _ one: [Variable], _ other: [Variable]) {
      if one.map(\.size) == other.map(\.size) { return }
      func list(_ variables: [Variable]) -> String {
        variables.map { "\($0.name) \($0.size)" }.joined(separator: ", ")
      }
      faults.append(
        Fault(
          kind, "the world has \(list(one)), the model \(list(other))", remedy: "make them equal")
      )
    }
    compare("modalities", interface.modalities, agent.modalities)
    compare("controls", interface.controls, agent.controls)
    if !faults.isEmpty { throw InvalidInput(source: source, faults) }
  }
}
