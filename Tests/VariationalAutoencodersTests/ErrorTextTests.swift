import Datasets
import Figures
import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Programs
import TestSupport
import Testing

/// An error of every public type, and of every case of it.
private let errors: [any DescribedError] =
  [
    NotPositiveDefinite(pivot: 3, matrix: 1),
    NotPositiveDefinite(
      pivot: 3, value: 1e-9,
      condition: .init(estimate: 1e17, limit: 2e14, element: 2, typeName: "Double")),
    FileError(path: "/a/file", operation: "write", code: ENOSPC),
    FileError(path: "/a/file", operation: "read", code: EFBIG),
    FileError(path: "/a/file", operation: "use the name", code: EILSEQ),
  ]
  + problems.map { SafetensorsError(path: "/a/file", problem: $0) } + problems
  + [
    .missing("step"), .mismatch("weight", expected: "F32 [2]", found: "F64 [2]"),
    .surplus("weight"), .otherArchitecture(expected: "chain(3)", found: "dense(3)"),
    .unreadable(note: "step", value: "x"),
    .implausible(note: "step", value: "-5", expected: "from 0 to 9"),
    .otherRun(setting: "seed", expected: "1", found: "2"),
  ].map { CheckpointError(path: "/a/file", problem: $0) } + graphErrors + netErrors
  + [
    DistributionError.noClosedForm(property: "mean", distribution: "mixture"),
    ImputationError.undefinedAcceptance(observation: 3, sweep: 2),
  ]
  + stateSpaceErrors + trainingErrors + structureErrors + datasetErrors
  + [
    FigureError.unsupportedFormat(path: "a.gif", supported: ["svg", "png"]),
    FigureError.cannotCreateFolder(path: "/a", reason: "Permission denied"),
    FigureError.cannotWrite(path: "/a/b.svg", reason: "No space left on device"),
    FolderError.unusable(path: "/a", reason: "Permission denied"),
    FolderError.occupied(path: "/a/file"), FolderError.finished(path: "/a", done: 3, epochs: 2),
    Mismatch(expected: "a whole number from 1 to 9"),
  ] + usageErrors

private let usageErrors: [UsageError] = [
  .unknownOption("--epoch", nearest: "epochs"), .missingValue(option: "epochs"),
  .invalidValue(option: "epochs", expected: "at least 1", found: "-3"),
  .unexpectedValue(option: "quick", found: "yes"), .repeated(option: "epochs"),
  .strayArgument("epochs"), .notUTF8(position: 2, repaired: "a?"),
]

private let problems: [SafetensorsError.Problem] = [
  .notARegularFile, .fileTooShort(found: 3, expected: 8), .headerTooLong(found: 200, limit: 100),
  .headerTruncated(found: 3, expected: 9), .invalidUTF8(offset: 12),
  .invalidHeader(offset: 12, found: "“x”", expected: "“{”"), .duplicateName("weight"),
  .duplicateField("shape", array: "weight"), .missingField("shape", array: "weight"),
  .unknownField("strides", array: "weight"), .metadataNotAString(key: "epoch"),
  .tooManyNames(limit: 1 << 18), .exceedsMemory(bytes: 1 << 41, available: 1 << 33),
  .partialByte(array: "weight", dtype: .f4, shape: [3]), .unknownDType("F33", array: "weight"),
  .numberOutOfRange(offset: 12, found: "-1"),
  .sizeOverflow(array: "weight", dtype: .f32, shape: [1 << 62]),
  .wrongOffsets(array: "weight", found: [0, 3], expectedByteCount: 4),
  .hole(before: "weight", found: 8, expected: 4), .overlap(array: "weight", found: 4, expected: 8),
  .dataTruncated(found: 10, expected: 12), .trailingBytes(found: 14, expected: 12),
  .missingArray("weight", among: 3), .wrongDType(array: "weight", found: .f64, expected: .f32),
  .wrongShape(array: "weight", found: [2], expected: [3]),
]

private let graphErrors: [GraphicalModelError] = [
  .edgeOutOfRange(.init(1, 9), dimension: 4), .loop(variable: 2), .repeatedEdge(.init(1, 2)),
  .valuesDoNotFit(dimension: 4, edges: 3, diagonal: [4], offDiagonal: [2]),
  .evidenceOutOfRange(variable: 9, dimension: 4), .repeatedEvidence(variable: 2), .nothingLeft,
  .evidenceNotFinite(variable: 2, value: .nan), .evidenceNotFinite(variable: 2, variance: -1),
  .evidenceTooFar(variable: 2, value: 1e38), .evidenceOutsideUnitInterval(variable: 2, value: 1.5),
  .noisyEvidence(variable: 2, variance: 0.1),
  .notSymmetric(matrix: 0, row: 1, column: 2, element: 1, mirrored: 2),
  .blockNotSymmetric(matrix: 0, block: 3, row: 1, column: 2, element: 1, mirrored: 2),
]

