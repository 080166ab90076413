import GenerativeModel
import Kernels

extension MeanFieldInference {
  /// Finds the states that are ruled out, and marks observations whose probability under the prior is
  /// zero or throws the first.
  func findImpossible(
    _ prior: UnsafePointer<Number>, _ whole: Belief<Number>, _ evidence: Evidence,
    _ tables: ModelTables<Arithmetic.Parameter>, _ ignored: FixedBuffer<Bool>
  ) throws(ImpossibleObservation) {
    let one = Number(broadcast: 1)
    for state in 0..<frame.count {
      possible.base[state] = .choose(Number.isGreater(prior[state], .zero), one, .zero)
    }
    for modality in 0..<space.compiled.modalities.count where evidence.isObserved(modality) {
      let plan = space.compiled.modalities.base[modality]
      let rows = tables.likelihoodRows.base[modality]
      let isPossible: Bool
      let distribution = dynamics.distribution(of: plan.scope, in: whole)
      let isListed = narrows && space.shapes.base[plan.scope].isWide
      if isListed {
        fillLikelihood(evidence, modality, rows, distribution)
      } else {
        Arithmetic.expectedLikelihood(evidence, modality, rows, into: likelihood.base)
      }
      isPossible = rule(plan, distribution, isListed: isListed)
      if isPossible { continue }
      guard settings.impossible == .ignore && Number.laneCount == 1 else {
        throw ImpossibleObservation(modality: modality)
      }
      ignored.base[modality] = true
    }
  }

  /// Whether the likelihood at hand leaves some state possible in every lane; where it depends on one
  /// factor alone, rules that factor's other states out.
  ///
  /// - Parameter isListed: whether the likelihood is that of the listed joint states, not of all.
  private func rule(
    _ plan: CompiledModel.ModalityPlan, _ distribution: ScopeDistribution<Number>, isListed: Bool
  ) -> Bool {
    let factors = space.compiled.scopes[plan.scope].factors
    let one = Number(broadcast: 1)
    var found = Number.zero
    guard factors.count == 1 else {
      for index in 0..<distribution.count {
        let likely = likelihood.base[isListed ? index : distribution.column(index)]
        let mass = distribution.weights[index] * likely
        found = .choose(Number.isGreater(mass, .zero), one, found)
        // A product may underflow where neither factor is zero.
        found = .choose(
          .and(
            Number.isGreater(distribution.weights[index], .zero),
            Number.isGreater(likely, .zero)), one, found)
      }
      return Number.isGreater(found, .zero).all
    }
    let run = possible.base + frame.offsets.base[factors[0]]
    let count = frame.sizes.base[factors[0]]
    for state in 0..<count {
      let left = Number.choose(
        Number.isGreater(likelihood.base[state], .zero), run[state], .zero)
      found = .greater(found, left)
    }
    if !Number.isGreater(found, .zero).all { return false }
    for state in 0..<count {
      run[state] = .choose(Number.isGreater(likelihood.base[state], .zero), run[state], .zero)
    }
    return true
  }

  /// The likelihood of the possible joint states of a scope with a wide factor.
  private func fillLikelihood(
    _ evidence: Evidence, _ modality: Int, _ rows: RunTable<Arithmetic.Parameter>,
    _ distribution: ScopeDistribution<Number>
  ) {
    let values = likelihood.base
    guard let weights = evidence.weights(modality) else {
      let outcome = evidence.outcome(modality, lane: 0, lanes: 1)
      read(rows, outcome, distribution, absent: .zero) { values[$0] = $1 }
      return
    }
    for index in 0..<distribution.count { values[index] = .zero }
    for outcome in 0..<rows.count where weights[outcome] != 0 {
      let weight = Number(broadcast: weights[outcome])
      read(rows, outcome, distribution, absent: .zero) { values[$0] += weight * $1 }
    }
  }

