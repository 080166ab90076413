import Inference
import Kernels
import PolicySelection

/// Steps that are looked up instead of taken.
extension ActiveInferenceAgent {
  /// Answers from memory, where the step is known.
  @inline(__always)
  func recall(_ observation: [Observation], _ memory: AgentMemory) -> [Int]? {
    guard let known = memory.find(observation, step: step) else { return nil }
    outcome.freeEnergy = known.outcome.freeEnergy
    outcome.complexity = known.outcome.complexity
    outcome.accuracy = known.outcome.accuracy
    outcome.sweeps = Int(known.outcome.sweeps)
    outcome.converged = known.outcome.converged
    let node = Int(known.node)
    let action: Int
    if memory.draws {
      engine.selection.choose(
        memory.steps.posterior(of: node), marginals: memory.steps.marginals(of: node), seed: seed,
        episode: episode, step: UInt64(step), into: choice.base)
      action = answers.index(choice.base)
    } else {
      action = memory.steps.choice(of: node)
    }
    memory.arrive(at: node, action)
    step += 1
    return answers.actions[action]
  }

  /// Takes over from memory the belief that the agent is at, where only memory has it.
  func settle() {
    guard let memory, let node = memory.unsettledNode else { return }
    let belief = engine.belief.base
    belief.update(from: memory.steps.belief(of: node), count: engine.belief.count)
    engine.dynamics.noteSupports(engine.belief.belief)
    answers.write(memory.action, into: taken.base)
    if !memory.draws { answers.write(memory.steps.choice(of: node), into: choice.base) }
    engine.note(taken.base)
    for modality in 0..<engine.inference.ignored.count {
      engine.inference.ignored.base[modality] = false
    }
    memory.settled()
  }

  /// Chooses from a plan that is known.
  func chooseAgain(_ memory: AgentMemory, _ node: Int) {
    if memory.draws {
      engine.selection.choose(
        memory.steps.posterior(of: node), marginals: memory.steps.marginals(of: node), seed: seed,
        episode: episode, step: UInt64(step), into: choice.base)
    } else {
      answers.write(memory.steps.choice(of: node), into: choice.base)
    }
  }

  /// Plans again from the belief of the last step where its plan was recalled, so that all of it can be
  /// told.
  func settlePlan() {
    settle()
    guard let memory, memory.needsPlan else { return }
    // The same belief has been planned from before, so this cannot fail.
    try? score()
    memory.planned()
  }

  /// The choice of the last step where that has been recalled and not settled.
  var recalledChoice: [Int]? {
    guard let memory, let node = memory.unsettledNode, !memory.draws else { return nil }
    return answers.actions[memory.steps.choice(of: node)]
  }

  /// Forgets where in memory the agent is.
  func leaveMemory() { memory?.leave() }
}
