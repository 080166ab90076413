/// What may be said at one path of a document: `planning.novelty`.
package struct DocumentSetting: Hashable, Sendable {
  /// The keys from the outside in, joined by dots.
  package var path: String
  /// The values that this build takes, where they can be listed.
  package var values: [String] = []
  /// Values that the format has and this build has not.
  package var valuesElsewhere: [String] = []
  /// Whether this build can do anything with it.
  package var isInBuild = true
}

/// One key of a document and the setting it stands for: how it is read, checked and written.
///
/// A list of these is all there is to know of a section's keys, so that reading, writing, `--set`
/// and the suggestion for a misspelt key cannot disagree.
struct DocumentKey<Settings>: Sendable {
  /// Takes a value over into the settings; where it has a fault they stay as they are.
  typealias Read =
    @Sendable (_ value: DocumentValue, _ place: String, inout Settings, FaultList) -> Void
  /// The value in a complete document; nil where the document leaves the key out.
  typealias Write = @Sendable (Settings) -> DocumentValue?
  /// The part of the settings that a key stands for.
  typealias Path<Value> = any WritableKeyPath<Settings, Value> & Sendable

  /// The key.
  let name: String
  /// The setting, followed by those of the keys of its value where that is an object.
  let settings: [DocumentSetting]
  let read: Read
  let write: Write

  init(
    _ name: String, values: [String] = [], elsewhere: [String] = [], isInBuild: Bool = true,
    inner: [DocumentSetting] = [], read: @escaping Read, write: @escaping Write
  ) {
    self.name = name
    settings =
      [
        DocumentSetting(
          path: name, values: values, valuesElsewhere: elsewhere, isInBuild: isInBuild)
      ]
      + inner.map { setting in
        var setting = setting
        setting.path = "\(name).\(setting.path)"
        return setting
      }
    self.read = read
    self.write = write
  }

  /// Another key in all but what a document says of it.
  init(_ other: DocumentKey, write: @escaping Write) {
    name = other.name
    settings = other.settings
    read = other.read
    self.write = write
  }

  /// A key whose value `parse` understands; nil, and a fault, where it does not.
  init<Value>(
    _ name: String, _ path: Path<Value>, values: [String] = [], elsewhere: [String] = [],
    parse: @escaping @Sendable (DocumentValue, _ place: String, FaultList) -> Value?,
    write: @escaping @Sendable (Value) -> DocumentValue?
  ) {
    self.init(name, values: values, elsewhere: elsewhere) { value, place, settings, faults in
      if let parsed = parse(value, place, faults) { settings[keyPath: path] = parsed }
    } write: { settings in
      write(settings[keyPath: path])
    }
  }
}

// MARK: - Values

extension DocumentKey {
  /// A finite number in a range that `range` words: `0 or more`.
  static func number(
    _ name: String, _ path: Path<Double>, _ range: String,
    where isValid: @escaping @Sendable (Double) -> Bool
  ) -> DocumentKey {
    DocumentKey(name, path) { value, place, faults in
      guard let number = value.double else {
        faults.expected("a number", place, value)
        return nil
      }
      if number.isFinite && isValid(number) { return number }
      faults.add(place, "is \(number)", remedy: "give a finite number, \(range)")
      return nil
    } write: {
      .number($0)
    }
  }

  /// A whole number from 1 to a most.
  static func count(_ name: String, _ path: Path<Int>, upTo most: Int) -> DocumentKey {
    DocumentKey(name, path) { value, place, faults in
      count(value, place, "a whole number", most, faults)
    } write: {
      .integer($0)
    }
  }

  /// A whole number from 1 to a most, or null.
  static func count(_ name: String, _ path: Path<Int?>, upTo most: Int) -> DocumentKey {
    DocumentKey(name, path) { value, place, faults -> Int?? in
      if value == .null { return .some(nil) }
      return count(value, place, "a whole number or null", most, faults)
    } write: {
      $0.map { .integer($0) } ?? .null
    }
  }

  private static func count(
    _ value: DocumentValue, _ place: String, _ expected: String, _ most: Int, _ faults: FaultList
  ) -> Int? {
    guard let count = value.wholeNumber else {
      faults.expected(expected, place, value)
      return nil
    }
    if 1...most ~= count { return count }
    faults.add(
      place, "is \(count)", remedy: count < 1 ? "give 1 or more" : "give at most \(most)")
    return nil
  }

  /// True or false.
  static func flag(_ name: String, _ path: Path<Bool>) -> DocumentKey {
    DocumentKey(name, path, values: ["true", "false"]) { value, place, faults in
      if case .boolean(let flag) = value { return flag }
      faults.expected("true or false", place, value)
      return nil
    } write: {
      .boolean($0)
    }
  }

