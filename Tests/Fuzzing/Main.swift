import ArgumentParser

/// `fuzz`: bad input for the readers and the command line.
@main
struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    subcommands: [
      MutateCommand.self, ExamineCommand.self, TryCommand.self,
      CommandsCommand.self,
    ])
}
