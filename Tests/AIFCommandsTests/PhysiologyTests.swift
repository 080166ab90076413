import Foundation
import Testing

@Suite("aif physiology")
struct PhysiologyTests {
  @Test("tells every series bin by bin, from a trace that has every sweep")
  func series() throws {
    let folder = try Folder()
    let trace = folder.file("episode.jsonl")
    let recorded = try run(
      "simulate", "tmaze", "--set", "agent.preset=spm", "--set", "agent.planning.horizon=2",
      "--set", "agent.inference.iterations=4", "--steps", "3", "--record", "iterates",
      "--output", trace)
    #expect(recorded.code == 0, "\(recorded.err)")
    let rows = try run("physiology", trace).lines.filter { !$0.isEmpty }
    #expect(rows.first == "episode,series,factor,state,time,bin,value")
    // Three steps of four sweeps; of precision sixteen updates a step.
    #expect(
      rows.filter { $0.hasPrefix("0,firingRate,context,") && $0.contains(",0,11,") }.count == 2)
    #expect(rows.filter { $0.hasPrefix("0,dopamine,") }.count == 48)
    let text = try run("physiology", trace, "--format", "json").out
    let episodes = try #require(try json(text) as? [[String: Any]])
    #expect(episodes.count == 1)
    #expect((episodes[0]["precision"] as? [Double])?.count == 48)
  }

  @Test("says what a trace lacks, and ends with 2")
  func lacking() throws {
    let folder = try Folder()
    let trace = folder.file("episode.jsonl")
    #expect(try run("simulate", "tmaze", "--output", trace).code == 0)
    let outcome = try run("physiology", trace)
    #expect(outcome.code == 2)
    #expect(outcome.err.contains("use inference.algorithm mmp-spm, and record level iterates"))
    #expect(try run("physiology", trace, "--format", "table").code == 2)
  }
}
