import Kernels

/// What stands in the table of one scope, side by side for each joint state of the scope.
struct PlanningScope: BitwiseCopyable {
  /// The joint states of the scope.
  let columns: Int
  /// Where its table begins.
  let table: Int
  /// The numbers a column: outcomes, utilities, ambiguity, novelty, and zeros up to a multiple of 4.
  let width: Int
  /// The first of its results among those of all scopes; outcomes come first.
  let result: Int
  /// How many of them are outcomes, of all its modalities; 0 where outcomes are not needed.
  let outcomes: Int
  /// Where in a column the utility of the first planning step is, the ambiguity and, where the
  /// likelihoods are explored, the novelty.
  var utility: Int { outcomes }
  let ambiguity: Int
  var novelty: Int { ambiguity + 1 }
}
