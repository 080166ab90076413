/// What tests hold that compare no numbers with an oracle: the same agent run another way, kernels,
/// and closed forms.
package struct StandingCheck: Sendable {
  package let what: String
  /// What it is compared with.
  package let judge: String
  /// The largest difference that is none.
  package let tolerance: String
  /// The name of the test.
  package let test: String

  private init(_ what: String, by judge: String, _ tolerance: String, _ test: String) {
    self.what = what
    self.judge = judge
    self.tolerance = tolerance
    self.test = test
  }

  package static let all: [StandingCheck] = [
    .init(
      "threads, chunks, lanes, remembered steps, merged beliefs, ended iterations, replays",
      by: "the same agents one by one, nothing saved", "the same bits",
      "whatever the threads, chunks, lanes and savings, in a batch or alone, streamed or not"),
    .init(
      "debug and release, processors and compilers", by: "a digest that is checked in",
      "the same bits",
      "in debug and release, on any processor, by any compiler, now and since it was checked in"),
    .init(
      "an episode on any number of threads, in any range of episodes", by: "the same on one thread",
      "the same bits", "an episode has the same bits on any number of threads and in any range"),
    .init(
      "saved and resumed", by: "the same agent, never saved", "the same bits",
      "goes on with the same bits where it was saved"),
    .init(
      "factors of 1,024 states and more", by: "the same tables written out", "1e-12",
      "is believed and planned with like its dense twin"),
    .init(
      "the same under pymdp's conventions", by: "the same tables written out", "1e-12",
      "is the same under pymdp's conventions, whatever becomes of impossible observations"),
    .init(
      "the same where it learns", by: "the same tables written out", "1e-12",
      "learns like its dense twin, and zero stays zero"),
    .init(
      "counts learned under every scheme, window and smoothing", by: "the number of data",
      "1e-11",
      "10 observations add 10 counts to a modality, 9 to a factor, any scheme, window and smoothing"
    ),
    .init(
      "active learning", by: "60 trials of SPM's spm_MDP_VB_XXX", "1e-9",
      "accepts of an update what SPM accepts, up to SPM's asymptote"),
    .init(
      "a belief about 2,000 places", by: "Bayes' rule on those that are possible", "1e-14",
      "is Bayes' rule on the places that are possible"),
    .init(
      "states, outcomes and actions numbered otherwise", by: "the same agent", "1e-12",
      "permute every result"),
    .init(
      "free energy under every scheme", by: "surprise, which it is never below", "1e-12",
      "free energy is never less than surprise, and equal to it under the exact filter"),
    .init(
      "free energy along coordinate ascent", by: "the sweep before", "never rises",
      "lowers free energy at every sweep"),
    .init(
      "frequencies of drawn policies", by: "posterior^alpha", "4 standard errors",
      "a policy is drawn with probability in proportion to posterior^alpha"),
    .init(
      "frequencies of drawn actions", by: "marginal^alpha", "4 standard errors",
      "controls are drawn independently, each by its marginal^alpha"),
    .init(
      "ties", by: "the lowest index", "exact",
      "the most probable is chosen, the lowest index where two are equal"),
    .init(
      "the random numbers", by: "the known answers of Random123", "the same bits",
      "Philox4x64-10 gives the known answers of Random123"),
    .init(
      "exp, log and digamma on processors of each generation", by: "one another",
      "the same bits", "element functions give the same bits in pieces of any length at any place"),
    .init(
      "products with a matrix on processors of each generation", by: "one another",
      "the same bits", "products with a matrix give the same bits in every shape"),
  ]
}
