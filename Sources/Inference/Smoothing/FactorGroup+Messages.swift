import GenerativeModel
import Kernels

extension FactorGroup {
  /// P(next joint state): each factor's next state after the other.
  ///
  /// - Parameters:
  ///   - actions: the joint action of each factor of the model.
  ///   - tables: takes what the steps make on the way.
  func predict(
    _ belief: UnsafePointer<Double>, _ actions: UnsafePointer<Int>,
    _ transitions: UnsafePointer<RunTable<Double>>, tables: UnsafeMutablePointer<Double>,
    into next: UnsafeMutablePointer<Double>
  ) {
    for index in 0..<steps.count {
      let step = steps.base[index]
      let isLast = index + 1 == steps.count
      let source = index == 0 ? belief : UnsafePointer(tables + offsets[index - 1])
      let target = isLast ? next : tables + offsets[index]
      let table = transitions[step.factor]
      let first = actions[step.factor] * compiled.factors.base[step.factor].columns
      for cell in 0..<step.targetCount { target[cell] = 0 }
      for cell in 0..<step.sourceCount where source[cell] != 0 {
        SingleArithmetic.add(
          source[cell], run: first + Int(step.column[cell]), of: table,
          to: target + step.target[cell])
      }
    }
  }

  /// sum_s' P(s' | s) message(s') for the joint states s that are possible: the steps of ``predict`` taken
  /// back.
  ///
  /// - Parameters:
  ///   - belief: the joint states; where one is zero, so is what is found there.
  ///   - tables: room for what the steps make on the way.
  func pullBack(
    _ message: UnsafePointer<Double>, to belief: UnsafePointer<Double>,
    _ actions: UnsafePointer<Int>, _ transitions: UnsafePointer<RunTable<Double>>,
    tables: UnsafeMutablePointer<Double>, into result: UnsafeMutablePointer<Double>
  ) {
    for index in (0..<steps.count).reversed() {
      let step = steps.base[index]
      let table = transitions[step.factor]
      let first = actions[step.factor] * compiled.factors.base[step.factor].columns
      let target = index + 1 == steps.count ? message : UnsafePointer(tables + offsets[index])
      let source = index == 0 ? result : tables + offsets[index - 1]
      for cell in 0..<step.sourceCount {
        source[cell] =
          index == 0 && belief[cell] == 0
          ? 0 : table.dot(run: first + Int(step.column[cell]), target + step.target[cell])
      }
    }
  }

  /// Adds the posterior of each factor's next state with what it depends on to its cells: what is passed
  /// forward to a cell times what is passed back to it.
  ///
  /// - Parameters:
  ///   - scale: what everything is multiplied by.
  ///   - forward: what ``predict`` left in its tables.
  ///   - backward: what ``pullBack`` left in its tables.
  ///   - counts: by factor of the model, a number for each cell of its transition; nil where it is not asked
  ///     for.
  func addPairs(
    _ belief: UnsafePointer<Double>, _ message: UnsafePointer<Double>, scale: Double,
    _ actions: UnsafePointer<Int>, _ transitions: UnsafePointer<RunTable<Double>>,
    forward: UnsafePointer<Double>, backward: UnsafePointer<Double>,
    to counts: UnsafePointer<UnsafeMutablePointer<Double>?>
  ) {
    for index in 0..<steps.count {
      let step = steps.base[index]
      guard let counts = counts[step.factor] else { continue }
      let table = transitions[step.factor]
      let first = actions[step.factor] * compiled.factors.base[step.factor].columns
      let source = index == 0 ? belief : forward + offsets[index - 1]
      let target = index + 1 == steps.count ? message : backward + offsets[index]
      for cell in 0..<step.sourceCount where source[cell] != 0 {
        let weight = scale * source[cell]
        let run = first + Int(step.column[cell])
        let next = target + step.target[cell]
        if let places = table.places {
          for entry in table.cells(of: run) {
            counts[entry] += weight * (table.cells[entry] * next[Int(places[entry])])
          }
        } else {
          let start = run * table.length
          for place in 0..<table.length {
            counts[start + place] += weight * (table.cells[start + place] * next[place])
          }
        }
      }
    }
  }
}
