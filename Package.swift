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
]

// MARK: - The executables

let programs: [Target] = [
  .target(name: "Programs", dependencies: ["Serialization", "Tensors"]),
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
      "NeuralNetworks", "Programs", "Tensors", "VariationalAutoencoders",
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
    dependencies: ["LatentGraphs", "NeuralNetworks", "Programs", "Tensors", "TestSupport"]),
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
  .testTarget(
    name: "FiguresTests", dependencies: ["Figures", "LatentGraphs", "Tensors", "TestSupport"]),
  .testTarget(name: "ProgramsTests", dependencies: ["Programs", "Tensors", "TestSupport"]),
  .testTarget(name: "AccuracyTests", dependencies: ["AccuracySweep", "Tensors", "TestSupport"]),
]

let package = Package(
  name: "LatentGraphs",
  products: [
    "Tensors", "Serialization", "Batches", "NeuralNetworks", "LatentGraphs", "Inference",
    "VariationalAutoencoders", "Datasets", "Figures",
  ].map { .library(name: $0, targets: [$0]) },
  targets: systemLibraries + modules + leaves + programs + tests,
  cLanguageStandard: .gnu17
)
