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
  .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS", "CLAPACKE"]),
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

let programs: [Target] = [
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
    name: "AccuracySweep", dependencies: ["LatentGraphs", "NeuralNetworks", "Programs", "Tensors"],
    path: "Benchmarks/AccuracySweep"),
  program("01-ChainLatents", in: "Tutorials/01-ChainLatents"),
  program("02-GraphPosteriors", in: "Tutorials/02-GraphPosteriors"),
  program("03-GraphVAE", in: "Tutorials/03-GraphVAE"),
  program("04-YourOwnGraph", in: "Tutorials/04-YourOwnGraph"),
  program("05-ImageGrids", in: "Tutorials/05-ImageGrids"),
  program("06-ExactInference", in: "Tutorials/06-ExactInference"),
  program("benchmark-sampling", in: "Benchmarks/Sampling"),
  program("benchmark-inference", in: "Benchmarks/Inference"),
  program("benchmark-training-step", in: "Benchmarks/TrainingStep"),
  program("benchmark-likelihood", in: "Benchmarks/Likelihood"),
  program("benchmark-gate-estimators", in: "Benchmarks/GateEstimators"),
  program("benchmark-accuracy", in: "Benchmarks/Accuracy"),
  program("benchmark-structure-recovery", in: "Benchmarks/StructureRecovery"),
  program("benchmark-graph-vae", in: "Benchmarks/GraphVAE"),
  program("fuzz-readers", in: "Benchmarks/FuzzReaders"),
]

func program(_ name: String, in path: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      "AccuracySweep", "Datasets", "Experiments", "Figures", "Inference", "LatentGraphs",
      "Measurements", "NeuralNetworks", "Programs", "Tensors", "VariationalAutoencoders",
    ],
    path: path)
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
      "NeuralNetworks", "Tensors", "TestSupport",
    ], exclude: ["OldCheckpoints"]),
  .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Tensors", "TestSupport"]),
  .testTarget(name: "FiguresTests", dependencies: ["Figures", "LatentGraphs", "Tensors"]),
  .testTarget(name: "ProgramsTests", dependencies: ["Programs", "Tensors"]),
  .testTarget(name: "MeasurementsTests", dependencies: ["Measurements"]),
  .testTarget(name: "AccuracyTests", dependencies: ["AccuracySweep", "Tensors"]),
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
  targets: systemLibraries + modules + leaves + programs + tests,
  cLanguageStandard: .gnu17
)
