// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: the layers are real (imports are internal unless said
/// otherwise, members come only from what a file imports) and no warning is left standing.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// A C border: the only target that includes the header of its library.
func border(_ name: String, over library: String) -> Target {
  .target(name: name, dependencies: [.byName(name: library)])
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: dependencies,
    swiftSettings: strict)
}

let package = Package(
  name: "coppice",
  products: [
    .library(name: "Coppice", targets: ["Coppice"]),
    .executable(name: "coppice", targets: ["coppice-command"]),
  ],
  targets: [
    .systemLibrary(
      name: "CMPISystem", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(
      name: "CHDF5System", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(
      name: "CYAMLSystem", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CXXHashSystem", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    border("CMPI", over: "CMPISystem"),
    border("CHDF5", over: "CHDF5System"),
    border("CYAML", over: "CYAMLSystem"),
    border("CXXHash", over: "CXXHashSystem"),
    .target(name: "KernelABI", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "CThreads"),

    library("Units", []),
    library("Equations", ["Units"]),
    library("Models", ["Equations", "Units"]),
    library("Kernels", ["Equations", "Units", "KernelABI"]),
    library("Networks", ["Models", "Equations", "Units", "KernelABI"]),
    library("Messaging", ["CMPI"]),
    library(
      "Engine",
      [
        "Kernels", "Networks", "Messaging", "Models", "Equations", "Units", "KernelABI", "CThreads",
      ]),
    library("Storage", ["Engine", "Networks", "CHDF5", "CXXHash"]),
    library("Jobs", ["Networks", "Models", "Equations", "Units", "CYAML"]),
    library(
      "Coppice",
      [
        "Jobs", "Storage", "Engine", "Messaging", "Networks", "Kernels", "Models", "Equations",
        "Units", "CThreads",
      ]),
    library("Plots", ["Storage", "Networks", "Models"]),
    .executableTarget(
      name: "coppice-command",
      dependencies: [
        "Coppice", "Plots", "Jobs", "Storage", "Engine", "Messaging", "Networks", "Kernels",
        "Equations", "Units", "CThreads",
      ],
      swiftSettings: strict),

    tests("Units", ["Units"]),
    tests("Equations", ["Equations", "Units"]),
    tests("KernelABI", ["KernelABI", "RandomNumbers"]),
    tests("Kernels", ["Kernels", "Equations", "Units", "KernelABI", "RandomNumbers"]),
    tests("Models", ["Models", "Equations", "Units"]),
    tests("Networks", ["Networks", "Models", "Equations", "Units", "KernelABI", "Statistics"]),
    tests("Messaging", ["Messaging"]),
    tests(
      "Engine",
      [
        "Engine", "Kernels", "Networks", "Messaging", "Models", "Equations", "Units", "KernelABI",
        "RandomNumbers",
      ]),
    tests(
      "Storage", ["Storage", "Engine", "Networks", "TemporaryDirectories", "RandomNumbers"]),
    tests(
      "Jobs", ["Jobs", "BadJobs", "Networks", "Models", "Equations", "Units", "RandomNumbers"]),
    tests(
      "Coppice",
      [
        "Coppice", "Engine", "Jobs", "Messaging", "Networks", "Storage", "TemporaryDirectories",
      ]),
    tests("Plots", ["Plots", "Models"]),
    tests(
      "Fuzz", ["Coppice", "Jobs", "BadJobs", "Storage", "Engine", "Equations", "Units"]),
    tests("Command", ["Coppice", "BadJobs"]),
    tests(
      "Oracle",
      [
        "Engine", "Kernels", "Networks", "Messaging", "Models", "Equations", "Units", "Jobs",
        "KernelABI", "Statistics", "Coppice",
      ]),
    // Jobs that must be refused, for the tests of the reader and of the command line.
    .target(name: "BadJobs", path: "Tests/BadJobs", swiftSettings: strict),
    .target(name: "RandomNumbers", path: "Tests/RandomNumbers", swiftSettings: strict),
    .target(name: "Statistics", path: "Tests/Statistics", swiftSettings: strict),
    .target(
      name: "TemporaryDirectories", path: "Tests/TemporaryDirectories", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