  /// Calls `body` with the place among the listed joint states and the entry of a run there.
  @inline(__always)
  private func read(
    _ table: RunTable<Arithmetic.Parameter>, _ run: Int,
    _ distribution: ScopeDistribution<Number>, absent: Number, _ body: (Int, Number) -> Void
  ) {
    let cells = table.cells(of: run)
    // A whole run is read where it is asked for; one of many cells is searched, unless most are.
    if !table.isSparse || cells.count > 16 * distribution.count {
      for index in 0..<distribution.count {
        let cell = table.cell(of: run, at: distribution.column(index))
        body(index, cell.map { Arithmetic.widened(table.cells[$0]) } ?? absent)
      }
      return
    }
    // Both the cells of a run and the joint states that are listed ascend.
    var cell = cells.lowerBound
    for index in 0..<distribution.count {
      let column = distribution.column(index)
      while cell < cells.upperBound && table.place(cell, in: run) < column { cell += 1 }
      let isHeld = cell < cells.upperBound && table.place(cell, in: run) == column
      body(index, isHeld ? Arithmetic.widened(table.cells[cell]) : absent)
    }
  }

  func fillByScope(
    _ evidence: Evidence, _ tables: ModelTables<Arithmetic.Parameter>,
    _ logs: LogLikelihoodTables<Arithmetic.Parameter>, _ ignored: FixedBuffer<Bool>
  ) {
    // The groups follow one another.
    let last = columns.count - 1
    if last < 0 { return }
    for column in 0..<offsets.base[last] + columns.base[last] { logLikelihood.base[column] = .zero }
    for index in 0..<members.count {
      let (member, modality) = (members.base[index], members.base[index].modality)
      if ignored.base[modality] { continue }
      let values = logLikelihood.base + offsets.base[member.group]
      if member.isWide {
        addWide(evidence, modality, groups[member.group], tables, logs, to: values)
      } else {
        Arithmetic.addLogLikelihood(
          evidence, modality, logs.rows.base[modality], tables.likelihoodRows.base[modality],
          settings.convention, to: values, scratch: scratch.base)
      }
    }
  }

  /// Adds the log likelihood of the frame's joint states of a scope with a wide factor.
  private func addWide(
    _ evidence: Evidence, _ modality: Int, _ group: Group,
    _ tables: ModelTables<Arithmetic.Parameter>,
    _ logs: LogLikelihoodTables<Arithmetic.Parameter>, to values: UnsafeMutablePointer<Number>
  ) {
    guard evidence.isObserved(modality) else { return }
    let rows = tables.likelihoodRows.base[modality]
    let listed = frame.columns(group.factors)
    let distribution = ScopeDistribution<Number>(
      UnsafePointer(scratch.base), columns: listed.columns, count: listed.count)
    let zero = Number(broadcast: settings.convention.logarithmOfZero)
    guard let weights = evidence.weights(modality) else {
      let outcome = evidence.outcome(modality, lane: 0, lanes: 1)
      read(logs.rows.base[modality], outcome, distribution, absent: zero) { values[$0] += $1 }
      return
    }
    if settings.convention == .pymdp1 {
      for outcome in 0..<rows.count where weights[outcome] != 0 {
        let weight = Number(broadcast: weights[outcome])
        read(logs.rows.base[modality], outcome, distribution, absent: zero) {
          values[$0] += weight * $1
        }
      }
      return
    }
    fillLikelihood(evidence, modality, rows, distribution)
    settings.convention.logarithms(
      likelihood.base, into: likelihood.base, count: distribution.count)
    for index in 0..<distribution.count { values[index] += likelihood.base[index] }
  }

  func fillJoint(
    _ evidence: Evidence, _ tables: ModelTables<Arithmetic.Parameter>,
    _ ignored: FixedBuffer<Bool>
  ) {
    let values = logLikelihood.base
    let count = columns.base[0]
    for column in 0..<count { values[column] = Number(broadcast: 1) }
    for modality in groups[0].modalities where !ignored.base[modality] {
      Arithmetic.expectedLikelihood(
        evidence, modality, tables.likelihoodRows.base[modality], into: scratch.base)
      if let map = groups[0].maps[modality]?.base {
        for column in 0..<count {
          values[column] = values[column] * scratch.base[Int(map[column])]
        }
      } else {
        for column in 0..<count { values[column] = values[column] * scratch.base[column] }
      }
    }
    settings.convention.logarithms(values, into: values, count: count)
  }
}
