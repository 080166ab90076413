import ActiveInference
import Foundation

/// Everything that was measured, as `results/latest.json` has it.
struct Report: Codable {
  /// Where it was measured.
  struct Machine: Codable {
    var processor = "an unknown processor"
    let cores: Int
    let build: String
    /// How many cores other programs kept busy, before and after; nil where it is not known.
    var busyBefore: Double?
    var busyAfter: Double?

    /// This machine.
    static var current: Machine {
      var machine = Machine(
        cores: ProcessInfo.processInfo.activeProcessorCount, build: Build.version)
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      for line in text.split(separator: "\n") where line.hasPrefix("model name") {
        machine.processor = line.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces)
      }
      machine.busyBefore = busyCores()
      return machine
    }

    /// How many cores are busy during a second in which this process waits.
    static func busyCores() -> Double? {
      /// Ticks of all cores together, and those in which nothing was done.
      func ticks() -> (all: Double, idle: Double)? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
          let line = text.split(separator: "\n").first
        else { return nil }
        let numbers = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
        guard numbers.count == 8 else { return nil }
        return (numbers.reduce(0, +), numbers[3] + numbers[4])
      }
      guard let before = ticks() else { return nil }
      Thread.sleep(forTimeInterval: 1)
      guard let after = ticks(), after.all > before.all else { return nil }
      let idle = (after.idle - before.idle) / (after.all - before.all)
      return (1 - idle) * Double(ProcessInfo.processInfo.activeProcessorCount)
    }
  }

  var machine = Machine.current
  var isQuick = false
  var peer: Peer.Identity?
  var comparisons: [Comparison] = []
  var starts: [Start] = []
  var chaining: [Chaining] = []
  var savings: [SavingLine] = []
  var successor: [SuccessorLine] = []
  var smoothing: [SmoothingLine] = []
  var windows: [WindowLine] = []
  var policyMessages: [PolicyMessageLine] = []
  var growth: [Growth] = []
}

extension Report {
  /// What is compared, in words.
  var heading: String {
    var lines = [
      "\(machine.processor), \(machine.cores) cores; active inference \(machine.build), double precision"
    ]
    if let peer {
      lines.append(
        "against pymdp \(peer.pymdp) jitted by JAX \(peer.jax), \(peer.precision), Python \(peer.python);"
          + " both in turn")
    }
    lines.append(
      "microseconds a step of one agent: median (quartiles) over blocks; ratio: pymdp / ours")
    return lines.joined(separator: "\n")
  }

  /// The comparisons whose name this is.
  func table(_ name: String, _ title: String) -> String {
    var table = Table()
    table.add(title, "agents", "policies", "ours", "pymdp", "ratio (least-most)")
    for comparison in comparisons where comparison.name == name {
      for side in comparison.ours {
        // Another mathematics is not compared.
        let ratio = side.name == "preset default" ? nil : comparison.ratio(side)
        table.add(
          side.name, "\(comparison.agents)", "\(comparison.policies)", microseconds(side.sample),
          ratio == nil ? "" : comparison.peer.map { microseconds($0.sample) } ?? "",
          ratio.map { "\(times($0.median)) (\(times($0.least))-\(times($0.most)))" } ?? "")
      }
    }
    return table.text
  }

  /// That both sides did the same.
  var agreement: String {
    comparisons.compactMap { comparison in
      if let difference = comparison.largestDifference {
        return "\(comparison.policies) policies, \(comparison.steps) steps on a record: no policy's"
          + " probability differs by more than \(String(format: "%.1g", difference))"
      }
      guard comparison.agents > 1, let theirs = comparison.peer?.rewarded,
        let ours = comparison.ours.first?.rewarded
      else { return nil }
      return
        "\(comparison.policies) policies, \(comparison.agents) agents: \(percent(ours)) come to the"
        + " reward, of pymdp's \(percent(theirs))"
    }.joined(separator: "\n")
  }

  /// First results and memory.
  var startTable: String {
    var table = Table()
    table.add(
      "from the start of a process", "agents", "policies", "ours, ms", "pymdp, ms", "ratio",
      "peak MiB", "pymdp's", "ratio")
    for start in starts {
      let memories = start.peerMemory.flatMap { theirs in
        start.ourMemory.map { Double(theirs) / Double($0) }
      }
      table.add(
        start.name, "\(start.agents)", "\(start.policies)",
        String(format: "%.1f", start.ours.median / 1e6),
        start.peer.map { String(format: "%.0f", $0.median / 1e6) } ?? "",
        start.peer.map { times($0.median / start.ours.median) } ?? "",
        mebibytes(start.ourMemory), start.peerMemory.map { mebibytes($0) } ?? "",
        memories.map(times) ?? "")
    }
    return table.text
  }

  /// What each exact saving is worth.
  var savingTable: String {
    var table = Table()
    table.add("exact savings, one thread", "policies", "without", "with", "times")
    for line in savings {
      func text(_ value: Double) -> String {
        line.isCounted ? "\(Int(value))" : String(format: "%.2f", value / 1000)
      }
      table.add(
        line.name, "\(line.policies)", text(line.without), text(line.with),
        String(format: "%.2f", line.without / line.with))
    }
    return table.text
  }

  /// Whether the machine was ours.
  var load: String {
    guard let before = machine.busyBefore, let after = machine.busyAfter else { return "" }
    let text = String(
      format: "Other programs kept %.1f cores busy before and %.1f after.", before, after)
    return max(before, after) < 0.2
      ? text : text + " Times, and gains by threads above all, are of a machine that is shared."
  }

  /// Ours on one thread and on more.
  var threadTable: String {
    var table = Table()
    table.add("10,000 agents, 125 policies", "threads", "ours", "times one thread")
    for growth in growth where growth.panel == "threads" {
      for point in growth.points {
        table.add(
          growth.series, "\(point.x)", microseconds(point.sample),
          String(format: "%.2f", (growth.points.first?.sample.median ?? .nan) / point.sample.median)
        )
      }
    }
    return table.text
  }

  private func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
}
