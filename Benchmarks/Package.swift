// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "ActiveInference", path: "..")],
  targets: [
    // Time and memory, against pymdp: ./run. What is measured and the program that counts instructions are
    // targets of the package above, and so are built with its tests.
    .executableTarget(
      name: "benchmark",
      dependencies: [
        .product(name: "ActiveInference", package: "ActiveInference"),
        .product(name: "Environments", package: "ActiveInference"),
        .product(name: "BenchmarkWorkloads", package: "ActiveInference"),
      ], swiftSettings: settings)
  ],
  swiftLanguageModes: [.v6]
)
