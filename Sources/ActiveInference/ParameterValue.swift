/// A value of an environment's parameter.
public enum ParameterValue: Hashable, Sendable {
  /// True or false.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A number.
  case number(Double)
  /// Text.
  case text(String)
  /// Several values.
  case list([ParameterValue])
  /// Not set: the environment chooses.
  case none
}
