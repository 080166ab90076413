/// Faults found while something is read, kept so that all of them are reported at once.
///
/// Of more than 1,000 only the first are kept, and the rest counted.
package final class FaultList {
  private static let longest = 1000
  private var kept: [Fault] = []
  private var more = 0

  /// The faults, in the order of the input.
  package var faults: [Fault] {
    more == 0 ? kept : kept + [Fault("", "and \(more) more faults")]
  }

  /// A list without faults.
  package init() {}

  /// Whether there is none.
  package var isEmpty: Bool { kept.isEmpty }

  /// Adds a fault, worded only where it is kept.
  package func add(
    _ place: @autoclosure () -> String, _ problem: @autoclosure () -> String,
    remedy: @autoclosure () -> String = ""
  ) {
    if kept.count < FaultList.longest {
      kept.append(Fault(place(), problem(), remedy: remedy()))
    } else {
      more += 1
    }
  }

  /// Adds faults.
  package func add(_ faults: [Fault]) {
    let taken = faults.prefix(max(0, FaultList.longest - kept.count))
    kept += taken
    more += faults.count - taken.count
  }

  /// Throws the faults where there are any.
  package func check(source: String) throws(InvalidInput) {
    if !kept.isEmpty { throw InvalidInput(source: source, faults) }
  }
}

/// Reads the members of one object, collecting faults instead of stopping at the first.
///
/// A member that is missing, `null` or of the wrong type is nil; the last is a fault, and so is the
/// first where the member is required.
///
/// ```swift
/// let faults = FaultList()
/// let planning = ObjectReader(value, at: "planning", keys: ["horizon", "gamma"], faults)
/// let gamma = planning.double("gamma", in: 0...(.greatestFiniteMagnitude)) ?? 16
/// try faults.check(source: "agent.yaml")
/// ```
package struct ObjectReader {
  /// Where the object is, in the words of the file; empty for the document itself.
  package let place: String
  /// Where faults go.
  package let faults: FaultList
  /// Whether there is an object to read.
  package let isObject: Bool
  private let members: [DocumentValue.Member]

  /// A reader of an object whose members have one of these keys.
  ///
  /// Any other key is a fault that names the nearest of them.
  package init(
    _ value: DocumentValue, at place: String = "", keys: [String], _ faults: FaultList
  ) {
    self.place = place
    self.faults = faults
    guard case .object(let members) = value else {
      (self.members, isObject) = ([], false)
      faults.add(place, "expected an object, found \(value.shownInMessages)")
      return
    }
    (self.members, isObject) = (members, true)
    var run = FaultRun()
    for member in members where !keys.contains(member.key) {
      run.add(
        Fault(
          place, "unknown key '\(member.key)'",
          remedy: suggestion(for: member.key, among: keys, kind: "key")))
    }
    faults.add(run.summary(place, one: "unknown key", many: "unknown keys"))
  }

  /// The place of a member: `planning.gamma`.
  package func place(of key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }

  /// Whether there is such a member, `null` included.
  package func has(_ key: String) -> Bool { members.contains { $0.key == key } }

  /// A member as it stands; nil where it is missing or `null`.
  package func value(_ key: String, required: Bool = false) -> DocumentValue? {
    guard let member = members.first(where: { $0.key == key }) else {
      if required && isObject { faults.add(place, "key '\(key)' is missing") }
      return nil
    }
    if case .null = member.value {
      if required { faults.add(place(of: key), "is null", remedy: "give it a value") }
      return nil
    }
    return member.value
  }

  /// Checks the member `format` against the one that is read.
  package func checkFormat(_ format: String) {
    guard let found = string("format", required: true), found != format else { return }
    faults.add(place(of: "format"), "'\(found)' is not known", remedy: "this build reads \(format)")
  }

  /// Adds a fault about a member that has the wrong type.
  private func expected(_ what: String, _ key: String, _ found: DocumentValue) {
    faults.add(place(of: key), "expected \(what), found \(found.shownInMessages)")
  }
}

// MARK: - Typed members

