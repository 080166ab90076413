import ActiveInference

/// Gathers what is wrong with several inputs, so that all of it is said at once.
struct FaultGatherer {
  private var messages: [String] = []

  /// What `read` makes; nil, and its message is kept, where the input is at fault.
  @discardableResult
  mutating func gather<Value>(_ read: () throws -> Value) -> Value? {
    do {
      return try read()
    } catch let faults as InvalidInput {
      messages.append(faults.description)
    } catch CommandFailure.input(let message) {
      messages.append(message)
    } catch {
      messages.append("\(error)")
    }
    return nil
  }

  /// - Throws: ``CommandFailure/input(_:)`` with every message, if there is any.
  func check() throws {
    if !messages.isEmpty { throw CommandFailure.input(messages.joined(separator: "\n")) }
  }
}
