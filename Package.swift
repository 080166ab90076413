// swift-tools-version: 6.2
import PackageDescription

// Warnings become errors where the tests run (AIF_STRICT=1), never for those who depend on us.
let strict: [SwiftSetting] =
  Context.environment["AIF_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]
let settings: [SwiftSetting] = strict + [.enableUpcomingFeature("ExistentialAny")]

/// An environment lives in a folder of its own with its tests beside it.
func environment(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: ["ActiveInference"] + dependencies, path: "Environments/\(name)",
    exclude: ["README.md", "Tests"], swiftSettings: settings)
}

func environmentTests(
  _ name: String, using others: [Target.Dependency] = [],
  exclude: [String] = ["make_tensors.py", "tensors.json"]
) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: [.init(stringLiteral: name), "ActiveInference", "EngineTestSupport"] + others,
    path: "Environments/\(name)/Tests", exclude: exclude,
    swiftSettings: settings)
}

let package = Package(
  name: "ActiveInference",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "aif", targets: ["aif"]),
    .library(name: "ActiveInference", targets: ["ActiveInference"]),
    .library(name: "BeliefTesting", targets: ["BeliefTesting"]),
    .library(name: "ReferenceSolvers", targets: ["ReferenceSolvers"]),
    .library(
      name: "Environments",
      targets: ["TMaze", "GridWorld", "CueChaining", "GeneralizedTMaze", "Classics", "Reading"]),
    .library(name: "AIFCommands", targets: ["AIFCommands"]),
    // For the package in Benchmarks alone.
    .library(name: "BenchmarkWorkloads", targets: ["BenchmarkWorkloads"]),
    // What notebooks load: every module in one dynamic library.
    .library(
      name: "ActiveInferenceNotebook", type: .dynamic,
      targets: [
        "ActiveInference", "ReferenceSolvers", "TMaze", "GridWorld", "CueChaining",
        "GeneralizedTMaze", "Classics", "Reading",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .executableTarget(name: "aif", dependencies: ["AIFCommands"], swiftSettings: settings),
    .target(
      name: "AIFCommands",
      dependencies: [
        "ActiveInference", "BeliefTesting", "ReferenceSolvers", "TMaze", "GridWorld",
        "CueChaining", "GeneralizedTMaze", "Classics", "Reading",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    environment("TMaze"),
    environment("GridWorld", uses: ["GridCells"]),
    environment("CueChaining", uses: ["GridCells"]),
    environment("GeneralizedTMaze", uses: ["GridCells"]),
    // Rectangles of cells and how parameters name them; for the environments alone.
    .target(
      name: "GridCells", dependencies: ["ActiveInference"], path: "Environments/GridCells",
      swiftSettings: settings),
    environment("Classics"),
    environment("Reading"),
    // What the best agent could gain: for comparison, no part of any agent.
    .target(name: "ReferenceSolvers", dependencies: ["ActiveInference"], swiftSettings: settings),
    .target(name: "BeliefTesting", dependencies: ["ActiveInference"], swiftSettings: settings),
    .target(
      name: "ActiveInference",
      dependencies: ["PolicySelection", "Inference", "GenerativeModel", "Kernels"],
      swiftSettings: settings),
    .target(
      name: "PolicySelection", dependencies: ["Inference", "GenerativeModel", "Kernels"],
      swiftSettings: settings),
    .target(
      name: "Inference", dependencies: ["GenerativeModel", "Kernels"], swiftSettings: settings),
    .target(
      name: "GenerativeModel",
      dependencies: ["Kernels", .product(name: "Yams", package: "Yams")], swiftSettings: settings),
    .target(
      name: "Kernels", dependencies: ["COpenBLAS", "CGSL", "CVectorMath"], swiftSettings: settings),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    // No pkgConfig, on purpose: GSL's would link its own CBLAS in place of OpenBLAS.
    .systemLibrary(name: "CGSL", providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .target(name: "CVectorMath"),
    environmentTests("TMaze"),
    environmentTests("GridWorld"),
    environmentTests("CueChaining"),
    environmentTests("GeneralizedTMaze"),
    environmentTests("Classics", using: ["ReferenceSolvers"], exclude: []),
    environmentTests("Reading", exclude: []),
    // Counts allocations in the tests; on Linux alone.
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    // The sources of CVectorMath for each generation of processors by itself; for the tests.
    .target(
      name: "VectorMathClones", dependencies: ["CVectorMath"], path: "Tests/VectorMathClones"),
    .target(
      name: "EngineTestSupport", dependencies: ["ActiveInference"],
      path: "Tests/EngineTestSupport", swiftSettings: settings),
    // The three oracles and what is compared with them: for the tests and for RELIABILITY.md.
    .target(
      name: "Conformance",
      dependencies: ["ActiveInference", "EngineTestSupport", "KernelReferences"],
      path: "Tests/Conformance", swiftSettings: settings),
    // What elementary functions must be, to 300 bits.
    .target(
      name: "KernelReferences", dependencies: ["Kernels"], path: "Tests/KernelReferences",
      swiftSettings: settings),
    // Bad input, mutated (`fuzz mutate`) or guided by coverage (.ci/fuzz); no product, for nobody else.
    .target(name: "FuzzingMeter", path: "Tests/Fuzzing/Meter"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "ActiveInference", "BeliefTesting", "FuzzingMeter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Fuzzing", exclude: ["Meter", "Corpus", "Reached"], swiftSettings: settings),
    // What is measured: models, and walks through them.
    .target(
      name: "BenchmarkWorkloads",
      dependencies: ["ActiveInference", "CueChaining", "GridWorld", "TMaze"],
      path: "Benchmarks/Workloads", swiftSettings: settings),
    // Instructions, against instructions.json (.ci/instructions); time is measured by the package in Benchmarks.
    .executableTarget(
      name: "kernels", dependencies: ["ActiveInference", "BenchmarkWorkloads", "TMaze"],
      path: "Benchmarks/Kernels", swiftSettings: settings),
    .testTarget(
      name: "AIFCommandsTests",
      dependencies: ["aif", "AIFCommands", "ActiveInference", "TMaze", "GridWorld"],
      exclude: ["Help"], swiftSettings: settings),
    .testTarget(
      name: "ActiveInferenceTests",
      dependencies: [
        "ActiveInference", "AllocationCounter", "BeliefTesting", "Conformance", "EngineTestSupport",
        "GridWorld", "TMaze",
      ],
      exclude: ["SameBits/same-bits.txt"], swiftSettings: settings),
    .testTarget(
      name: "BeliefTestingTests", dependencies: ["ActiveInference", "BeliefTesting"],
      exclude: ["Formats", "Goldens"], swiftSettings: settings),
    .testTarget(
      name: "GenerativeModelTests", dependencies: ["GenerativeModel", "Kernels"],
      swiftSettings: settings),
    .testTarget(
      name: "InferenceTests", dependencies: ["ActiveInference", "EngineTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "KernelsTests",
      dependencies: ["Kernels", "CGSL", "COpenBLAS", "KernelReferences", "VectorMathClones"],
      exclude: ["References"], swiftSettings: settings),
    .testTarget(
      name: "PolicySelectionTests",
      dependencies: ["ActiveInference", "CueChaining", "EngineTestSupport", "TMaze"],
      swiftSettings: settings),
    .testTarget(
      name: "ReferenceSolversTests", dependencies: ["ActiveInference", "ReferenceSolvers"],
      swiftSettings: settings),
    .testTarget(
      name: "ReliabilityTests", dependencies: ["ActiveInference", "Conformance"],
      swiftSettings: settings),
    .testTarget(
      name: "ReadmeTests", dependencies: ["ActiveInference", "BeliefTesting", "TMaze"],
      exclude: ["Goldens", "my-maze.jsonl"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
