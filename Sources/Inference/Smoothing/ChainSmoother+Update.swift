import GenerativeModel
import Kernels

extension ChainSmoother {
  /// Finds the chain of one factor that is best given the others.
  func update(
    _ index: Int, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ logs: LogLikelihoodTables<Double>, _ marginals: UnsafeMutablePointer<Double>
  ) {
    let factor = group.factors[index]
    let plan = group.compiled.factors.base[factor]
    for cell in 0..<steps * plan.states { node.base[cell] = 0 }
    for cell in 0..<pairs[index].count { edge.base[cell] = 0 }
    for state in 0..<plan.states { node.base[state] = logInitial.base[plan.stateOffset + state] }
    for step in 0..<steps {
      let row = UnsafePointer(marginals + step * group.compiled.stateCount)
      hear(factor, step, sequence, tables, logs, row)
      if step + 1 == steps { break }
      expectOwn(factor, step, sequence.actions(after: step), row)
      for child in group.children[factor] {
        expectChild(child, step, sequence.actions(after: step), row)
      }
    }
    if group.ownPosition[factor] < 0 {
      settleApart(index, plan, marginals)
    } else {
      settleChain(index, plan, marginals)
    }
  }

  // MARK: - What is known of a factor's states, the others given

  /// Adds what the observations of a step say of a factor's states, the other factors averaged over.
  private func hear(
    _ factor: Int, _ step: Int, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ logs: LogLikelihoodTables<Double>, _ row: UnsafePointer<Double>
  ) {
    let result = node.base + step * group.compiled.factors.base[factor].states
    for part in group.told[factor] {
      let scope = group.likelihoodScopes[part.table]
      guard fillLogLikelihood(part.table, step, sequence, tables, logs) else { continue }
      for column in 0..<scope.columns {
        result[scope.state(part.position, in: column)] +=
          scope.weight(of: column, row, except: part.position) * self.column.base[column]
      }
    }
  }

  /// Fills `column` with ln P(observation | states); false where nothing was observed.
  func fillLogLikelihood(
    _ modality: Int, _ step: Int, _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ logs: LogLikelihoodTables<Double>
  ) -> Bool {
    let evidence = Evidence.observations(sequence.observations[step])
    if !evidence.isObserved(modality) { return false }
    for index in 0..<group.compiled.modalities.base[modality].columns { column.base[index] = 0 }
    SingleArithmetic.addLogLikelihood(
      evidence, modality, logs.rows.base[modality], tables.likelihoodRows.base[modality],
      settings.convention, to: column.base, scratch: scratch.base)
    return true
  }

  /// Adds what a factor's own transition says.
  private func expectOwn(
    _ factor: Int, _ step: Int, _ actions: UnsafePointer<Int>, _ row: UnsafePointer<Double>
  ) {
    let plan = group.compiled.factors.base[factor]
    let scope = group.transitionScopes[factor]
    let own = group.ownPosition[factor]
    let logs = logTransitions[factor].base + actions[factor] * plan.columns * plan.states
    for column in 0..<plan.columns {
      let weight = scope.weight(of: column, row, except: own)
      let run = logs + column * plan.states
      let result =
        own < 0
        ? node.base + (step + 1) * plan.states
        : edge.base + (step * plan.states + scope.state(own, in: column)) * plan.states
      for next in 0..<plan.states { result[next] += weight * run[next] }
    }
  }

  /// Adds what a factor is expected to have done to another that depends on it.
  private func expectChild(
    _ child: ChainGroup.Part, _ step: Int, _ actions: UnsafePointer<Int>,
    _ row: UnsafePointer<Double>
  ) {
    let factor = group.compiled.model.transitions[child.table].given[child.position]
    let result = node.base + step * group.compiled.factors.base[factor].states
    let scope = group.transitionScopes[child.table]
    forEachExpectation(of: child.table, step, actions, row, except: child.position) {
      column, value in
      result[scope.state(child.position, in: column)] += value
    }
  }

  /// For each joint state that a factor depends on, its probability times E[ln P(next | it)], one position
  /// of it left out of the probability.
  private func forEachExpectation(
    of factor: Int, _ step: Int, _ actions: UnsafePointer<Int>, _ row: UnsafePointer<Double>,
    except position: Int, _ body: (_ column: Int, _ value: Double) -> Void
  ) {
    let plan = group.compiled.factors.base[factor]
    let scope = group.transitionScopes[factor]
    let own = group.ownPosition[factor]
    let logs = logTransitions[factor].base + actions[factor] * plan.columns * plan.states
    for column in 0..<plan.columns {
      let next = nextStates(of: factor, step, row, column)
      let weight = scope.weight(of: column, row, except: position, own)
      body(column, weight * Contraction.dot(next, logs + column * plan.states, count: plan.states))
    }
  }

  /// The next states of a factor, together with its state in a column where they depend on that.
  func nextStates(
    of factor: Int, _ step: Int, _ row: UnsafePointer<Double>, _ column: Int
  ) -> UnsafePointer<Double> {
    let plan = group.compiled.factors.base[factor]
    let own = group.ownPosition[factor]
    if own < 0 { return row + group.compiled.stateCount + plan.stateOffset }
    let index = group.factors.firstIndex(of: factor) ?? 0
    let state = group.transitionScopes[factor].state(own, in: column)
    return UnsafePointer(pairs[index].base + (step * plan.states + state) * plan.states)
  }

  // MARK: - A factor's chain