private let netErrors: [LatentGraphError] = [
  .noNodes, .repeatedName("z"), .unknownParent(node: "z", parent: "w"),
  .repeatedParent(node: "z", parent: "w"), .dimension(node: "z", dimension: 0), .cycle(["a", "b"]),
  .unknownNode("q", nodes: ["z", "w"]), .notARoot(node: "z", parents: ["w"]),
  .value(node: "z", dimension: 3, shape: [2]),
  .valueNotFinite(node: "z", row: 1, column: 0, value: .nan), .notLinearGaussian(node: "z"),
  .noiseOfAnotherLaw(node: "z", distribution: "Gamma<Float>"), .notReparameterized(node: "z"),
  .observed(node: "z", child: "w"), .deviation(node: "z", deviation: 0), .coefficients(node: "z"),
]

private let stateSpaceErrors: [StateSpaceModelError] = [
  .parameterNotFinite(.transition, time: 3, row: 1, column: 0),
  .notSymmetric(.transition, time: 3, row: 1, column: 0, element: 1, mirrored: 2),
  .singularCovariance(.initial, time: nil, pivot: 1), .notStationary,
  .observationNotFinite(series: 1, time: 3, component: 0),
]

private let trainingErrors: [any DescribedError] =
  [
    TrainingError.lossNotFinite(loss: .nan, epoch: 2, step: 3, lastCheckpoint: "/a/file"),
    dataNotFinite, TrainingError.stateNotFinite(epoch: 2, lastCheckpoint: nil),
    TrainingError.interrupted(signal: 2, epoch: 2, step: 3, checkpoint: "/a/file"),
    TrainingError.dataOutsideSupport(
      row: 3, column: 4, value: 17, support: "0 or 1", epoch: 1, step: 2, lastCheckpoint: nil),
    TrainingError.folderOccupied("/a/file"),
    TrainingError.folderInUse("/a"),
    TrainingError.noBestEpoch(epochsDone: 0),
  ] + heldOutProblems.map { TrainingError.heldOutData(set: "test", $0) }

private let heldOutProblems: [HeldOutDataProblem] = [
  .empty, .notFinite(nonFinite), .otherDimension(4, expected: 3),
  .outsideSupport(row: 3, column: 4, value: 17, support: "0 or 1"),
]

/// The error of the last element of a batch of the rows 7 and 9.
private let nonFinite = NonFiniteData(
  in: Tensor<Float>([1, 2, 3, .nan], shape: [2, 2]), rows: [7, 9])!

private let dataNotFinite = TrainingError.dataNotFinite(
  nonFinite, epoch: 2, step: 3, lastCheckpoint: "/a/file")

private let structureErrors: [UndirectedStructureError] = [
  .tooFewObservations(1), .notFinite(row: 1, column: 2),
  .notSymmetric(row: 1, column: 2, element: 1, mirrored: 2),
  .varianceNotPositive(variable: 3, variance: 0), .unitOutOfRange(variable: 3, variance: 1e-300),
  .unitOutOfRange(variable: 3, variance: .infinity),
  .correlationAboveOne(row: 1, column: 2, correlation: 1.5),
  .covarianceIndefinite(variables: [3, 5]),
  .penaltyTooSmall(penalty: 1e-15, least: 1e-7, variables: [3, 5]),
  .covarianceNotPositiveDefinite(variables: [3, 5]), .startNotPositiveDefinite(variable: 3),
  notConverged(),
].compactMap { $0 }

/// The error of a fit that takes too many steps, which contains the fit.
private func notConverged() -> UndirectedStructureError? {
  let covariance = Tensor<Double>([2, 1, 0.5, 1, 2, 1, 0.5, 1, 2], shape: [3, 3])
  do {
    _ = try GraphicalLasso(penalty: 0.05, tolerance: 1e-300, maximumSteps: 1)
      .fit(covariance: covariance)
    return nil
  } catch { return error as? UndirectedStructureError }
}

private let datasetErrors: [DatasetError] = [
  .folderNotGiven(dataset: "MNIST", variable: "V", folder: "mnist", source: "a page"),
  .folderMissing(dataset: "MNIST", folder: "/a", source: "a page"),
  .filesMissing(dataset: "MNIST", files: ["x"], folders: ["/a"], source: "a page"),
  .otherForm(dataset: "MNIST", file: "/a/file", advice: "Get the other form"),
  .unreadable(file: "/a/file", reason: "Permission denied"),
  .unexpected(file: "/a/file", offset: 4, field: .dimension, expected: "28", found: "27"),
  .truncated(file: "/a/file", offset: 4, expected: 16), .trailingBytes(file: "/a/file", offset: 4),
  .tooLarge(file: "/a/file", offset: 4, dimensions: [1 << 31, 1 << 31], limit: 100),
  .exceedsMemory(file: "/a/file", bytes: 1 << 41, available: 1 << 33),
  .damagedGzip(file: "/a/file", offset: 4, reason: "it ends within a member"),
]

