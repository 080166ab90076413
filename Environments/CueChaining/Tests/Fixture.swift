import ActiveInference
import Foundation

/// What `make_tensors.py` wrote of one grid.
struct Fixture: Decodable, Sendable {
  /// A table by its entries that are not zero.
  struct Table: Decodable {
    let shape: [Int]
    let offsets: [Int]
    let values: [Double]

    var tensor: Tensor { Tensor(shape: shape, offsets: offsets, values: values) }
  }

  let parameters: [String: Value]
  let likelihood: [Table]
  let transition: [Table]
  let initialState: [Table]
  let likelihoodParents: [[Int]]
  let transitionParents: [[Int]]

  enum CodingKeys: String, CodingKey {
    case parameters
    case likelihood = "A"
    case transition = "B"
    case initialState = "D"
    case likelihoodParents = "A_dependencies"
    case transitionParents = "B_dependencies"
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
    if let value = try? container.decode(Int.self) {
      parameter = .integer(value)
    } else {
      parameter = .text(try container.decode(String.self))
    }
  }
}
