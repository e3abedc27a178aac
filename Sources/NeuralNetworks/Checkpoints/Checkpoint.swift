import Foundation
import Tensors

/// The state of a training run as a safetensors file: parameters, statistics, the optimizer's
/// buffers and step count, and notes of the run as text.
///
/// Arrays are named `parameters.…`, `statistics.…` and `optimizer.SLOT.…`, followed by the path of
/// the module's member; the arrays of a moving average are named `average.parameters.…` and
/// `average.statistics.…`.
public enum Checkpoint {
  /// Writes a checkpoint atomically: to a temporary file, which is then renamed.
  ///
  /// - Parameters:
  ///   - notes: Text under names that the caller chooses, such as the epoch and the generator's
  ///     state.
  /// - Throws: `FileError` if the file cannot be written; an existing file is then unchanged.
  public static func write<Scalar: TensorScalar>(
    _ module: some Module<Scalar>, optimizerState: OptimizerState<Scalar>? = nil,
    notes: [String: String] = [:], to url: URL
  ) throws {
    var file = SafetensorsFile(metadata: NamedValues(notes))
    for (name, place) in places(module, optimizerState) {
      file[name] = SafetensorsArray(place.read())
    }
    if let optimizerState { file.metadata["optimizer.step"] = "\(optimizerState.step)" }
    file.metadata["architecture"] = module.architecture
    file.metadata["architecture.version"] = "2"
    try file.write(to: url)
  }

  /// Reads a checkpoint into a module and its optimizer, and returns the notes.
  ///
  /// All arrays are checked before any is assigned: after an error the module and the optimizer are
  /// unchanged.
  /// - Throws: `SafetensorsError` and `FileError` if the file is damaged or unreadable, and
  ///   `CheckpointError` if it belongs to another model or run.
  @discardableResult
  public static func read<Scalar: TensorScalar>(
    into module: some Module<Scalar>, optimizerState: OptimizerState<Scalar>? = nil, from url: URL
  ) throws -> NamedValues<String> {
    let file = try SafetensorsFile(contentsOf: url)
    let places = places(module, optimizerState)
    try checkArchitecture(of: file, module, names: places.map(\.0), path: url.path)
    var arrays: [Tensor<Scalar>] = []
    for (name, place) in places {
      guard let array = file[name] ?? file[formerName(of: name)] else {
        throw CheckpointError(path: url.path, problem: .missing(name))
      }
      let expected = place.shape
      guard array.dtype == Scalar.arrayType, array.shape == expected.sizes else {
        throw CheckpointError(
          path: url.path,
          problem: .mismatch(
            name, expected: "\(Scalar.arrayType.rawValue) \(expected)",
            found: "\(array.dtype.rawValue) \(array.shape)"))
      }
      arrays.append(Tensor(array, shape: expected))
    }
    var step: Int?
    if optimizerState != nil {
      step = try number(of: "optimizer.step", in: file.metadata, path: url.path)
    }
    for ((_, place), array) in zip(places, arrays) { place.write(array) }
    if let step { optimizerState?.step = step }
    return file.metadata
  }

  /// Refuses checkpoints of another model that the shapes of the arrays alone would not reveal.
  private static func checkArchitecture(
    of file: SafetensorsFile, _ module: some Module, names: [String], path: String
  ) throws(CheckpointError) {
    let known = Set(names + names.map(formerName))
    let unknown = file.names.first { name in
      (name.hasPrefix("parameters.") || name.hasPrefix("statistics."))
        && !known.contains(name)
    }
    if let unknown { throw CheckpointError(path: path, problem: .surplus(unknown)) }
    // Checkpoints of older versions have no description of the architecture.
    guard let found = file.metadata["architecture"] else { return }
    let foundLines = lines(found)
    var expectedLines = lines(module.architecture)
    // The first version described neither kinds of nodes and observations nor models of linear nodes.
    if file.metadata["architecture.version"] == nil {
      let roles = ["conditional(", "observation(", "linear-gaussian-model("]
      expectedLines.removeAll { line in
        roles.contains { line.hasPrefix($0) || line.contains(".\($0)") }
      }
    }
    guard foundLines != expectedLines else { return }
    let difference = foundLines.difference(from: expectedLines)
    func first(_ changes: [CollectionDifference<Substring>.Change]) -> String {
      guard case .insert(_, let line, _)? = changes.first else {
        guard case .remove(_, let line, _)? = changes.first else { return "nothing there" }
        return String(line)
      }
      return String(line)
    }
    throw CheckpointError(
      path: path,
      problem: .otherArchitecture(
        expected: first(difference.removals), found: first(difference.insertions)))
  }

  /// The properties that had another name in checkpoints of older versions.
  private static let formerNames = ["logStandardDeviation": "logDeviation"]

  /// The name of an array in a checkpoint of an older version.
  private static func formerName(of name: String) -> String {
    name.split(separator: ".").map { formerNames[String($0)] ?? String($0) }.joined(separator: ".")
  }