@Suite("Texts of errors")
struct ErrorTextTests {
  @Test(
    "The text of an error is the same by every property and does not contain the name of a case",
    arguments: errors.indices)
  func texts(index: Int) {
    let error = errors[index]
    let text = error.description
    #expect(error.errorDescription == text && error.localizedDescription == text)
    #expect("\(error)" == text && (error as any Error).localizedDescription == text)
    #expect(text.count > 30 && !text.contains("could not be completed"), "\(text)")
    // The name of a case would appear in camel case, or before a parenthesis.
    if let name = Mirror(reflecting: error).children.first?.label,
      name.contains(where: \.isUppercase)
    {
      #expect(!text.contains(name), "\(text)")
    }
    #expect(text.firstMatch(of: #/[a-z]\(\w+: /#) == nil, "\(text)")
  }

  /// Numbers and names of an error must appear in its text, except those that follow from others.
  @Test("The text of an error contains its values")
  func values() {
    for (error, words) in [
      (NotPositiveDefinite(pivot: 3, matrix: 1), ["row 3", "matrix 1"]),
      (FileError(path: "/a/file", operation: "write", code: ENOSPC), ["/a/file", "write", "28"]),
      (
        DatasetError.exceedsMemory(file: "/a/file", bytes: 1 << 41, available: 1 << 33),
        ["/a/file", "2.0 TiB", "8.0 GiB"]
      ),
      (
        SafetensorsError(
          path: "/a/file", problem: .exceedsMemory(bytes: 3 << 40, available: 3 << 29)),
        ["/a/file", "3.0 TiB", "1.5 GiB"]
      ),
      (
        CheckpointError(
          path: "/a/file", problem: .implausible(note: "step", value: "-5", expected: "from 0")),
        ["/a/file", "step", "-5", "from 0"]
      ),
      (dataNotFinite, ["nan", "row 9, column 1", "epoch 2, step 3", "/a/file"]),
    ] as [(any DescribedError, [String])] {
      for word in words { #expect(error.description.contains(word), "\(error)") }
    }
  }

  @Test("The error for data that are not finite names the element")
  func data() {
    let error = #expect(throws: NonFiniteData.self) {
      try TensorRows<Float>(Tensor([1, 2, 3, .nan], shape: [2, 2]))
    }
    #expect(error?.localizedDescription == error?.description)
    #expect(error?.description.contains("row 1, column 1") == true)
  }

  /// The names and texts of all source files.
  private func sources() throws -> [(name: String, text: String)] {
    let root = packageFolder.appendingPathComponent("Sources")
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .map { ($0.lastPathComponent, try String(contentsOf: $0, encoding: .utf8)) }
  }

  /// The cases are collected from the sources, so that none is missed. Reflection gives the names
  /// of the cases that have values.
  @Test("Every case with values of a public error has a text that is tested")
  func cases() throws {
    let listed: [any DescribedError] = errors + heldOutProblems
    let tested = Set(
      listed.compactMap { error in
        Mirror(reflecting: error).children.first?.label.map { "\(type(of: error)).\($0)" }
      })
    var names: Set<String> = []
    let declaration = #/(?ms)^( *)public enum (\w+): [^{\n]*DescribedError[^{\n]*\{\n(.*?)^\1\}/#
    for (_, source) in try sources() {
      for match in source.matches(of: declaration) {
        for line in match.3.split(separator: "\n") {
          guard let found = line.prefixMatch(of: #/ +case (\w+)\(/#) else { continue }
          names.insert("\(match.2).\(found.1)")
        }
      }
    }
    #expect(names.subtracting(tested).isEmpty, "not in the list: \(names.subtracting(tested))")
    #expect(names.count > 80)
  }

  /// The types are collected from the sources, so that none is missed. Every public error must
  /// describe itself and be in the list above.
  @Test("Every public type of error has a text that is tested")
  func types() throws {
    let listed = Set(errors.map { "\(type(of: $0))" } + ["NonFiniteData", "HeldOutDataProblem"])
    var names: Set<String> = []
    for (file, source) in try sources() {
      for match in source.matches(
        of: #/public (?:enum|struct|final class|class) (\w+): ([^{]*)\{/#)
      {
        let parents = match.2.split { !$0.isLetter }
        #expect(
          !parents.contains("Error") && !parents.contains("LocalizedError"),
          "\(match.1) in \(file) is an error that does not describe itself")
        if parents.contains("DescribedError") { names.insert(String(match.1)) }
      }
    }
    #expect(names.subtracting(listed).isEmpty, "not in the list: \(names.subtracting(listed))")
    #expect(names.count >= 12)
  }
}
