import Foundation
import Testing

@Suite("The exit code")
struct ExitCodeTests {
  @Test(
    "is 2 for what is wrong with the command line, and the message says what",
    arguments: [
      (["simulate", "tmaze", "--bogus"], "Unknown option '--bogus'"),
      (["simulate"], "Missing expected argument '<ENV|MODEL>'"),
      (["nonsense"], "Unexpected argument 'nonsense'"),
      (["simulate", "tmaez"], "did you mean 'tmaze'?"),
      (["simulate", "tmaze", "--set", "cueValdity=1"], "did you mean 'cueValidity'?"),
      (["simulate", "tmaze", "--set", "cueValidity=high"], "\"high\" is not a number"),
      (["simulate", "tmaze", "--set", "cueValidity=1.5"], "1.5 is not a probability"),
      (["simulate", "tmaze", "--set", "dependentOutcomes=1"], "neither true nor false"),
      (["simulate", "tmaze", "--set", "cueValidity"], "cueValidity"),
      (["simulate", "tmaze", "--set", "agent.planning.horizn=2"], "agent.planning.horizn"),
      (["simulate", "tmaze", "--set", "agent.planning.horizon=0"], "give 1 or more"),
      (["simulate", "tmaze", "--set", "agent.planning.horizon=30"], "policies"),
      (
        ["simulate", "tmaze", "--set", "cueValidity=1", "--set", "cueValidity=0"], "given twice"
      ),
      (["simulate", "tmaze", "--steps", "0"], "--steps must be at least 1"),
      (["simulate", "tmaze", "--steps", "two"], "two"),
      (["simulate", "tmaze", "--episodes", "0"], "--episodes must be at least 1"),
      (["simulate", "tmaze", "--episodes", "99999999999999999999"], "99999999999999999999"),
      (["simulate", "tmaze", "--threads", "0"], "--threads must be 1...1024"),
      (["simulate", "tmaze", "--threads", "1000000"], "--threads must be 1...1024"),
      (["simulate", "tmaze", "--seed", "-1"], "-1"),
      (["simulate", "tmaze", "--seed", "9223372036854775808"], "at most 2^63-1"),
      (["simulate", "tmaze", "--format", "xml"], "'table', 'json' or 'csv'"),
      (["simulate", "tmaze", "--record", "all"], "'iterates'"),
      (["simulate", "tmaze", "--carry", "beliefs"], "'counts'"),
      (["simulate", "tmaze", "--output", "-", "--format", "csv"], "both want standard output"),
      (["simulate", "-", "--agent", "-"], "only one of the files can be standard input"),
      (["replay", "-", "--data", "-"], "only one of the files can be standard input"),
      (["replay", "m", "--data", "d", "--set", "cueValidity=1"], "a record has no environment"),
      (["verify"], "Missing expected argument '<PATH> ...'"),
      (["verify", "x", "--tolerance", "-1"], "tolerance"),
      (["verify", "x", "--tolerance=nan"], "--tolerance: 'nan' is no bound"),
      (["verify", "x", "--tolerance", "beleifs=1"], "did you mean 'beliefs'?"),
      (["verify", "x", "--threads", "0"], "--threads must be 1...1024"),
      (["verify", "-", "--update"], "--update: standard input cannot be written"),
      (["verify", "-", "-"], "only one of the files can be standard input"),
      (["diff", "x"], "Missing expected argument '<B>'"),
      (["diff", "-", "-"], "only one of the files can be standard input"),
      (["diff", "x", "y", "--tolerance", "1e-9abs"], "'1e-9abs' is no bound"),
      (["diff", "x", "y", "--limit=-1"], "--limit must be at least 0"),
      (["describe", "tmaze", "--set", "agent.inference.horizon=4"], "inference.horizon"),
    ])
  func usage(arguments: [String], message: String) throws {
    let outcome = try run(arguments)
    #expect(outcome.code == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.hasPrefix("aif: "))
    #expect(outcome.err.contains(message), "\(outcome.err)")
  }

  @Test(
    "is 2 for a file that cannot be read",
    arguments: [
      ["simulate"], ["validate"], ["describe"], ["objectives"], ["verify"], ["diff", "x"],
      ["replay", "--data", "x"],
    ])
  func missingFile(command: [String]) throws {
    let folder = try Folder()
    for (path, message) in [
      (folder.file("none.yaml"), "No such file or directory"),
      (folder.path, command == ["verify"] ? "the folder has no file of" : "Is a directory"),
    ] {
      let outcome = try run(command + [path])
      #expect(outcome.code == 2)
      #expect(outcome.out == "")
      #expect(outcome.err.contains("\(path): \(message)"), "\(outcome.err)")
    }
  }