  /// The states of each step by themselves, where they do not depend on one another.
  private func settleApart(
    _ index: Int, _ plan: CompiledModel.FactorPlan, _ marginals: UnsafeMutablePointer<Double>
  ) {
    var entropy = 0.0
    for step in 0..<steps {
      let row = marginals + step * group.compiled.stateCount + plan.stateOffset
      let node = node.base + step * plan.states
      let offset = exponentiate(node, plan.states, into: row)
      let total = Contraction.sum(row, count: plan.states)
      for state in 0..<plan.states { row[state] /= total }
      entropy +=
        Contraction.dot(row, node, count: plan.states) - offset - VectorMath.log(total)
    }
    negativeEntropy.base[index] = entropy
  }

  /// Forward and back over the states of all steps.
  private func settleChain(
    _ index: Int, _ plan: CompiledModel.FactorPlan, _ marginals: UnsafeMutablePointer<Double>
  ) {
    let size = plan.states
    var logNormalizer = 0.0
    // From here on `edge` is needed twice: as logarithms at the end, as numbers in between.
    let pairs = self.pairs[index].base
    for cell in 0..<self.pairs[index].count { pairs[cell] = edge.base[cell] }
    VectorMath.exp(inPlace: pairs, count: self.pairs[index].count)
    for step in 0..<steps {
      let potential = filtered.base + step * size
      let prior = predicted.base + step * size
      logNormalizer += exponentiate(node.base + step * size, size, into: potential)
      if step == 0 {
        for state in 0..<size { prior[state] = 1 }
      } else {
        let last = filtered.base + (step - 1) * size
        let transition = pairs + (step - 1) * size * size
        for state in 0..<size { prior[state] = 0 }
        for state in 0..<size where last[state] != 0 {
          Contraction.addScaled(last[state], transition + state * size, to: prior, count: size)
        }
      }
      for state in 0..<size { potential[state] *= prior[state] }
      let total = Contraction.sum(potential, count: size)
      logNormalizer += VectorMath.log(total)
      for state in 0..<size { potential[state] /= total }
    }
    goBack(plan, pairs, marginals)
    var entropy = -logNormalizer
    for step in 0..<steps {
      let row = marginals + step * group.compiled.stateCount + plan.stateOffset
      entropy += Contraction.dot(row, node.base + step * size, count: size)
    }
    entropy += Contraction.dot(pairs, edge.base, count: self.pairs[index].count)
    negativeEntropy.base[index] = entropy
  }

  /// Makes of transitions the probabilities of pairs, and of what was filtered the marginals.
  private func goBack(
    _ plan: CompiledModel.FactorPlan, _ pairs: UnsafeMutablePointer<Double>,
    _ marginals: UnsafeMutablePointer<Double>
  ) {
    let size = plan.states
    func row(_ step: Int) -> UnsafeMutablePointer<Double> {
      marginals + step * group.compiled.stateCount + plan.stateOffset
    }
    row(steps - 1).update(from: filtered.base + (steps - 1) * size, count: size)
    for step in (0..<steps - 1).reversed() {
      let next = row(step + 1)
      let prior = predicted.base + (step + 1) * size
      for state in 0..<size {
        message.base[state] = prior[state] > 0 ? next[state] * 0x1p-500 / prior[state] : 0
      }
      let pair = pairs + step * size * size
      var total = 0.0
      for state in 0..<size {
        let weight = filtered.base[step * size + state]
        for successor in 0..<size {
          pair[state * size + successor] *= message.base[successor]
          pair[state * size + successor] *= weight
          total += pair[state * size + successor]
        }
      }
      for state in 0..<size {
        var share = 0.0
        for successor in 0..<size {
          pair[state * size + successor] /= total
          share += pair[state * size + successor]
        }
        row(step)[state] = share
      }
    }
  }

  /// exp(x - max x).
  ///
  /// - Returns: max x.
  private func exponentiate(
    _ values: UnsafePointer<Double>, _ count: Int, into result: UnsafeMutablePointer<Double>
  ) -> Double {
    var largest = values[0]
    for index in 1..<count { largest = max(largest, values[index]) }
    for index in 0..<count { result[index] = values[index] - largest }
    VectorMath.exp(inPlace: result, count: count)
    return largest
  }

  // MARK: - All chains together

  /// F of the chains as they are, in nats.
  func freeEnergy(
    _ sequence: ObservedSequence, _ tables: ModelTables<Double>,
    _ logs: LogLikelihoodTables<Double>, _ marginals: UnsafePointer<Double>
  ) -> Double {
    var energy = 0.0
    let stateCount = group.compiled.stateCount
    for factor in group.factors {
      let plan = group.compiled.factors.base[factor]
      energy += Contraction.dot(
        marginals + plan.stateOffset, logInitial.base + plan.stateOffset, count: plan.states)
    }
    for step in 0..<steps {
      let row = marginals + step * stateCount
      for modality in group.modalities
      where fillLogLikelihood(modality, step, sequence, tables, logs) {
        let scope = group.likelihoodScopes[modality]
        for column in 0..<scope.columns {
          energy += scope.weight(of: column, row) * self.column.base[column]
        }
      }
      if step + 1 == steps { break }
      for factor in group.factors {
        forEachExpectation(of: factor, step, sequence.actions(after: step), row, except: -1) {
          energy += $1
        }
      }
    }
    return Contraction.sum(negativeEntropy.base, count: negativeEntropy.count) - energy
  }
}
