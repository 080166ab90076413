import Yams

/// Reads YAML: one document, scalars after the core schema of YAML 1.2, no custom tags.
///
/// Quoted text is always text; `yes`, `no`, `on` and `off` are text too. A key given twice is
/// refused, and so are aliases that would expand without bound.
package struct YAMLReader {
  private let source: String
  /// How many more values may be made; aliases can make many from few bytes.
  private var remaining: Int
  private var depth = 0

  /// The most values that aliases may expand to beyond the number of bytes.
  private static let largestExpansion = 1 << 20

  /// The value that a text says.
  ///
  /// - Throws: ``InvalidInput`` with the first place at which the text is not such YAML.
  package static func read(_ text: String, source: String) throws(InvalidInput) -> DocumentValue {
    guard isBounded(text) else {
      let fault = Fault("", "its aliases could expand without bound", remedy: "write them out")
      throw InvalidInput(source: source, [fault])
    }
    let root: Node?
    do {
      // The basic resolver takes keys as text, so that 1 and "1" are the same key.
      root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch {
      throw InvalidInput(source: source, [YAMLReader.fault(error)])
    }
    guard let root else { throw InvalidInput(source: source, [Fault("", "is empty")]) }
    var reader = YAMLReader(source: source, remaining: text.utf8.count + largestExpansion)
    return try reader.value(root)
  }

  /// Whether aliases can multiply the text by no more than a large number, however they are nested.
  ///
  /// Asked before the text is parsed, for the parser compares keys, and a key may be an alias.
  private static func isBounded(_ text: String) -> Bool {
    var anchors = 0.0
    var aliases = 0.0
    var last = UInt8(ascii: " ")
    for byte in text.utf8 {
      // An anchor or alias follows one of these; counting too many does no harm.
      let isStart = last <= 0x20 || "[]{},:-?".utf8.contains(last)
      if isStart && byte == UInt8(ascii: "&") { anchors += 1 }
      if isStart && byte == UInt8(ascii: "*") { aliases += 1 }
      last = byte
    }
    guard anchors > 0 && aliases > 0 else { return true }
    // With n anchors, each holding a/n aliases of the one before, the last is (a/n)^n values.
    let base = aliases / anchors + 1
    var expansion = 1.0
    for _ in 0..<Int(min(anchors, 64)) { expansion *= base }
    return expansion <= Double(largestExpansion)
  }

  private mutating func value(_ node: Node) throws(InvalidInput) -> DocumentValue {
    remaining -= 1
    guard remaining >= 0 else { throw fault(node, "aliases expand to too many values") }
    switch node {
    case .scalar(let scalar): return try value(scalar, node)
    case .sequence(let sequence):
      try checkTag(sequence.tag, .seq, node)
      return try nested(node) { reader throws(InvalidInput) in try reader.array(sequence) }
    case .mapping(let mapping):
      try checkTag(mapping.tag, .map, node)
      return try nested(node) { reader throws(InvalidInput) in try reader.object(mapping) }
    case .alias: throw fault(node, "unknown alias")
    }
  }

  private mutating func nested(
    _ node: Node, _ read: (inout YAMLReader) throws(InvalidInput) -> DocumentValue
  ) throws(InvalidInput) -> DocumentValue {
    guard depth < JSONReader.deepest else {
      throw fault(node, "is nested deeper than \(JSONReader.deepest) levels")
    }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  private mutating func array(_ sequence: Node.Sequence) throws(InvalidInput) -> DocumentValue {
    var values: [DocumentValue] = []
    values.reserveCapacity(sequence.count)
    for node in sequence { values.append(try value(node)) }
    return DocumentValue.list(values)
  }

  private mutating func object(_ mapping: Node.Mapping) throws(InvalidInput) -> DocumentValue {
    var members: [DocumentValue.Member] = []
    for (key, content) in mapping {
      guard let name = key.scalar?.string else { throw fault(key, "a key is text") }
      members.append(.init(name, try value(content)))
    }
    return .object(members)
  }

  private func value(_ scalar: Node.Scalar, _ node: Node) throws(InvalidInput) -> DocumentValue {
    let isText = scalar.tag.description == Tag.Name.str.rawValue
    if isText { return .string(scalar.string) }
    try checkTag(scalar.tag, .implicit, node)
    if scalar.style != .plain { return .string(scalar.string) }
    do {
      return try coreSchemaValue(scalar.string)
    } catch {
      throw fault(node, error.problem)
    }
  }

  private func checkTag(_ tag: Tag, _ expected: Tag.Name, _ node: Node) throws(InvalidInput) {
    let name = tag.description
    guard name == Tag.Name.implicit.rawValue || name == expected.rawValue else {
      throw fault(node, "the tag \(name) is not known")
    }
  }

  private func fault(_ node: Node, _ problem: String) -> InvalidInput {
    let place = node.mark.map { "line \($0.line), column \($0.column)" } ?? ""
    return InvalidInput(source: source, [Fault(place, problem)])
  }
}

extension YAMLReader {
  /// What the parser says, with its place.
  private static func fault(_ error: any Error) -> Fault {
    func place(_ mark: Mark) -> String { "line \(mark.line), column \(mark.column)" }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return Fault(place(mark), (context.map { $0.text + ", " } ?? "") + problem)
    case .duplicatedKeysInMapping(let keys, let context):
      return Fault(place(context.mark), "key '\(keys.first ?? "")' is there twice")
    case .reader(let problem, let offset, _, let text):
      // Characters before the one that cannot be read.
      let before = text.unicodeScalars.prefix(offset ?? 0)
      let line = before.count { $0 == "\n" } + 1
      let column = before.reversed().prefix { $0 != "\n" }.count + 1
      return Fault("line \(line), column \(column)", problem)
    default:
      return Fault("", "cannot be read as YAML (\(error))")
    }
  }
}
