/// The name among `known` that `name` is most likely a misspelling of; nil where none is known.
///
/// The fewest insertions, deletions, replacements and exchanges of neighbours win, the first of
/// several. Only the first 64 characters are compared, and only the first 1,000 names, so that the cost is
/// bounded.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
  var best: (name: String, distance: Int)?
  for candidate in known.prefix(1000) {
    let distance = editDistance(name, candidate)
    if distance < best?.distance ?? Int.max { best = (candidate, distance) }
  }
  return best?.name
}

/// What to say about an unknown name: the nearest known one, and all of them where they are few.
package func suggestion(for name: String, among known: [String], kind: String) -> String {
  guard let nearest = nearestName(to: name, among: known) else { return "there is no \(kind)" }
  let isClose = editDistance(name, nearest) <= max(2, name.prefix(64).count / 3)
  if isClose { return "did you mean '\(nearest)'?" }
  return "the nearest known \(kind) is '\(nearest)'"
}

private func editDistance(_ a: String, _ b: String) -> Int {
  let a = Array(a.prefix(64).lowercased())
  let b = Array(b.prefix(64).lowercased())
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      row.append(distance)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