  /// One of the names of a type's cases.
  ///
  /// - Parameter elsewhere: names that the format has and this build has not.
  static func choice<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
    _ name: String, _ path: Path<Choice>, elsewhere: [String] = []
  ) -> DocumentKey {
    DocumentKey(
      name, path, values: Choice.allCases.map(\.rawValue), elsewhere: elsewhere
    ) { value, place, faults in
      value.choice(place, elsewhere: elsewhere, faults)
    } write: {
      .string($0.rawValue)
    }
  }

  /// Names, each once; nil, and then no key, stands for all there are.
  static func names(_ name: String, _ path: Path<[String]?>) -> DocumentKey {
    DocumentKey(name, path) { value, place, faults -> [String]?? in
      value.names(place, faults)
    } write: {
      $0.map { .array($0.map { .string($0) }) }
    }
  }

  /// A key that the format has and that could have no effect in this build: its default alone is
  /// taken, so that nothing is accepted and then ignored.
  static func notInBuild(_ name: String, only: DocumentValue, _ reason: String) -> DocumentKey {
    DocumentKey(name, isInBuild: false) { value, place, _, faults in
      let isDefault = value.double.map { $0 == only.double } ?? (value == only)
      if isDefault { return }
      faults.add(
        place, "\(value.shownInMessages) is not in this build: \(reason)", remedy: "leave it out")
    } write: { _ in
      nil
    }
  }
}

// MARK: - Sections

extension DocumentKey {
  /// A key whose value is an object with keys of its own.
  static func section<Part>(
    _ name: String, _ path: Path<Part>, _ keys: [DocumentKey<Part>]
  ) -> DocumentKey {
    DocumentKey(name, inner: keys.settings()) { value, place, settings, faults in
      keys.read(value, place, &settings[keyPath: path], faults)
    } write: { settings in
      keys.write(settings[keyPath: path])
    }
  }

  /// A section that may be null, which is to have none of it; its keys begin as `initial` has them.
  ///
  /// - Parameter writesNull: whether a complete document says so where there is none.
  static func optional<Part: Sendable>(
    _ name: String, _ path: Path<Part?>, initial: Part, writesNull: Bool,
    _ keys: [DocumentKey<Part>]
  ) -> DocumentKey {
    DocumentKey(name, inner: keys.settings()) { value, place, settings, faults in
      if value == .null {
        settings[keyPath: path] = nil
      } else {
        var part = settings[keyPath: path] ?? initial
        keys.read(value, place, &part, faults)
        settings[keyPath: path] = part
      }
    } write: { settings in
      settings[keyPath: path].map { keys.write($0) } ?? (writesNull ? .null : nil)
    }
  }
}

extension Array {
  /// Takes an object over, key by key in its order; what it does not say stays as it is.
  func read<Settings>(
    _ value: DocumentValue, _ place: String, _ settings: inout Settings, _ faults: FaultList
  ) where Element == DocumentKey<Settings> {
    guard case .object(let members) = value else {
      faults.expected("an object", place, value)
      return
    }
    for member in members {
      if let key = first(where: { $0.name == member.key }) {
        let inside = place.isEmpty ? member.key : "\(place).\(member.key)"
        key.read(member.value, inside, &settings, faults)
      } else {
        faults.add(
          place, "unknown key '\(member.key)'",
          remedy: suggestion(for: member.key, among: map(\.name), kind: "key"))
      }
    }
  }

  /// Every key with its value, in the order of the list.
  func write<Settings>(_ settings: Settings) -> DocumentValue
  where Element == DocumentKey<Settings> {
    .object(compactMap { key in key.write(settings).map { .init(key.name, $0) } })
  }

  /// The settings of all keys, each followed by those of the keys inside it.
  func settings<Settings>() -> [DocumentSetting] where Element == DocumentKey<Settings> {
    flatMap(\.settings)
  }
}

// MARK: - Words

extension FaultList {
  /// Adds a fault about a value of the wrong kind.
  func expected(_ what: String, _ place: String, _ found: DocumentValue) {
    add(place, "expected \(what), found \(found.shownInMessages)")
  }
}

extension DocumentValue {
  /// The case that a text names; a fault where it names none.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ place: String, elsewhere: [String], _ faults: FaultList
  ) -> Choice? {
    guard case .string(let name) = self else {
      faults.expected("text", place, self)
      return nil
    }
    if let choice = Choice(rawValue: name) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    if elsewhere.contains(name) {
      faults.add(
        place, "'\(name)' is not in this build", remedy: "it has \(known.joined(separator: ", "))")
    } else {
      faults.add(
        place, "unknown value '\(name)'", remedy: suggestion(for: name, among: known, kind: "value")
      )
    }
    return nil
  }

  /// A list of texts, each there once; a fault where it is not.
  func names(_ place: String, _ faults: FaultList) -> [String]? {
    guard let items else {
      faults.expected("a list of names", place, self)
      return nil
    }
    var names: [String] = []
    var known: Set<String> = []
    var isWhole = true
    for (index, item) in items.enumerated() {
      guard case .string(let name) = item else {
        faults.expected("a name", "\(place)[\(index)]", item)
        isWhole = false
        continue
      }
      if !known.insert(name).inserted {
        faults.add(place, "'\(name)' is there twice", remedy: "name it once")
        isWhole = false
      }
      names.append(name)
    }
    return isWhole ? names : nil
  }
}