  private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  /// A number in a checkpoint's notes: from 0 to 2⁵³, so that sums with it do not overflow.
  ///
  /// - Throws: `CheckpointError` if it is missing, not an integer or out of range.
  package static func number(
    of note: String, in notes: NamedValues<String>, path: String
  ) throws(CheckpointError) -> Int {
    guard let text = notes[note] else {
      throw CheckpointError(path: path, problem: .missing(note))
    }
    guard let number = Int(text) else {
      throw CheckpointError(path: path, problem: .unreadable(note: note, value: text))
    }
    guard (0...1 << 53).contains(number) else {
      throw CheckpointError(
        path: path,
        problem: .implausible(note: note, value: text, expected: "from 0 to \(1 << 53)"))
    }
    return number
  }

  /// A tensor that is saved in a checkpoint: its shape, and how to read and write it.
  private struct Place<Scalar: TensorScalar> {
    let shape: Shape
    let read: () -> Tensor<Scalar>
    let write: (Tensor<Scalar>) -> Void
  }

  private static func places<Scalar: TensorScalar>(
    _ module: some Module<Scalar>, _ optimizerState: OptimizerState<Scalar>?
  ) -> [(String, Place<Scalar>)] {
    optimizerState?.average?.requireTrainedParameters(for: "a checkpoint of the run")
    var places: [(String, Place<Scalar>)] = []
    for (name, parameter) in module.namedParameters() {
      let place = Place(
        shape: parameter.value.shape, read: { parameter.value }, write: parameter.assign)
      places.append(("parameters." + name, place))
    }
    for (name, buffer) in module.namedBuffers() {
      let place = Place(
        shape: buffer.value.shape, read: { buffer.value }, write: buffer.assign)
      places.append(("statistics." + name, place))
    }
    for (slot, name, tensor) in optimizerState?.namedSlots() ?? [] {
      let place = Place(shape: tensor.shape, read: { tensor }, write: tensor.overwrite)
      places.append(("optimizer.\(slot).\(name)", place))
    }
    for (name, tensor) in optimizerState?.average?.namedParameters() ?? [] {
      let place = Place(shape: tensor.shape, read: { tensor }, write: tensor.overwrite)
      places.append(("average.parameters." + name, place))
    }
    for (name, value, assign) in optimizerState?.average?.namedBuffers() ?? [] {
      let place = Place(shape: value.shape, read: { value }, write: assign)
      places.append(("average.statistics." + name, place))
    }
    return places
  }
}

/// A valid checkpoint that does not fit the model or the run.
public struct CheckpointError: DescribedError, Equatable {
  /// The file.
  public let path: String
  /// How it does not fit.
  public let problem: Problem

  /// The ways in which a checkpoint can fail to fit.
  public enum Problem: Equatable, Sendable {
    /// An array or note that the run needs is missing.
    case missing(String)
    /// An array has another type or shape.
    case mismatch(String, expected: String, found: String)
    /// The checkpoint has an array of a parameter or buffer that the model does not have.
    case surplus(String)
    /// A part of the architecture, such as the graph or a node's precision structure, differs.
    case otherArchitecture(expected: String, found: String)
    /// A note cannot be parsed.
    case unreadable(note: String, value: String)
    /// A note has an impossible value.
    case implausible(note: String, value: String, expected: String)
    /// The run was started with other settings.
    case otherRun(setting: String, expected: String, found: String)
  }

  /// An error for the checkpoint at this path.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The path, the problem, and what to do.
  public var description: String {
    let finding =
      switch problem {
      case .missing(let name): "it has no \(name)"
      case .mismatch(let name, let expected, let found): "\(name) is \(found), expected \(expected)"
      case .surplus(let name): "it has \(name), which this model lacks"
      case .otherArchitecture(let expected, let found):
        "its model has \(found), this one \(expected)"
      case .unreadable(let note, let value): "its note \(note) is '\(value.prefix(80))'"
      case .implausible(let note, let value, let expected):
        "its note \(note) is '\(value.prefix(80))', which must be \(expected)"
      case .otherRun(let setting, let expected, let found):
        "its run has \(setting) \(found), this one \(expected)"
      }
    return "\(path): the checkpoint does not fit this run: \(finding) "
      + "(use the settings that the run was started with, or another folder)"
  }
}

/// The memory of a tensor as the storage of a safetensors array, without a copy.
private struct TensorStorage<Scalar: TensorScalar>: SafetensorsStorage {
  let tensor: Tensor<Scalar>

  func withUnsafeStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try tensor.withScalars { try body(UnsafeRawBufferPointer($0)) }
  }
}

extension SafetensorsArray {
  /// An array that shares the elements of a tensor.
  public init<Scalar>(_ tensor: Tensor<Scalar>) {
    self.init(
      storage: TensorStorage(tensor: tensor.detached),
      dtype: Scalar.arrayType, shape: tensor.shape.sizes)
  }
}

extension TensorScalar {
  /// The type of its elements in a file.
  fileprivate static var arrayType: SafetensorsDType {
    (self as! any SafetensorsScalar.Type).dtype
  }
}

extension Tensor {
  /// A tensor with the elements of an array, which must have this tensor's scalar type.
  fileprivate init(_ array: SafetensorsArray, shape: Shape) {
    self.init(shape) { out in
      array.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(start: out, count: bytes.count).copyMemory(from: bytes)
      }
    }
  }
}
