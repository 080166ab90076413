import Foundation

/// Does the work of a kernel so many times: `kernels` lists them with the units in one repetition,
/// `kernels NAME COUNT` runs one.
@main
struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.isEmpty {
      for kernel in Kernel.allCases { print(kernel.rawValue, try kernel.prepare().units) }
      return
    }
    guard arguments.count == 2, let kernel = arguments.first.flatMap(Kernel.init(rawValue:)),
      let repetitions = arguments.last.flatMap({ Int($0) }), repetitions >= 0
    else {
      FileHandle.standardError.write(Data("usage: kernels [NAME REPETITIONS]\n".utf8))
      exit(2)
    }
    let work = try kernel.prepare()
    for _ in 0..<repetitions { try work.repeatOnce() }
  }
}
