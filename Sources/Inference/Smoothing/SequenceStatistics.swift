import GenerativeModel
import Kernels

/// What sequences are expected to add to the counts of A, B and D: how often each outcome came from each
/// states, each state after each others, and each state first, under the smoothed beliefs.
///
/// The numbers lie as the model's tables do (``ModelTables``).
public final class SequenceStatistics {
  /// What a modality observed counts as.
  public enum Outcomes: Hashable, Sendable {
    /// As it was observed, o x q(s): what an agent learns step by step.
    case observed
    /// As it is inferred, q(o, s): of an outcome that is itself uncertain, what expectation maximisation
    /// asks for.
    case inferred
  }

  let compiled: CompiledModel
  let outcomes: Outcomes
  let initialStates: FixedBuffer<Double>
  let likelihoods: [FixedBuffer<Double>]
  let transitions: [FixedBuffer<Double>]
  /// `transitions`, where they begin.
  let transitionCells: FixedBuffer<UnsafeMutablePointer<Double>?>

  /// Nothing yet.
  public convenience init(_ laidOut: LaidOutModel, outcomes: Outcomes = .inferred) {
    self.init(laidOut.compiled, laidOut.tables, outcomes: outcomes)
  }

  package init(_ compiled: CompiledModel, _ tables: ModelTables<Double>, outcomes: Outcomes) {
    self.compiled = compiled
    self.outcomes = outcomes
    initialStates = FixedBuffer(zeros: compiled.stateCount)
    likelihoods = (0..<compiled.modalities.count).map {
      FixedBuffer(zeros: tables.likelihoodColumns.base[$0].cellCount)
    }
    transitions = (0..<compiled.factors.count).map {
      FixedBuffer(zeros: tables.transitions.base[$0].cellCount)
    }
    transitionCells = FixedBuffer(transitions.map { $0.base })
  }

  /// Forgets everything.
  public func reset() {
    for buffer in likelihoods + transitions + [initialStates] {
      for cell in 0..<buffer.count { buffer.base[cell] = 0 }
    }
  }
}

extension SequenceStatistics {
  /// Adds a belief about a factor's first state.
  func addInitialState(_ plan: CompiledModel.FactorPlan, _ marginal: UnsafePointer<Double>) {
    for state in 0..<plan.states {
      initialStates.base[plan.stateOffset + state] += marginal[state]
    }
  }

  /// Adds an observation that came from these joint states of its modality's scope.
  func addOutcome(
    _ observation: Observation, _ modality: Int, _ states: UnsafePointer<Double>,
    _ tables: ModelTables<Double>, _ convention: InferenceConvention
  ) {
    let table = tables.likelihoodColumns.base[modality]
    let cells = likelihoods[modality].base
    switch observation {
    case .missing: return
    case .outcome(let outcome):
      for column in 0..<table.count where states[column] != 0 {
        if let cell = table.cell(of: column, at: outcome) { cells[cell] += states[column] }
      }
    case .distribution(let weights):
      // Under pymdp 1.x an uncertain outcome is the same as each outcome seen so often.
      let isInferred = outcomes == .inferred && convention != .pymdp1
      for column in 0..<table.count where states[column] != 0 {
        var share = states[column]
        if isInferred {
          var total = 0.0
          for cell in table.cells(of: column) {
            total += weights[table.place(cell, in: column)] * table.cells[cell]
          }
          if total == 0 { continue }
          share /= total
        }
        for cell in table.cells(of: column) {
          let weight = weights[table.place(cell, in: column)]
          cells[cell] += share * weight * (isInferred ? table.cells[cell] : 1)
        }
      }
    }
  }
}
