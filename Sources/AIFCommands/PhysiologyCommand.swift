import ActiveInference
import ArgumentParser
import BeliefTesting

struct PhysiologyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "physiology",
    abstract: "Simulated neuronal responses of recorded belief updating.",
    usage: "aif physiology <TRACE> [<options>]",
    discussion: """
      TRACE is a file of traces (aif.trace/1) of agents with inference.algorithm mmp-spm, recorded with \
      --record iterates; - is standard input. Of each episode and bin, a bin being a sweep: firing rates, \
      what is believed of each state at each time of the episode; local field potentials, their \
      logarithms band-passed; dopamine, 8 times how fast policy precision rises and an eighth of it. \
      In JSON a factor's responses are [state][time][bin].

      Example: aif physiology episode.jsonl --format csv
      """)

  @Argument(help: ArgumentHelp("A file of traces.", valueName: "TRACE"))
  var trace: String

  @Option(help: ArgumentHelp("How the result is printed: json or csv.", valueName: "FORMAT"))
  var format: OutputFormat = .csv

  @Option(help: ArgumentHelp("Where the result goes; - is standard output.", valueName: "FILE"))
  var output: String = "-"

  func validate() throws {
    if format == .table { throw ValidationError("--format must be json or csv") }
  }

  func run() throws {
    let file = try TraceFile(trace)
    var episodes: [RecordedPhysiology] = []
    var reader = TraceReader(source: file.name)
    while let batch = try file.nextBatch() {
      try batch.forEach(&reader, source: file.name) { _, _, result in
        let trace = try result.get()
        try trace.checkHasOneLevel(
          file.name, "responses are those of mmp-spm, by which levels cannot infer")
        do {
          episodes.append(
            RecordedPhysiology(
              episode: trace.episode, model: trace.model, responses: try SimulatedPhysiology(trace))
          )
        } catch let faults as InvalidInput {
          throw InvalidInput(
            source: file.name,
            faults.faults.map {
              Fault("episode \(trace.episode), \($0.place)", $0.problem, remedy: $0.remedy)
            })
        }
      }
    }
    let output = try OutputFile(output)
    if format == .json {
      output.append(DocumentValue.array(episodes.map(\.document)).prettyJSON)
    } else {
      output.append(RecordedPhysiology.heading + "\n")
      for episode in episodes {
        for row in episode.rows { output.append(row.map(csvCell).joined(separator: ",") + "\n") }
      }
    }
    try output.finish()
  }
}

/// The responses of an episode, as `aif physiology` tells them.
private struct RecordedPhysiology {
  let episode: Int
  let model: GenerativeModel
  let responses: SimulatedPhysiology

  static let heading = "episode,series,factor,state,time,bin,value"

  /// One row a number; precision and dopamine are of no factor.
  var rows: [[String]] {
    var rows: [[String]] = []
    func add(_ series: String, _ unit: [String], _ values: [Double]) {
      for (bin, value) in values.enumerated() {
        rows.append(["\(episode)", series] + unit + ["\(bin)", "\(value)"])
      }
    }
    for (series, units) in [
      ("firingRate", responses.firingRates),
      ("localFieldPotential", responses.localFieldPotentials),
    ] {
      for (factor, states) in zip(model.factors, units) {
        for (state, times) in states.enumerated() {
          for (time, values) in times.enumerated() {
            add(series, [factor.name, factor.label(state), "\(time)"], values)
          }
        }
      }
    }
    add("precision", ["", "", ""], responses.precision)
    add("dopamine", ["", "", ""], responses.dopamine)
    return rows
  }

  var document: DocumentValue {
    func numbers(_ values: [Double]) -> DocumentValue { .array(values.map { .number($0) }) }
    func units(_ units: [[[[Double]]]]) -> DocumentValue {
      .object(
        zip(model.factors, units).map { factor, states in
          .init(
            factor.name,
            .array(states.map { times in .array(times.map(numbers)) }))
        })
    }
    return .object([
      .init("episode", .integer(episode)),
      .init("secondsPerBin", .number(SimulatedPhysiology.secondsPerBin)),
      .init("firingRates", units(responses.firingRates)),
      .init("localFieldPotentials", units(responses.localFieldPotentials)),
      .init("precision", numbers(responses.precision)),
      .init("dopamine", numbers(responses.dopamine)),
    ])
  }
}
