/// Where the library differs from a reference, or follows it into a mistake, and why.
package struct Deviation: Sendable {
  /// Q1 to Q23 are the defects of pymdp 1.0.4 in our list, D the others.
  package let id: String
  /// What the reference does.
  package let what: String
  /// What is done here, and the reason.
  package let here: String
  /// The name of a test that shows it.
  package let test: String

  init(_ id: String, _ what: String, here: String, test: String) {
    self.id = id
    self.what = what
    self.here = here
    self.test = test
  }
}

extension Deviation {
  private static let refused = "what the format has and this build has not is refused by name"
  private static let pymdp1 = "the agent agrees with inferactively-pymdp 1.0.4"
  private static let pymdp007 = "the agent agrees with inferactively-pymdp 0.0.7.1"
  private static let definitions =
    "beliefs, free energy, every term, choice and counts are their definitions"

  /// Every one that is known.
  package static let all = ofPymdp1 + others

  private static let ofPymdp1: [Deviation] = [
    .init(
      "Q1", "Fixed-point iteration updates all factors at once and may oscillate for ever.",
      here: "Kept under `pymdp-1`, `pymdp-0.0.7` and wherever `fpi` is asked for. `cavi` updates "
        + "one factor after the other and cannot rise in free energy; `default` uses no `fpi`.",
      test: "converges where simultaneous updates oscillate"),
    .init(
      "Q2", "`mmp` and `vmp` fail on static and on deterministic transitions.",
      here: "Kept under every preset, for it is what these schemes are. `default` uses neither; "
        + "`exact` is right there.",
      test: "a number that was printed somewhere comes out to its last digit"),
    .init(
      "Q3", "Learning online from windows counts the same datum again and again.",
      here: "Not copied under any preset: each datum is counted once.",
      test: "10 observations add 10 counts to a modality, 9 to a factor, any window"),
    .init(
      "Q4", "The prior of a window that slides holds evidence that stays in the window.",
      here:
        "Not copied: it is what was believed of the step before when that was the newest, carried "
        + "forward.",
      test: pymdp1),
    .init(
      "Q5", "Information gain summed over modalities exceeds what there is to know.",
      here: "Kept under `pymdp-1` (`perModality`); `default` takes the joint outcome.",
      test: "of two sensors that say the same is less than twice that of one"),
    .init(
      "Q6", "C is used as it stands, its default is 1/n, and no document says which C is meant.",
      here: "Kept under `pymdp-1`, of which `from_pymdp.py` writes C out. Where a file has no C, "
        + "it is zero, which shifts all policies of one length alike.",
      test: pymdp1),
    .init(
      "Q7", "A batch axis that is ambiguous is read in silence as preferences.",
      here: "There are no batch axes: a population is as many agents of one model.",
      test: "agents that share what is compiled do not learn from one another"),
    .init(
      "Q8", "`infer_states(mask=)` overwrites A for good.",
      here: "Not copied: what is missing is missing in that step alone.",
      test: "a missing observation leaves the belief at the prior"),
    .init(
      "Q9", "Sampling by marginals draws every control with the same random number.",
      here: "Not copied: each control has a stream of its own.",
      test: "controls are drawn independently, each by its marginal^alpha"),
    .init(
      "Q10",
      "With shared controls, choice by marginals decodes actions that contradict themselves.",
      here: "Not copied: marginals are those of the controls themselves.", test: definitions),
    .init(
      "Q11", "`multiaction_probabilities` ignores the batch.",
      here: "Has no counterpart; `actionMarginals` are by control.", test: definitions),
    .init(
      "Q12", "`control_fac_idx` leaves policies that it should exclude.",
      here: "Has no counterpart: a factor without control has none, and policies can be listed.",
      test: "a list stays in its order, with its own actions"),
    .init(
      "Q13", "Learning revives cells whose count is zero.",
      here: "Not copied under any preset: what cannot be stays impossible. The fixtures learn of "
        + "models without zeros.",
      test: "what cannot be stays impossible"),
    .init(
      "Q14",
      "Settings without effect, priors that do not sum to 1, outcomes out of range: all taken.",
      here: "Not copied: each is an error that names its place.",
      test: "learning of what has no counts, or is not there, is refused"),
    .init(
      "Q15", "A factor must depend on itself.", here: "Not copied: it need not.", test: definitions),
    .init(
      "Q16", "An action of -1 is the last one, and resets every agent of a batch.",
      here: "Not copied: an action that is none is an error.",
      test: "actions that are none are refused, and so are such that are said to have been taken"),
    .init(
      "Q17", "Sophisticated inference: posteriors that sum to 0.2, crashes, ignored settings.",
      here: "Not copied: the recursion is followed to the end, and every setting counts.",
      test: definitions),
    .init(
      "Q18", "MCTS weighs the future by the probability of an outcome twice.",
      here: "This build has no `mcts`.", test: refused),
    .init(
      "Q19", "Code that cannot run is part of the package.",
      here: "Has no counterpart.",
      test: "every path of a complete file can be set, and a misspelt one names the nearest"),
    .init(
      "Q20", "Zero is divided by zero.", here: "Not copied: nothing returns NaN.",
      test: "sum to one, and nothing is NaN"),
    .init(
      "Q21", "The legacy agent's induction goes forwards instead of backwards.",
      here: "Not copied: a state counts as near from which the goal can be reached.",
      test: "every step that does not lead nearer costs ln epsilon (golden G8)"),
    .init(
      "Q22", "`rollout` has no rates, no forgetting, no subsets, and caps its history at 32 steps.",
      here: "Not copied: `learning` has all three, and episodes are as long as wanted.",
      test: "each update loses a share of what was learned, never of what the model came with"),
    .init(
      "Q23", "Environments are single precision, and a random start may be drawn with a fixed key.",
      here: "Not copied: double precision, and all chance is a function of seed and episode.",
      test: "another seed gives other episodes"),
  ]