extension ObjectReader {
  /// A member that is text.
  package func string(_ key: String, required: Bool = false) -> String? {
    guard let value = value(key, required: required) else { return nil }
    if case .string(let text) = value { return text }
    expected("text", key, value)
    return nil
  }

  /// A member that is `true` or `false`.
  package func boolean(_ key: String, required: Bool = false) -> Bool? {
    guard let value = value(key, required: required) else { return nil }
    if case .boolean(let value) = value { return value }
    expected("true or false", key, value)
    return nil
  }

  /// A member that is a whole number.
  package func integer(
    _ key: String, in range: ClosedRange<Int> = Int.min...Int.max, required: Bool = false
  ) -> Int? {
    guard let value = value(key, required: required) else { return nil }
    guard let integer = value.wholeNumber else {
      expected("a whole number", key, value)
      return nil
    }
    if range.contains(integer) { return integer }
    let upper = range.upperBound == Int.max ? "or more" : "to \(range.upperBound)"
    faults.add(
      place(of: key), "is \(integer)",
      remedy: range.lowerBound == Int.min
        ? "at most \(range.upperBound)" : "\(range.lowerBound) \(upper)")
    return nil
  }

  /// A member that is a number.
  package func double(
    _ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity, required: Bool = false
  ) -> Double? {
    guard let value = value(key, required: required) else { return nil }
    guard let number = value.double else {
      expected("a number", key, value)
      return nil
    }
    if range.contains(number) { return number }
    let isOpen = range.upperBound >= Double.greatestFiniteMagnitude
    let upper = isOpen ? "or more" : "to \(range.upperBound)"
    faults.add(place(of: key), "is \(number)", remedy: "\(range.lowerBound) \(upper)")
    return nil
  }

  /// A member that is one of the names of an enumeration.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Choice.Type = Choice.self, required: Bool = false
  ) -> Choice? {
    guard let name = string(key, required: required) else { return nil }
    if let choice = Choice(rawValue: name) { return choice }
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    faults.add(place(of: key), "unknown value '\(name)'", remedy: "one of \(names)")
    return nil
  }

  /// A member that is a list of numbers.
  package func numbers(_ key: String, required: Bool = false) -> [Double]? {
    guard let value = value(key, required: required) else { return nil }
    if let numbers = value.doubles { return numbers }
    expected("a list of numbers", key, value)
    return nil
  }

  /// A member that is a list of whole numbers.
  package func integers(_ key: String, required: Bool = false) -> [Int]? {
    guard let value = value(key, required: required) else { return nil }
    if let integers = value.wholeNumbers { return integers }
    expected("a list of whole numbers", key, value)
    return nil
  }

  /// A member that is a list of texts.
  package func strings(_ key: String, required: Bool = false) -> [String]? {
    guard let values = list(key, required: required) else { return nil }
    var texts: [String] = []
    for (index, value) in values.enumerated() {
      guard case .string(let text) = value else {
        faults.add("\(place(of: key))[\(index)]", "expected text, found \(value.shownInMessages)")
        return nil
      }
      texts.append(text)
    }
    return texts
  }

  /// A member that is a list of anything.
  package func list(_ key: String, required: Bool = false) -> [DocumentValue]? {
    guard let value = value(key, required: required) else { return nil }
    if let items = value.items { return items }
    expected("a list", key, value)
    return nil
  }

  /// A member that is an object with these keys.
  package func object(_ key: String, keys: [String], required: Bool = false) -> ObjectReader? {
    guard let value = value(key, required: required) else { return nil }
    let reader = ObjectReader(value, at: place(of: key), keys: keys, faults)
    return reader.isObject ? reader : nil
  }

  /// A member that is a list of objects with these keys.
  ///
  /// Each is named by its member `name`, where that is text, else by its position: `A[reward]`.
  package func objects(
    _ key: String, keys: [String], name: String, required: Bool = false
  ) -> [ObjectReader] {
    (list(key, required: required) ?? []).enumerated().map { index, value in
      var label = "\(index)"
      if case .object(let members) = value,
        case .string(let text) = members.first(where: { $0.key == name })?.value
      {
        label = text
      }
      return ObjectReader(value, at: "\(place(of: key))[\(label)]", keys: keys, faults)
    }
  }
}