  @Test("is 2 for a faulty model given to any command but validate, where it is 1")
  func faultyModel() throws {
    let folder = try Folder()
    let text = Sample.door.replacing("[[1, 0], [0, 1]]", with: "[[0.9, 0], [0, 1]]")
    let model = try folder.write(text, "model.yaml")
    let data = try folder.write(Sample.data(actions: "[[0], [1]]"), "data.json")
    for command in [
      ["simulate", model], ["describe", model], ["replay", model, "--data", data],
      ["simulate", "tmaze", "--model", model],
    ] {
      let outcome = try run(
        command + (command[0] == "describe" ? [] : ["--output", folder.file("o")]))
      #expect(outcome.code == 2)
      #expect(outcome.out == "")
      #expect(outcome.err.contains("sums to 0.9"), "\(outcome.err)")
    }
    #expect(folder.names == ["data.json", "model.yaml"])
    let outcome = try run("validate", model)
    #expect(outcome.code == 1)
    #expect(outcome.err == "")
    #expect(outcome.out.contains("A[sight]"))
    #expect(outcome.out.contains("sums to 0.9"))
  }

  @Test("is 2 once for several faults, which are all told, each a line")
  func severalFaults() throws {
    let folder = try Folder()
    let agent = try folder.write("format: aif.agent/1\nplaning: {}\n", "agent.yaml")
    let outcome = try run(
      "simulate", "tmaze", "--set", "cueValidity=2", "--set", "rewardPreference=a lot",
      "--agent", agent, "--set", "agent.planning.gama=1", "--model", folder.file("none"))
    #expect(outcome.code == 2)
    for part in [
      "cueValidity: 2", "rewardPreference: \"a lot\"", "did you mean 'planning'",
      "did you mean 'agent.planning.gamma'", "none: No such file",
    ] {
      #expect(outcome.err.contains(part), "\(part) in \(outcome.err)")
    }
    #expect(outcome.err.split(separator: "\n").allSatisfy { $0.hasPrefix("aif: ") })
  }

  @Test("is 2 and no file is left where an agent cannot go on")
  func agentStops() throws {
    let folder = try Folder()
    // The agent is sure that the door is open; the world's is shut from the start.
    let sure = try folder.write(
      Sample.door + "\nD: [{factor: door, probability: [1, 0]}]\n", "agent.yaml")
    let world = try folder.write(
      Sample.door + "\nD: [{factor: door, probability: [0, 1]}]\n", "world.yaml")
    let old = try folder.write("old\n", "traces.jsonl")
    let outcome = try run(
      "simulate", world, "--model", sure, "--episodes", "3", "--output", old)
    #expect(outcome.code == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.hasPrefix("aif: episode 0, step 0, sight: shut has probability zero"))
    #expect(try folder.read("traces.jsonl") == "old\n")
    #expect(folder.names == ["agent.yaml", "traces.jsonl", "world.yaml"])
  }

  @Test(
    "is 74 where the result cannot be written",
    arguments: [
      ["simulate", "tmaze", "--output", "/dev/full"],
      ["simulate", "tmaze", "--output", "/dev/null/x"],
      ["simulate", "tmaze", "--output", "/no/such/folder/x"],
      ["simulate", "tmaze", "--output", "/"],
    ])
  func unwritable(arguments: [String]) throws {
    let outcome = try run(arguments)
    #expect(outcome.code == 74)
    #expect(outcome.out == "")
    #expect(outcome.err.hasPrefix("aif: \(arguments[3]): "))
    #expect(outcome.err.split(separator: "\n").count == 1)
  }

  @Test(
    "is 74 where standard output is full",
    arguments: [
      ["--help"], ["--version"], ["environments"], ["describe", "tmaze"], ["simulate", "tmaze"],
      ["simulate", "tmaze", "--output", "-"], ["simulate", "tmaze", "--format", "csv"],
    ])
  func fullOutput(arguments: [String]) throws {
    let full = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
    let outcome = try RunningCommand(arguments, output: full).wait()
    #expect(outcome.code == 74)
    #expect(outcome.err == "aif: standard output: No space left on device\n")
  }

  @Test(
    "is 141 and nothing is said where the reader has closed the pipe",
    arguments: [
      ["environments"], ["simulate", "tmaze"], ["simulate", "tmaze", "--output", "-"],
      ["simulate", "tmaze", "--episodes", "100000", "--output", "-"],
      ["simulate", "tmaze", "--episodes", "100000", "--format", "csv"],
    ])
  func closedPipe(arguments: [String]) throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let outcome = try RunningCommand(arguments, output: pipe.fileHandleForWriting).wait()
    #expect(outcome.code == 141)
    #expect(outcome.err == "")
  }

  @Test("is 0 with nothing on standard error where it is no terminal")
  func silent() throws {
    let folder = try Folder()
    let outcome = try run(
      "simulate", "tmaze", "--episodes", "300", "--output", folder.file("traces"))
    #expect(outcome.code == 0)
    #expect(outcome.err == "")
    #expect(outcome.out.hasPrefix("reached the reward in 300 of 300 episodes, "))
    #expect(folder.names == ["traces"])
  }
}
