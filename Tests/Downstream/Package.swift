// swift-tools-version: 6.2
import PackageDescription

// A package that depends on this one, as somebody's own would.
let package = Package(
  name: "Downstream",
  dependencies: [.package(name: "ActiveInference", path: "../..")],
  targets: [
    .executableTarget(
      name: "downstream",
      dependencies: [
        .product(name: "ActiveInference", package: "ActiveInference"),
        .product(name: "AIFCommands", package: "ActiveInference"),
        .product(name: "Environments", package: "ActiveInference"),
      ])
  ]
)
