import GenerativeModel
import Kernels

/// Factors that likelihoods or transitions connect, and how their joint states are walked; given what is
/// observed and done, factors of different groups are independent.
///
/// The last factor varies fastest in a joint state.
final class FactorGroup: @unchecked Sendable {
  // Unchecked: everything is written during initialisation and only read afterwards.

  /// In the order of the model.
  let factors: [Int]
  /// The number of joint states.
  let size: Int
  /// The modalities that tell of its factors. One that depends on nothing is in the first group.
  let modalities: [Int]
  /// By modality of the group: for each joint state the column of the likelihood.
  let columns: [FixedBuffer<Int32>]
  /// By factor of the group: the number of joint states between neighbouring states.
  let strides: [Int]
  /// One factor's next state after the other.
  let steps: FixedBuffer<BeliefSpace.JointStep>
  /// For each step, where the table that it makes begins among those of all steps but the last.
  let offsets: [Int]
  /// The numbers in the tables of all steps but the last.
  let intermediateCount: Int
  let compiled: CompiledModel
  /// What the steps point to.
  private let projections: [AnyObject]

  /// - Throws: ``InvalidInput`` where a prediction of the joint states has more than 2^26 cells.
  init(_ compiled: CompiledModel, _ factors: [Int], modalities: [Int]) throws(InvalidInput) {
    self.compiled = compiled
    self.factors = factors
    self.modalities = modalities
    let sizes = factors.map { compiled.model.factors[$0].size }
    var projections: [AnyObject] = []
    steps = FixedBuffer(try BeliefSpace.jointSteps(compiled, factors, &projections))
    self.projections = projections
    size = sizes.reduce(1, *)
    strides = Inference.strides(sizes)
    columns = modalities.map {
      projection(of: compiled.model.likelihoods[$0].given, in: factors, sizes: sizes)
    }
    var offsets: [Int] = []
    var count = 0
    for index in 0..<steps.count {
      offsets.append(count)
      if index + 1 < steps.count { count += steps.base[index].targetCount }
    }
    self.offsets = offsets
    intermediateCount = count
  }

  /// The groups of a model: their factors and modalities.
  static func members(of compiled: CompiledModel) -> [(factors: [Int], modalities: [Int])] {
    let roots = Set(compiled.components).sorted()
    return roots.map { root in
      let factors = compiled.components.indices.filter { compiled.components[$0] == root }
      let modalities = compiled.model.modalities.indices.filter { modality in
        let given = compiled.model.likelihoods[modality].given
        return given.first.map { compiled.components[$0] == root } ?? (root == roots.first)
      }
      return (factors, modalities)
    }
  }

  /// Sums joint probabilities to those of one factor.
  ///
  /// - Parameter position: of the factor in the group.
  func sumMarginal(
    _ position: Int, states: Int, _ joint: UnsafePointer<Double>,
    into marginal: UnsafeMutablePointer<Double>
  ) {
    let stride = strides[position]
    for state in 0..<states { marginal[state] = 0 }
    var first = 0
    while first < size {
      for state in 0..<states {
        var total = 0.0
        for index in first..<first + stride { total += joint[index] }
        marginal[state] += total
        first += stride
      }
    }
  }
}
