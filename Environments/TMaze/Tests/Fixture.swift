import ActiveInference
import Foundation
import TMaze

/// What `make_tensors.py` wrote of one maze.
struct Fixture: Decodable, Sendable {
  struct Table: Decodable, Hashable {
    let shape: [Int]
    let values: [Double]
  }

  let environment: String
  let parameters: [String: Value]
  let likelihood: [Table]
  let transition: [Table]
  let initialState: [Table]

  enum CodingKeys: String, CodingKey {
    case environment, parameters
    case likelihood = "A"
    case transition = "B"
    case initialState = "D"
  }

  /// Our maze of the same parameters: what the agent believes and what is so.
  func maze() throws -> (model: GenerativeModel, process: GenerativeModel) {
    let parameters = parameters.mapValues(\.parameter)
    switch environment {
    case TMaze.identifier:
      let maze = try TMaze(parameters: parameters)
      return (maze.model, maze.world.process)
    case SimplifiedTMaze.identifier:
      let maze = try SimplifiedTMaze(parameters: parameters)
      return (maze.model, maze.world.process)
    default:
      let maze = try LegacyTMaze(parameters: parameters)
      return (maze.model, maze.world.process)
    }
  }

  static func all() throws -> [Fixture] {
    struct File: Decodable { let cases: [Fixture] }
    let place = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "tensors.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: place)).cases
  }
}

/// A parameter's value in JSON.
struct Value: Decodable {
  let parameter: ParameterValue

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      parameter = .boolean(value)
    } else if let value = try? container.decode(Double.self) {
      parameter = .number(value)
    } else {
      parameter = .text(try container.decode(String.self))
    }
  }
}
