import ActiveInference
import EngineTestSupport
import Foundation
import Testing

/// The same trace, byte for byte, however an agent is run.
///
/// **Where results are meant to move**, mark the change **Moves results** in CHANGELOG.md, and put what
/// `./test` printed in place of what is checked in:
///
///     grep -a '^same bits: ' .build/test-logs/release-tests.log | sed 's/^same bits: //' \
///       > Tests/ActiveInferenceTests/SameBits/same-bits.txt
///
/// Where nothing was meant to move, the names of the cells that have moved say where to look.
@Suite("Same bits") struct SameBitsTests {
  /// Threads, chunks and savings in other company in each cell.
  private static func batches(_ turn: Int) -> [SameBitsBatch] {
    let savings: [Savings] = [
      [], .rememberedSteps, .lanes, .mergedBeliefs, .endedIterations, .all,
      .all.subtracting(.rememberedSteps),
    ]
    let threads = [1, 2, 3]
    let chunks = [nil, 3, 64, 1, 5]
    return savings.enumerated().map { place, savings in
      .init(
        savings: savings, threads: threads[(place + turn) % 3],
        chunk: chunks[(2 * place + turn) % 5], isStreamed: (place + turn) % 2 == 0)
    }
  }

  @Test(
    "whatever the threads, chunks, lanes and savings, in a batch or alone, streamed or not",
    arguments: SameBitsMatrix.entries.enumerated().map { ($0.offset, $0.element) })
  func ways(turn: Int, entry: SameBitsMatrix.Entry) throws {
    let cell = try entry.cell()
    try cross(cell, cell.world, turn)
  }

  private func cross<World: Environment>(_ cell: SameBitsCell, _ world: World, _ turn: Int) throws {
    let ways = SameBitsWays(cell, world)
    let (alone, episodes) = try ways.alone()
    #expect(alone.count == Int(cell.episodes))
    let last = cell.episodes - 1
    var runs: [(name: String, expected: [[UInt8]], lines: () throws -> [[UInt8]])] = [
      (
        "an episode of a batch by itself", Array(alone.suffix(1)),
        { try ways.batch(.init(savings: .all, threads: 2, chunk: nil), last..<last + 1) }
      ),
      ("by hand, backwards", alone, { try ways.byHand(.all) }),
      ("saved and resumed", alone, { try ways.resumed(turn % 2 == 0 ? .all : []) }),
      ("replayed", alone, { try ways.replayed(.all, episodes) }),
      ("with every sweep recorded", alone, { try ways.sweepBySweep(.all) }),
    ]
    for batch in SameBitsTests.batches(turn) {
      runs.append(("\(batch)", alone, { try ways.batch(batch) }))
    }
    for (number, run) in runs.enumerated() where SameBitsTests.isRun(number, turn) {
      do {
        let difference = firstDifference(try run.lines(), run.expected)
        #expect(difference == nil, "\(cell.name); \(run.name); \(difference ?? "")")
      } catch {
        Issue.record("\(cell.name); \(run.name); \(error)")
      }
    }
  }

  /// All ways in a release build; one in a debug build, which takes fifty times as long, another from cell to
  /// cell.
  private static func isRun(_ number: Int, _ turn: Int) -> Bool {
    #if DEBUG
      (number + turn) % 12 == 0
    #else
      true
    #endif
  }

  // MARK: - What the matrix has

