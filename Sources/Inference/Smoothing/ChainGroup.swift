import GenerativeModel
import Kernels

/// Factors that tables connect, where each factor is smoothed as a chain of its own: the tables between
/// them, and which of these each factor has a part in.
final class ChainGroup: @unchecked Sendable {
  // Unchecked: everything is written during initialisation and only read afterwards.

  /// The joint states of what a table depends on.
  struct Scope {
    /// The number of joint states.
    let columns: Int
    /// By factor that it depends on: where its states begin among those of all factors, how many they are,
    /// and how many columns lie between neighbouring ones.
    private let offsets: FixedBuffer<Int>
    private let sizes: FixedBuffer<Int>
    private let strides: FixedBuffer<Int>

    init(_ compiled: CompiledModel, _ given: [Int]) {
      let plans = given.map { compiled.factors.base[$0] }
      offsets = FixedBuffer(plans.map(\.stateOffset))
      sizes = FixedBuffer(plans.map(\.states))
      strides = FixedBuffer(Inference.strides(plans.map(\.states)))
      columns = plans.reduce(1) { $0 * $1.states }
    }

    /// The state of a factor, by its position, in a joint state.
    @inline(__always)
    func state(_ position: Int, in column: Int) -> Int {
      column / strides.base[position] % sizes.base[position]
    }

    /// The product of the probabilities of all states of a joint state but those of two factors.
    ///
    /// - Parameters:
    ///   - row: the marginals of all factors of the model at one step.
    ///   - first: a position to leave out; -1 for none.
    @inline(__always)
    func weight(
      of column: Int, _ row: UnsafePointer<Double>, except first: Int = -1, _ second: Int = -1
    ) -> Double {
      var weight = 1.0
      for position in 0..<sizes.count where position != first && position != second {
        weight *= row[offsets.base[position] + state(position, in: column)]
      }
      return weight
    }
  }

  /// A table and a position in its scope.
  struct Part {
    let table: Int
    let position: Int
  }

  let compiled: CompiledModel
  let factors: [Int]
  let modalities: [Int]
  /// By modality and by factor of the model.
  let likelihoodScopes: [Scope]
  let transitionScopes: [Scope]
  /// By factor of the model: its own position in the scope of its transition, -1 where it is not in it.
  let ownPosition: [Int]
  /// By factor of the model: the modalities that tell of it.
  let told: [[Part]]
  /// By factor of the model: the other factors that depend on it.
  let children: [[Part]]

  /// - Throws: ``InvalidInput`` where the logarithms of the transitions are too many numbers.
  init(_ compiled: CompiledModel, _ factors: [Int], modalities: [Int]) throws(InvalidInput) {
    self.compiled = compiled
    self.factors = factors
    self.modalities = modalities
    let model = compiled.model
    likelihoodScopes = model.likelihoods.map { Scope(compiled, $0.given) }
    transitionScopes = model.transitions.map { Scope(compiled, $0.given) }
    ownPosition = model.transitions.enumerated().map { $1.given.firstIndex(of: $0) ?? -1 }
    told = model.factors.indices.map { factor in
      modalities.compactMap { modality in
        model.likelihoods[modality].given.firstIndex(of: factor).map {
          Part(table: modality, position: $0)
        }
      }
    }
    children = model.factors.indices.map { factor in
      factors.compactMap { child in
        child == factor
          ? nil
          : model.transitions[child].given.firstIndex(of: factor).map {
            Part(table: child, position: $0)
          }
      }
    }
    for factor in factors {
      let plan = compiled.factors.base[factor]
      let cells = product([plan.actions, plan.columns, plan.states]) ?? .max
      if cells > CompiledModel.largestTable {
        throw InvalidInput(
          source: model.name,
          [
            Fault(
              "B[\(model.factors[factor].name)]",
              "has more than \(CompiledModel.largestTable) cells, each of which structured smoothing reads",
              remedy: "smooth exactly (method: exact), or split the factor")
          ])
      }
    }
  }

  /// Carries what is believed of each factor by itself a step forward.
  ///
  /// - Parameters:
  ///   - row: the marginals of all factors of the model.
  ///   - actions: the joint action of each factor.
  ///   - next: takes those of the group's factors.
  func predict(
    _ row: UnsafePointer<Double>, _ actions: UnsafePointer<Int>, _ tables: ModelTables<Double>,
    into next: UnsafeMutablePointer<Double>
  ) {
    for factor in factors {
      let plan = compiled.factors.base[factor]
      let table = tables.transitions.base[factor]
      let first = actions[factor] * plan.columns
      let states = next + plan.stateOffset
      for state in 0..<plan.states { states[state] = 0 }
      for column in 0..<plan.columns {
        let weight = transitionScopes[factor].weight(of: column, row)
        for cell in table.cells(of: first + column) {
          states[table.place(cell, in: first + column)] += weight * table.cells[cell]
        }
      }
    }
  }
}
