import AIFCommands

@main
struct Main {
  static func main() { AIFCommand.main() }
}
