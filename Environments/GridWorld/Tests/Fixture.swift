import ActiveInference
import Foundation

/// What `make_tensors.py` wrote of one world.
struct Fixture: Decodable, Sendable {
  struct Table: Decodable, Hashable {
    let shape: [Int]
    let values: [Double]
  }

  let parameters: [String: Value]
  let likelihood: Table
  let transition: Table
  let initialState: Table

  enum CodingKeys: String, CodingKey {
    case parameters
    case likelihood = "A"
    case transition = "B"
    case initialState = "D"
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
    } else if let value = try? container.decode(Int.self) {
      parameter = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      parameter = .number(value)
    } else {
      parameter = .text(try container.decode(String.self))
    }
  }
}
