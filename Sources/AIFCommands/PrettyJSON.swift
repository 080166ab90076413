import ActiveInference

extension DocumentValue {
  /// The value as JSON with a line for each member, ended.
  var prettyJSON: String { JSONWriter.text(self, isPretty: true) + "\n" }
}
