// swift-tools-version: 6.3

import PackageDescription

// MARK: - The library: each module depends only on modules above it

let systemLibraries: [Target] = [
  .systemLibrary(
    name: "COpenBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
  .systemLibrary(
    name: "CLAPACKE", pkgConfig: "lapacke",
    providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),
]

let modules: [Target] = [
  .target(
    name: "CKernels", dependencies: ["COpenBLAS"],
    linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
  .target(name: "CKernelsInterface", dependencies: ["CKernels"]),
  .target(name: "Tensors", dependencies: ["CKernelsInterface", "COpenBLAS", "CLAPACKE"]),
  .target(name: "Serialization", dependencies: ["Tensors"]),
  .target(name: "Batches", dependencies: ["Tensors"]),
  .target(name: "NeuralNetworks", dependencies: ["Serialization", "Tensors"]),
  .target(name: "LatentGraphs", dependencies: ["NeuralNetworks"]),
  .target(name: "Inference", dependencies: ["Batches", "LatentGraphs"]),
  .target(name: "VariationalAutoencoders", dependencies: ["Inference"]),
]

let leaves: [Target] = [
  .target(name: "CDigits", exclude: ["digits.csv"]),
  .target(name: "Datasets", dependencies: ["Batches", "CDigits", "Serialization", "Tensors"]),
  .target(name: "Figures", dependencies: ["LatentGraphs"]),
  .target(name: "Programs", dependencies: ["Tensors"]),
]

// MARK: - The executables

let tutorials: [Target] = [
  tutorial("01-ChainLatents"),
  tutorial("02-GraphPosteriors"),
  tutorial("03-GraphVAE"),
  tutorial("04-YourOwnGraph"),
  tutorial("05-ImageGrids"),
  tutorial("06-ExactInference"),
]

let benchmarks: [Target] = [
  .target(
    name: "Measurements", dependencies: ["Programs", "Tensors"], path: "Benchmarks/Measurements"),
  .target(
    name: "Experiments",
    dependencies: [
      "Datasets", "Inference", "LatentGraphs", "NeuralNetworks", "Programs", "Tensors",
      "VariationalAutoencoders",
    ],
    path: "Benchmarks/Experiments"),
  .target(
    name: "AccuracySweep",
    dependencies: ["LatentGraphs", "NeuralNetworks", "Programs", "Serialization", "Tensors"],
    path: "Benchmarks/AccuracySweep"),
  benchmark("benchmark-sampling", in: "Sampling"),
  benchmark("benchmark-inference", in: "Inference"),
  benchmark("benchmark-training-step", in: "TrainingStep"),
  benchmark("benchmark-likelihood", in: "Likelihood"),
  benchmark("benchmark-gate-estimators", in: "GateEstimators"),
  benchmark("benchmark-accuracy", in: "Accuracy"),
  benchmark("benchmark-structure-recovery", in: "StructureRecovery"),
  benchmark("benchmark-graph-vae", in: "GraphVAE"),
  benchmark("fuzz-readers", in: "FuzzReaders"),
]

/// A tutorial uses products only, so that it can be copied into a package of one's own.
func tutorial(_ name: String) -> Target { executable(name, in: "Tutorials/\(name)") }

func benchmark(_ name: String, in folder: String) -> Target {
  executable(
    name, in: "Benchmarks/\(folder)", helpers: ["AccuracySweep", "Experiments", "Measurements"])
}

func executable(
  _ name: String, in path: String, helpers: [Target.Dependency] = []
) -> Target {
  let products: [Target.Dependency] = [
    "Datasets", "Figures", "Inference", "LatentGraphs", "NeuralNetworks", "Programs", "Tensors",
    "VariationalAutoencoders",
  ]
  return .executableTarget(name: name, dependencies: products + helpers, path: path)
}

// MARK: - The tests

let tests: [Target] = [
  .target(
    name: "TestSupport", dependencies: ["NeuralNetworks", "Tensors"], path: "Tests/TestSupport"),
  .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"]),
  .testTarget(
    name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "Tensors", "TestSupport"]),
  .testTarget(
    name: "LatentGraphsTests",
    dependencies: ["LatentGraphs", "Measurements", "NeuralNetworks", "Tensors", "TestSupport"]),
  .testTarget(
    name: "InferenceTests",
    dependencies: ["Inference", "LatentGraphs", "NeuralNetworks", "Tensors", "TestSupport"]),
  .testTarget(
    name: "VariationalAutoencodersTests",
    dependencies: [
      "VariationalAutoencoders", "Datasets", "Figures", "Inference", "LatentGraphs",
      "NeuralNetworks", "Programs", "Tensors", "TestSupport",
    ], exclude: ["OldCheckpoints"]),
  .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Tensors", "TestSupport"]),
  .testTarget(
    name: "FiguresTests", dependencies: ["Figures", "LatentGraphs", "Tensors", "TestSupport"]),
  .testTarget(name: "ProgramsTests", dependencies: ["Programs", "Tensors", "TestSupport"]),
  .testTarget(name: "MeasurementsTests", dependencies: ["Measurements"]),
  .testTarget(name: "AccuracyTests", dependencies: ["AccuracySweep", "Tensors", "TestSupport"]),
]

let package = Package(
  name: "LatentGraphs",
  products: [
    .library(name: "Tensors", targets: ["Tensors"]),
    .library(name: "Serialization", targets: ["Serialization"]),
    .library(name: "Batches", targets: ["Batches"]),
    .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
    .library(name: "LatentGraphs", targets: ["LatentGraphs"]),
    .library(name: "Inference", targets: ["Inference"]),
    .library(name: "VariationalAutoencoders", targets: ["VariationalAutoencoders"]),
    .library(name: "Datasets", targets: ["Datasets"]),
    .library(name: "Figures", targets: ["Figures"]),
    .library(name: "Programs", targets: ["Programs"]),
  ],
  targets: systemLibraries + modules + leaves + tutorials + benchmarks + tests,
  cLanguageStandard: .gnu17
)
