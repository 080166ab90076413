import GenerativeModel
import Testing

/// What is said about the T-maze after a change.
private func messages(_ spoil: (inout ModelDescription) -> Void) -> String {
  var description = describedTMaze()
  spoil(&description)
  return messages(description)
}

@Suite struct `Checking a model` {
  @Test func `a model without fault is taken as it stands`() throws {
    let model = try GenerativeModel(describedTMaze())
    #expect(model.likelihoods.map(\.given) == [[0], [0, 1]])
    #expect(model.transitions.map(\.controls) == [[0], []])
    #expect(model.preferences == [nil, Tensor(shape: [3], [0, 3, -3])])
    #expect(model.initialStates == [[1, 0, 0, 0], nil])
    #expect(model.habit == nil && model.policies == nil && model.goals == [nil, nil])
  }

  @Test func `tables may come in any order and are put in that of the variables`() throws {
    var description = describedTMaze()
    description.likelihoods.reverse()
    description.transitions.reverse()
    #expect(try GenerativeModel(description) == GenerativeModel(describedTMaze()))
  }

  @Test func `the faults of all parts are reported at once, in the order of a file`() {
    let found = messages { model in
      model.modalities[0] = Variable("where", size: 0)
      model.likelihoods[1].given = ["locaton", "context"]
      model.transitions[1].probability = Tensor(shape: [2, 2], [1, 0.5, 0, 0.25])
      model.preferences[0].values = Tensor(shape: [2], [0, 3])
      model.initialStates[0].values = Tensor(shape: [4], [1, 0, 0, .nan])
      model.habit = [0.5, 0.4]
      model.policies = [[[1], [4]], [[1]]]
      model.goals = [.init("contxt", Tensor(shape: [2], [1, 0]))]
    }
    #expect(
      found == """
        modalities[where]: has size 0; a size is at least 1
        A[reward].given: unknown factor 'locaton'; did you mean 'location'?
        B[context], column (context 1): sums to 0.75; make the column sum to 1
        C[reward]: expected [3 outcomes of reward] or [planning steps, 3 outcomes of reward], \
        found [2]
        D[location], entry (cue): is nan; every number is finite
        E: sums to 0.9; make it sum to 1
        policies[0]: step 1: move has no action 4; its actions are 0 to 3
        policies[1]: has 1 step but the first has 2; make them equal
        H[0]: unknown factor 'contxt'; did you mean 'context'?
        """)
  }

  @Test func `a shape that does not fit is told with its meaning`() {
    #expect(
      messages {
        $0.likelihoods[1].probability = Tensor(shape: [3, 2, 4], [Double](repeating: 0, count: 24))
      }
        == "A[reward]: expected [3 outcomes of reward, 4 states of location, 2 states of context],"
        + " found [3, 2, 4]")
    #expect(
      messages { $0.transitions[0].probability = Tensor(shape: [4], [1, 0, 0, 0]) }
        == "B[location]: expected [4 next states of location, 4 states of location, 4 actions of"
        + " move], found [4]")
  }

  @Test func `a column that does not sum to one is named by its labels`() {
    var reward = describedTMaze().likelihoods[1].probability?.values ?? []
    reward[8 + 3] = 0
    #expect(
      messages { $0.likelihoods[1].probability = Tensor(shape: [3, 4, 2], reward) }
        == "A[reward], column (left, context 1): sums to 0.98; make the column sum to 1")
    reward[8 + 3] = 0.02 + 2e-6
    #expect(
      messages { $0.likelihoods[1].probability = Tensor(shape: [3, 4, 2], reward) }
        == "A[reward], column (left, context 1): sums to 1.000002; make the column sum to 1")
    reward[8 + 3] = 0.02 + 0.9e-6
    #expect(
      messages { $0.likelihoods[1].probability = Tensor(shape: [3, 4, 2], reward) } == "no fault")
  }

  @Test func `entries that are no probability are named by their labels`() {
    var reward = describedTMaze().likelihoods[1].probability?.values ?? []
    reward[2] = -0.25
    reward[8] = .infinity
    #expect(
      messages { $0.likelihoods[1].probability = Tensor(shape: [3, 4, 2], reward) } == """
        A[reward], entry (none, left, context 0): is -0.25; a probability is not negative
        A[reward], entry (reward, centre, context 0): is inf; every number is finite
        """)
  }

  @Test func `of one fault in many columns eight are told and the rest counted`() {
    let found = messages {
      $0.transitions[0].probability = Tensor(shape: [4, 4, 4], [Double](repeating: 0.2, count: 64))
    }
    let lines = found.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines[7] == "B[location], column (left, cue): sums to 0.8; make the column sum to 1")
    #expect(lines[8] == "B[location]: and 8 more columns")
  }

  @Test func `names given twice, empty names and empty labels are faults`() {
    let found = messages { model in
      model.factors[0] = Variable("location", ["left", "left", "", "cue"])
      model.modalities.append(Variable("where", size: 4))
      model.controls.append(Variable("", []))
    }
    #expect(
      found == """
        factors[location]: label 'left' is there twice; rename one of them
        factors[location]: label 2 is empty; name every value or give a size alone
        modalities: 'where' is there twice; rename one of them
        controls[1]: has an empty name; name the control
        controls[]: has no labels; give one for each value
        """)
  }

  @Test func `tables and dependencies given twice or missing are faults`() {
    let found = messages { model in
      model.likelihoods.append(model.likelihoods[0])
      model.likelihoods[1].given = ["location", "location"]
      model.transitions.removeLast()
      model.preferences.append(model.preferences[0])
      model.initialStates.append(.init("reward", Tensor(shape: [3], [1, 0, 0])))
    }
    #expect(
      found == """
        A: modality 'where' is there twice; remove one of them
        A[reward].given: factor 'location' is there twice; name each dependency once
        B: has no entry for factor 'context'; add one; each factor has exactly one
        C: modality 'reward' is there twice; remove one of them
        D[1]: unknown factor 'reward'; the nearest known factor is 'location'
        """)
  }

  @Test func `a model of nothing is refused`() {
    #expect(
      messages(ModelDescription()) == """
        factors: is empty; give at least one factor
        modalities: is empty; give at least one modality
        """)
  }

  @Test func `a table with neither probability nor counts is a fault`() {
    #expect(
      messages { $0.likelihoods[0].probability = nil }
        == "A[where]: has neither probability nor counts; give one of them")
  }

  @Test func `policies are checked`() {
    #expect(
      messages { $0.policies = [] }
        == "policies: the list is empty; leave the key out for all sequences")
    #expect(
      messages { $0.policies = [[], []] } == """
        policies[0]: has no step; give an action for each step
        policies[1]: has no step; give an action for each step
        """)
    #expect(
      messages { $0.policies = [[[1, 2]], [[-1]]] } == """
        policies[0]: step 0: expected 1 action, one a control, found 2
        policies[1]: step 0: move has no action -1; its actions are 0 to 3
        """)
    #expect(
      messages {
        $0.policies = [[[1]], [[2]]]
        $0.habit = [1]
      } == "E: expected 2 entries, one a policy, found 1")
  }

  @Test func `goals are one or zero, and at least one is one`() {
    #expect(
      messages { $0.goals = [.init("context", Tensor(shape: [2], [0.5, 1]))] }
        == "H[context], entry (context 0): is 0.5; a goal is 1 where the factor is to be and 0"
        + " elsewhere")
    #expect(
      messages { $0.goals = [.init("context", Tensor(shape: [2], [0, 0]))] }
        == "H[context]: has no goal state; give 1 to at least one state")
  }

  @Test func `states to be avoided are one or zero, and are no goals`() {
    #expect(
      messages {
        $0.goals = [.init("context", Tensor(shape: [2], [0, 1]))]
        $0.avoided = [.init("context", Tensor(shape: [2], [2, 1]))]
      }
        == "H[context].avoid, entry (context 0): is 2.0; 1 is for a state to be avoided and 0 for any"
        + " other")
    #expect(
      messages {
        $0.goals = [.init("context", Tensor(shape: [2], [0, 1]))]
        $0.avoided = [.init("context", Tensor(shape: [2], [0, 1]))]
      } == "H[context].avoid, entry (context 1): is a goal state as well; give 0 for one of them")
    #expect(
      messages { $0.avoided = [.init("context", Tensor(shape: [2], [0, 0]))] }
        == "H[context].avoid: has no state to avoid; give 1 to at least one state")
  }

  @Test func `preferences may be negative and by step, but are finite`() {
    #expect(
      messages { $0.preferences[0].values = Tensor(shape: [2, 3], [0, 1, 2, 3, 4, -5]) }
        == "no fault")
    #expect(
      messages { $0.preferences[0].values = Tensor(shape: [2, 3], [0, 1, 2, 3, -.infinity, -5]) }
        == "C[reward], entry (step 1, reward): is -inf; every number is finite")
  }

  @Test func `sparse columns are summed, and one without an entry is a fault`() {
    #expect(
      messages {
        $0.transitions[1].probability = Tensor(shape: [2, 2], offsets: [0, 3], values: [1, 1])
      } == "no fault")
    #expect(
      messages {
        $0.transitions[1].probability = Tensor(shape: [2, 2], offsets: [2], values: [1])
      } == "B[context], column (context 1): sums to 0.0; make the column sum to 1")
    #expect(
      messages {
        $0.transitions[1].probability = Tensor(shape: [2, 2], offsets: [3, 0], values: [1, 1])
      } == "B[context]: sparse offsets are not ascending, distinct and within the shape")
    #expect(
      messages {
        $0.transitions[1].probability = Tensor(shape: [2, 2], offsets: [0, 4], values: [1, 1])
      } == "B[context]: sparse offsets are not ascending, distinct and within the shape")
  }

  @Test func `huge sizes are faults and take no memory`() {
    let billion = 1_000_000_000
    func huge(_ given: [String], _ shape: [Int]) -> String {
      messages { model in
        model.factors.append(Variable("a", size: billion))
        model.factors.append(Variable("b", size: billion))
        model.likelihoods[0] = .init(
          "where", given: given, Tensor(shape: shape, offsets: [], values: []))
        for name in ["a", "b"] {
          model.transitions.append(
            .init(
              name, given: [], controls: [], Tensor(shape: [billion], offsets: [7], values: [1])))
        }
      }
    }
    #expect(
      huge(["a", "b"], [4, billion, billion, billion])
        == "A[where]: expected [4 outcomes of where, 1000000000 states of a, 1000000000 states of b],"
        + " found [4, 1000000000, 1000000000, 1000000000]")
    #expect(
      huge(["b", "a", "location"], [4, billion, billion, 4])
        == "A[where]: has more cells than can be counted; split a factor")
    let lines = huge(["a"], [4, billion]).split(separator: "\n")
    #expect(lines.first == "A[where], column (a 0): sums to 0.0; make the column sum to 1")
    #expect(lines.last == "A[where]: and 999999992 more columns")
    #expect(
      messages { model in
        model.factors.append(Variable("a", size: billion))
        model.transitions.append(
          .init("a", given: [], controls: [], Tensor(shape: [billion], offsets: [7], values: [1])))
        model.initialStates.append(
          .init("a", Tensor(shape: [billion], offsets: [7], values: [1])))
      }
        == "D[a]: has 1000000000 entries, too many to be written out for so small a model; give it dense, or"
        + " split the variable")
    #expect(
      messages { $0.factors[1] = Variable("context", size: .max) }
        == "A[reward]: expected [3 outcomes of reward, 4 states of location,"
        + " 9223372036854775807 states of context], found [3, 4, 2]\n"
        + "B[context]: expected [9223372036854775807 next states of context,"
        + " 9223372036854775807 states of context], found [2, 2]")
  }
}
