import ActiveInference
import Foundation

/// What an environment's `make_tensors.py` wrote of one world of pymdp: its parameters and its tensors.
public struct TensorFixture: Decodable, Sendable {
  /// Which of several worlds it is; empty where there is but one.
  public let environment: String
  /// Our parameters of the same world.
  public let parameters: [String: ParameterValue]
  /// A, by modality.
  public let likelihood: [Tensor]
  /// B, by factor.
  public let transition: [Tensor]
  /// D, by factor.
  public let initialState: [Tensor]
  /// By modality the factors it depends on; empty where they were not written.
  public let likelihoodParents: [[Int]]
  /// By factor the factors it depends on; empty where they were not written.
  public let transitionParents: [[Int]]

  private enum CodingKeys: String, CodingKey {
    case environment, parameters
    case likelihood = "A"
    case transition = "B"
    case initialState = "D"
    case likelihoodParents = "A_dependencies"
    case transitionParents = "B_dependencies"
  }

  /// Reads what the script wrote.
  public init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func tensors(_ key: CodingKeys) throws -> [Tensor] {
      if let table = try? members.decode(Table.self, forKey: key) { return [table.tensor] }
      return try members.decode([Table].self, forKey: key).map(\.tensor)
    }
    func parents(_ key: CodingKeys) throws -> [[Int]] {
      try members.decodeIfPresent([[Int]].self, forKey: key) ?? []
    }
    environment = try members.decodeIfPresent(String.self, forKey: .environment) ?? ""
    parameters = try members.decode([String: Value].self, forKey: .parameters).mapValues(
      \.parameter)
    likelihood = try tensors(.likelihood)
    transition = try tensors(.transition)
    initialState = try tensors(.initialState)
    likelihoodParents = try parents(.likelihoodParents)
    transitionParents = try parents(.transitionParents)
  }

  /// The worlds in the `tensors.json` beside a file of tests.
  public static func all(beside file: String = #filePath) throws -> [TensorFixture] {
    struct File: Decodable { let cases: [TensorFixture] }
    let place = URL(filePath: file).deletingLastPathComponent().appending(path: "tensors.json")
    return try JSONDecoder().decode(File.self, from: Data(contentsOf: place)).cases
  }

  /// A table by all its entries, or by those that are not zero.
  private struct Table: Decodable {
    let shape: [Int]
    let offsets: [Int]?
    let values: [Double]

    var tensor: Tensor {
      offsets.map { Tensor(shape: shape, offsets: $0, values: values) }
        ?? Tensor(shape: shape, values)
    }
  }

  /// A parameter's value in JSON.
  private struct Value: Decodable {
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
}