  @Test("of every preset, algorithm, planner, information gain and whatever else there is")
  func coverage() throws {
    let cells = try SameBitsMatrix.entries.map { try $0.cell() }
    #expect(Set(cells.map(\.name)).count == cells.count)
    let all = cells.map(\.configuration)
    func expectEvery<Case: CaseIterable & Hashable>(_ value: (AgentConfiguration) -> Case) {
      let missing = Case.allCases.filter { wanted in !all.contains { value($0) == wanted } }
      #expect(missing.isEmpty, "\(Case.self) without a cell")
    }
    expectEvery(\.preset)
    expectEvery(\.inference.algorithm)
    expectEvery(\.inference.impossible)
    expectEvery(\.planning.method)
    expectEvery(\.planning.informationGain)
    expectEvery(\.planning.novelty)
    expectEvery(\.action.selection)
    expectEvery(\.action.mode)
    for method in PlanningSettings.Method.allCases {
      for algorithm in InferenceSettings.Algorithm.allCases {
        for gain in PlanningSettings.InformationGain.allCases {
          // By policy there are only policies to go through.
          if algorithm.isByPolicy && method != .enumerate { continue }
          #expect(
            all.contains {
              $0.planning.method == method && $0.inference.algorithm == algorithm
                && $0.planning.informationGain == gain
            }, "\(method), \(algorithm) and \(gain) together have no cell")
        }
      }
    }
    for learned in [
      all.contains { $0.learning.likelihood != nil },
      all.contains { $0.learning.transition != nil },
      all.contains { $0.learning.preference != nil },
      all.contains { $0.learning.initialState != nil }, all.contains { $0.learning.habit != nil },
      all.contains { ($0.learning.likelihood?.forgetting ?? 0) > 0 },
      all.contains { $0.learning.likelihood?.asymptote != nil },
      all.contains { $0.learning.likelihood?.activeLearningPrecision != nil },
      all.contains { $0.learning.smoothing },
      all.contains { $0.inference.smoothing != nil },
      all.contains { $0.inference.smoothing != nil && $0.inference.horizon != nil },
      all.contains { $0.planning.parameterInformationGain },
      all.contains { $0.planning.inductive != nil },
    ] { #expect(learned) }
    for (part, count) in [("\"impossible\":", 2), ("null", 4)] {
      let met = try cells.filter { $0.name.hasPrefix("T-maze ") }.filter { cell in
        try SameBitsTests.reference(cell, cell.world).contains {
          String(decoding: $0, as: UTF8.self).contains(part)
        }
      }
      #expect(met.count >= count, "\(part) in \(met.count) cells")
    }
    // In the others agents step one by one, whatever may be saved.
    let lanes = try cells.map { cell in
      let blueprint = try CompiledAgent(cell.model, cell.configuration, savings: .lanes)
      return try ActiveInferenceAgent(blueprint).laneCount
    }
    #expect(lanes.filter { $0 == 32 }.count >= 40)
    #expect(lanes.filter { $0 == 8 }.count >= 15)
  }

  // MARK: - One digest

  /// A line a cell and one for all of them; those that may be left to OpenBLAS by themselves, because
  /// theirs are another on another type of processor.
  private static func digests() throws -> (anywhere: [String], here: [String]) {
    var lines: (anywhere: [String], here: [String]) = ([], [])
    var whole = (anywhere: Digest(), here: Digest())
    for entry in SameBitsMatrix.entries {
      let cell = try entry.cell()
      var digest = Digest()
      for line in try reference(cell, cell.world) { digest.add(line) }
      let line = "\(digest) \(cell.name)"
      if try cell.mayUseOpenBLAS {
        lines.here.append(line)
        whole.here.add(Array(line.utf8))
      } else {
        lines.anywhere.append(line)
        whole.anywhere.add(Array(line.utf8))
      }
    }
    for cell in SameBitsLevels.all {
      var digest = Digest()
      for line in try cell.alone().lines { digest.add(line) }
      lines.anywhere.append("\(digest) \(cell.name)")
      whole.anywhere.add(Array("\(digest) \(cell.name)".utf8))
    }
    lines.anywhere.append("\(whole.anywhere) everything")
    lines.here.append("\(whole.here) everything that OpenBLAS has a part in")
    return lines
  }

  private static func reference<World: Environment>(
    _ cell: SameBitsCell, _ world: World
  ) throws -> [[UInt8]] {
    try SameBitsWays(cell, world).alone().lines
  }

  @Test("in debug and release, on any processor, by any compiler, now and since it was checked in")
  func digest() throws {
    let (anywhere, here) = try SameBitsTests.digests()
    // One write, so that nothing comes between the lines; `./test` compares them with those of release.
    let printed =
      anywhere.map { "same bits: \($0)\n" } + here.map { "same bits on this processor: \($0)\n" }
    FileHandle.standardOutput.write(Data(("\n" + printed.joined()).utf8))
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "same-bits.txt")
    let expected = try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n").map(String.init)
    #expect(anywhere.last == expected.last)
    let moved = Set(anywhere).subtracting(expected).sorted()
    let gone = Set(expected).subtracting(anywhere).sorted()
    #expect(moved == [], "is not checked in")
    #expect(gone == [], "is checked in")
    #expect(!here.isEmpty)
  }
}
