// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ActiveInference", path: "..")],
  targets: [
    // What is measured: models, and walks through them.
    .target(
      name: "Workloads",
      dependencies: [
        .product(name: "ActiveInference", package: "ActiveInference"),
        .product(name: "Environments", package: "ActiveInference"),
      ],
      swiftSettings: settings),
    // Time and memory, against pymdp: ./run.
    .executableTarget(name: "benchmark", dependencies: ["Workloads"], swiftSettings: settings),
    // Instructions, against instructions.json: ../.ci/instructions.
    .executableTarget(name: "kernels", dependencies: ["Workloads"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