  private static let others: [Deviation] = [
    .init(
      "D1",
      "pymdp 1.0.4 and 0.0.7.1 keep the A and B that they were given until the first update, "
        + "although counts are given that say otherwise.",
      here: "A table with counts is their mean from the start. In the fixtures both agree.",
      test: "G2: one datum adds itself to the bandit's counts"),
    .init(
      "D2", "pymdp 0.0.7.1 squeezes factors and modalities of size 1 away and broadcasts wrongly.",
      here: "Not copied; the fixtures of 0.0.7.1 have none, enumeration judges them.",
      test: definitions),
    .init(
      "D3", "pymdp 1.0.4 learns smoothed statistics of overlapping windows under `exact`.",
      here: "Not copied: B gains the posterior of both states of a transition, once. Enumeration "
        + "judges it.",
      test: definitions),
    .init(
      "D4", "Where C has fewer rows than there are planning steps, pymdp 1.0.4 repeats the last.",
      here: "Kept under the pymdp presets; an error under `default`.",
      test: "fewer rows of preferences than steps, and habits of another number, are refused"),
    .init(
      "D5",
      "pymdp 0.0.7.1 adds 1e-16 before a logarithm, and e^-16 inside its information gain, "
        + "which leaves out states of at most e^-16.",
      here: "Kept under `pymdp-0.0.7`, and nowhere else.", test: pymdp007),
    .init(
      "D6", "pymdp 1.0.4 raises what it takes the logarithm of to 2^-52 everywhere.",
      here: "Kept under `pymdp-1`. `default` does so inside mean-field expectations alone, where "
        + "ln 0 would be infinite however little it is expected; elsewhere zero is zero.",
      test: pymdp1),
    .init(
      "D7",
      "Both pymdps average outcome and state apart where they take the parameter information "
        + "gain.",
      here: "Kept under the pymdp presets; `default` averages them jointly.", test: definitions),
    .init(
      "D8", "The digamma of pymdp 1.0.4's novelty cancels for large counts.",
      here: "Not copied: the difference is computed as one function, from 1e-12 to 1e12 counts.",
      test: "falls with every count, from 1e-12 to 1e12, and never loses its sign"),
    .init(
      "D9",
      "Of a soft observation pymdp 1.0.4 takes the expected log likelihood, not the logarithm of "
        + "the expected likelihood.",
      here: "Kept under `pymdp-1`; the others take the logarithm of what is expected.", test: pymdp1
    ),
    .init(
      "D10", "pymdp draws with JAX's or NumPy's generators.",
      here: "Not copied: what is compared of a random choice is its probability, and the draw with "
        + "the inverse of the running sum.",
      test: "a policy is drawn with probability in proportion to posterior^alpha"),
    .init(
      "D11", "pymdp 1.0.4 computes in single precision unless told otherwise.",
      here: "The fixtures were computed in double precision, as everything is here.", test: pymdp1),
    .init(
      "D12",
      "SPM takes the novelty of B of the action that has the policy's own number, of none where there are "
        + "not so many, and reads states before and after one for the other.",
      here: "Followed under `preset: spm` alone; elsewhere it is that of the policy's own actions.",
      test: "the agent agrees with SPM"),
    .init(
      "D13", "SPM gives a first state whose count in d is zero a novelty of 5e15 nats.",
      here: "Not copied: what cannot be teaches nothing.",
      test: "a cell that cannot occur teaches nothing"),
    .init(
      "D14",
      "pymdp 0.0.7.1's message passing by policy subtracts the negative free energy of each policy from its "
        + "logarithm, and a window that slides begins with what the last one believed of its first "
        + "step, which is neither carried forward nor free of evidence that stays.",
      here:
        "Kept under `pymdp-0.0.7`, and nowhere else: elsewhere `mmp-legacy` subtracts free energy and "
        + "begins with what was believed of the step before when that was the newest, carried forward.",
      test: "are their formulas, whatever is seen or missing, under every preset"),
    .init(
      "D15",
      "With a window of one step pymdp 0.0.7.1 reads the first actions of the episode as those of every policy; its "
        + "novelty of B ends in an IndexError, as does C with no more columns than a policy has actions.",
      here:
        "Not copied: the fixtures have the agent forget what it did where its window is one step, "
        + "no counts of B, and a column of C for the time just observed.",
      test: pymdp007),
  ]
}
