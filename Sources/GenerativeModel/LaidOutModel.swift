import Kernels
import Synchronization

/// A model laid out for stepping: its structure and its numbers.
///
/// Environments and agents that hold copies of one model value share one layout.
public final class LaidOutModel: Sendable {
  /// The structure.
  public let compiled: CompiledModel
  /// The numbers; agents that learn copy them.
  public let tables: ModelTables<Double>

  init(_ model: GenerativeModel, holdsZeros: Bool) throws(InvalidInput) {
    compiled = try CompiledModel(model, holdsZeros: holdsZeros)
    tables = ModelTables(compiled)
  }
}

extension GenerativeModel {
  /// The model laid out: made when it is first asked for, and again after everybody has let go of it.
  ///
  /// - Throws: ``InvalidInput`` where a table is too large.
  public func laidOut() throws(InvalidInput) -> LaidOutModel {
    if let known = layout.model { return known }
    return try laidOut(holdingZeros: false)
  }

  /// The model laid out anew, for everybody who asks as long as it is held.
  ///
  /// - Parameter holdingZeros: whether every table is held whole; for tests, which compare both forms.
  package func laidOut(holdingZeros: Bool) throws(InvalidInput) -> LaidOutModel {
    let made = try LaidOutModel(self, holdsZeros: holdingZeros)
    layout.model = made
    return made
  }
}

/// Remembers a layout as long as somebody holds it. Models are equal whether they have been laid out or
/// not.
final class LayoutMemo: Hashable, Sendable {
  private struct Reference: Sendable {
    weak var model: LaidOutModel?
  }

  private let reference = Mutex(Reference())

  var model: LaidOutModel? {
    get { reference.withLock { $0.model } }
    set { reference.withLock { $0.model = newValue } }
  }

  static func == (a: LayoutMemo, b: LayoutMemo) -> Bool { true }

  func hash(into hasher: inout Hasher) {}
}
