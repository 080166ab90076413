import ActiveInference
import ArgumentParser
import BeliefTesting

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Feed recorded traces to the agent again and explain the first difference.",
    usage: "aif verify <PATH> ... [<options>]",
    discussion: """
      PATH is a file of traces (aif.trace/1 or aif.golden/1), or a folder, of which every .jsonl file \
      and every .json file that begins as traces do is verified; - is standard input. The \
      observations and actions of each episode go to its agent again; where the trace names an \
      environment, the episode is simulated again from its seed too. The first difference of each \
      file is named: step, quantity, \
      index and both values, with the energies around it and the likely cause. What the record level \
      left out is not compared. Exit code 1 where something differs; 2 where a file has faults, which \
      are told while the others are verified.

      With --update, files that differ are written anew after what changes has been told. Record \
      level, seeds, episodes and their order stay as they are; episodes and files that do not differ \
      keep every byte.

      Example: aif verify Tests/Traces --tolerance 1e-9 --tolerance beliefs=4ulp
      """)

  @Argument(help: ArgumentHelp("Files and folders of traces.", valueName: "PATH"))
  var paths: [String]

  @Option(name: .customLong("tolerance"), help: toleranceHelp)
  var toleranceTexts: [String] = []

  @Option(
    help: ArgumentHelp("Threads, 1...1024; all cores unless given.", valueName: "N"))
  var threads: Int?

  @Flag(help: "Write files that differ anew, as this build makes them.")
  var update = false

  @Option(
    help: ArgumentHelp("How the result is printed.", valueName: "FORMAT"))
  var format: OutputFormat = .table

  func validate() throws {
    let faults = [
      ThreadCount.fault(threads),
      Tolerances.fault(toleranceTexts),
      InputFile.checkStandardInput(paths),
      update && paths.contains("-") ? "--update: standard input cannot be written" : nil,
    ].compactMap { $0 }
    if !faults.isEmpty { throw ValidationError(faults.joined(separator: "; ")) }
  }

  func run() throws {
    let tolerances = try Tolerances(texts: toleranceTexts)
    let search = TraceSearch(paths)
    let report = VerifyReport(format, to: try OutputFile("-"))
    var progress = ProgressBar(total: search.files.count, of: "files")
    defer { progress.clear() }
    try Verification(search.files, tolerances: tolerances).run(
      threads: threads ?? ThreadCount.ofMachine,
      progress: { progress.update($0, "\(counted($1, "episode")) so far") },
      report: { finding in
        progress.clear()
        try report.add(finding)
      })
    if update { try self.update(search.files, tolerances, report) }
    try report.finish()
    let problems = search.problems + report.findings.flatMap(\.problems)
    if !problems.isEmpty { throw CommandFailure.input(problems.joined(separator: "\n")) }
    if !update && report.findings.contains(where: { $0.differing > 0 }) {
      throw CommandFailure.check
    }
  }

  private func update(
    _ files: [String], _ tolerances: Tolerances, _ report: VerifyReport
  ) throws {
    let update = TraceUpdate(tolerances: tolerances)
    for (index, finding) in report.findings.enumerated()
    where finding.isSound && finding.differing > 0 {
      do {
        try report.update(index, episodes: update.update(files[index]))
      } catch let failure as CommandFailure {
        guard case .input = failure else { throw failure }
        report.fail(index, failure)
      } catch let faults as InvalidInput {
        report.fail(index, faults)
      }
    }
  }
}

let toleranceHelp = ArgumentHelp(
  """
  How far numbers may differ: exact (the same bits), 4ulp, 1e-9 or 1e-9rel; QUANTITY=X for one \
  quantity, such as beliefs=4ulp. May be repeated; exact unless given.
  """, valueName: "X")

extension Tolerances {
  /// What is wrong with the values of `--tolerance`; nil where nothing is.
  static func fault(_ texts: [String]) -> String? {
    do throws(InvalidInput) {
      _ = try Tolerances(texts: texts)
      return nil
    } catch {
      return error.faults.map { "--tolerance: \($0)" }.joined(separator: "; ")
    }
  }
}
