/// Writes steps as compact JSON straight from their records: the text of ``StepRecord/document``,
/// which is then never made.
struct StepLineWriter {
  let line: LineBuffer

  /// Appends a list of steps.
  ///
  /// - Precondition: every number is finite.
  func append(_ steps: [StepRecord]) {
    list(steps) { $0.append($1) }
  }

  private func append(_ step: StepRecord) {
    append("{\"t\":")
    line.append(step.t)
    append(",\"observation\":")
    list(step.observation) { writer, observation in
      switch observation {
      case .outcome(let outcome): writer.line.append(outcome)
      case .distribution(let weights): writer.append(weights)
      case .missing: writer.append("null")
      }
    }
    append(",\"states\":", step.states) { $0.append($1) }
    if !step.impossible.isEmpty {
      append(",\"impossible\":")
      list(step.impossible) { writer, name in
        var json = JSONWriter()
        json.write(.string(name))
        writer.line.append(json.bytes)
      }
    }
    append(",\"beliefs\":", step.beliefs) { $0.append($1) }
    append(",\"windowStart\":", step.smoothed) { writer, smoothed in
      writer.line.append(smoothed.windowStart)
      writer.append(",\"smoothedBeliefs\":")
      writer.list(smoothed.beliefs) { $0.append($1) }
      writer.append(",\"logEvidence\":", smoothed.logEvidence) { $0.line.append($1) }
      writer.append(",\"logEvidenceBound\":", smoothed.logEvidenceBound) { $0.line.append($1) }
    }
    append(",\"freeEnergy\":", step.freeEnergy) { $0.line.append($1) }
    append(",\"negativeExpectedFreeEnergy\":", step.negativeExpectedFreeEnergy) { $0.append($1) }
    append(",\"terms\":", step.terms) { writer, terms in
      writer.append("{\"utility\":")
      writer.append(terms.utility)
      writer.append(",\"stateInformationGain\":")
      writer.append(terms.stateInformationGain)
      writer.append(",\"parameterInformationGain\":")
      writer.append(terms.parameterInformationGain)
      writer.append(",\"inductive\":")
      writer.append(terms.inductive)
      writer.append("}")
    }
    append(",\"policyPosterior\":", step.policyPosterior) { $0.append($1) }
    append(",\"policyFreeEnergy\":", step.policyFreeEnergy) { $0.append($1) }
    append(",\"precision\":", step.precision) { $0.line.append($1) }
    append(",\"actionMarginals\":", step.actionMarginals) { $0.append($1) }
    append(",\"action\":", step.action) { $0.append($1) }
    append(",\"choice\":", step.choice) { $0.append($1) }
    append(",\"search\":", step.search) { writer, search in
      writer.append("{\"nodes\":")
      writer.line.append(search.nodes)
      writer.append(",\"gap\":", search.gap) { $0.line.append($1) }
      writer.append(",\"prunedMass\":")
      writer.line.append(search.prunedMass)
      if let sweeps = search.sweeps {
        writer.append(",\"sweeps\":")
        writer.line.append(sweeps)
      }
      writer.append("}")
    }
    append(",\"iterates\":", step.iterates) { writer, iterates in
      writer.append("{\"freeEnergy\":")
      writer.append(iterates.freeEnergy)
      writer.append(",\"beliefs\":")
      writer.list(iterates.beliefs) { $0.append($1) }
      writer.append(iterates.converged ? ",\"converged\":true" : ",\"converged\":false")
      writer.append(",\"policyBeliefs\":", iterates.policyBeliefs) { writer, sweeps in
        writer.list(sweeps) { writer, policies in
          writer.list(policies) { writer, times in writer.list(times) { $0.append($1) } }
        }
      }
      writer.append("}")
    }
    append(",\"precisionUpdates\":", step.precisionUpdates) { $0.append($1) }
    append(",\"levels\":", step.levels) { $0.append($1) }
    append("}")
  }

  // MARK: - Parts of a document

  /// Appends a key and its value, where there is one.
  private func append<Value>(
    _ key: StaticString, _ value: Value?, _ write: (StepLineWriter, Value) -> Void
  ) {
    guard let value else { return }
    append(key)
    write(self, value)
  }

  private func list<Element>(
    _ values: [Element], _ write: (StepLineWriter, Element) -> Void
  ) {
    append("[")
    var isFirst = true
    for value in values {
      if !isFirst { append(",") }
      isFirst = false
      write(self, value)
    }
    append("]")
  }

  private func append(_ rows: [[Double]]) { list(rows) { $0.append($1) } }
  private func append(_ values: [Double]) { list(values) { $0.line.append($1) } }
  private func append(_ values: [Int]) { list(values) { $0.line.append($1) } }
  private func append(_ text: StaticString) { line.append(text) }
}
