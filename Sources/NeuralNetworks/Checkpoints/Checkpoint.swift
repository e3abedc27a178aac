import Foundation
import Tensors

/// The state of a training run as a safetensors file: parameters, statistics, the optimizer's slots
/// and step, and whatever else the run notes down as text.
///
/// Arrays are named `parameters.…`, `statistics.…` and `optimizer.SLOT.…` after the module's members,
/// and those of a moving average `average.parameters.…` and `average.statistics.…`.
public enum Checkpoint {
  /// Writes a checkpoint, completely or not at all: to a temporary file that is then renamed.
  ///
  /// - Parameters:
  ///   - notes: text under names of the caller's, such as the epoch and the generator's state.
  /// - Throws: `FileError` where the file cannot be written; an older one is then untouched.
  public static func write<Scalar: TensorScalar>(
    _ module: some Module<Scalar>, optimization: Optimization<Scalar>? = nil,
    notes: [String: String] = [:], to url: URL
  ) throws {
    var file = SafetensorsFile(metadata: NamedValues(notes))
    for (name, place) in places(module, optimization) {
      file[name] = SafetensorsArray(place.read())
    }
    if let optimization { file.metadata["optimizer.step"] = "\(optimization.step)" }
    file.metadata["architecture"] = module.architecture
    try file.write(to: url)
  }

  /// Reads a checkpoint into a module and its optimizer, and returns its notes.
  ///
  /// Every array is checked before the first is taken over, so that after an error all is as before.
  /// - Throws: `SafetensorsError` and `FileError` where the file is damaged or unreadable, and
  ///   `CheckpointError` where it is another model's.
  @discardableResult
  public static func read<Scalar: TensorScalar>(
    into module: some Module<Scalar>, optimization: Optimization<Scalar>? = nil, from url: URL
  ) throws -> NamedValues<String> {
    let file = try SafetensorsFile(contentsOf: url)
    let places = places(module, optimization)
    try checkArchitecture(of: file, module, names: places.map(\.0), path: url.path)
    var arrays: [Tensor<Scalar>] = []
    for (name, place) in places {
      guard let array = file[name] else {
        throw CheckpointError(path: url.path, problem: .missing(name))
      }
      let expected = place.shape
      guard array.dtype.rawValue == Scalar.typeName, array.shape == expected.sizes else {
        throw CheckpointError(
          path: url.path,
          problem: .mismatch(
            name, expected: "\(Scalar.typeName) \(expected)",
            found: "\(array.dtype.rawValue) \(array.shape)"))
      }
      arrays.append(Tensor(array, shape: expected))
    }
    var step: Int?
    if optimization != nil {
      step = try number(of: "optimizer.step", in: file.metadata, path: url.path)
    }
    for ((_, place), array) in zip(places, arrays) { place.write(array) }
    if let step { optimization?.step = step }
    return file.metadata
  }

  /// Refuses what the arrays alone would not show to be of another model.
  private static func checkArchitecture(
    of file: SafetensorsFile, _ module: some Module, names: [String], path: String
  ) throws(CheckpointError) {
    let known = Set(names)
    let unknown = file.names.first { name in
      (name.hasPrefix("parameters.") || name.hasPrefix("statistics."))
        && !known.contains(name)
    }
    if let unknown { throw CheckpointError(path: path, problem: .surplus(unknown)) }
    // Checkpoints of older versions do not state it.
    guard let found = file.metadata["architecture"] else { return }
    let (foundLines, expectedLines) = (lines(found), lines(module.architecture))
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

  private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  /// A count that a checkpoint notes down: from 0 to 2⁵³, so that no sum with it overflows.
  ///
  /// - Throws: `CheckpointError` where it is missing, no whole number or out of range.
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

  /// A tensor of the run that a checkpoint holds.
  private struct Place<Scalar: TensorScalar> {
    let shape: Shape
    let read: () -> Tensor<Scalar>
    let write: (Tensor<Scalar>) -> Void
  }

  private static func places<Scalar: TensorScalar>(
    _ module: some Module<Scalar>, _ optimization: Optimization<Scalar>?
  ) -> [(String, Place<Scalar>)] {
    optimization?.average?.requireTrainedParameters(for: "a checkpoint of the run")
    var places: [(String, Place<Scalar>)] = []
    for (name, parameter) in module.namedParameters() {
      let place = Place(
        shape: parameter.value.shape, read: { parameter.value }, write: parameter.assign)
      places.append(("parameters." + name, place))
    }
    for (name, statistic) in module.namedStatistics() {
      let place = Place(
        shape: statistic.value.shape, read: { statistic.value }, write: statistic.assign)
      places.append(("statistics." + name, place))
    }
    for (slot, name, tensor) in optimization?.namedSlots() ?? [] {
      let place = Place(shape: tensor.shape, read: { tensor }, write: tensor.overwrite)
      places.append(("optimizer.\(slot).\(name)", place))
    }
    for (name, tensor) in optimization?.average?.namedParameters() ?? [] {
      let place = Place(shape: tensor.shape, read: { tensor }, write: tensor.overwrite)
      places.append(("average.parameters." + name, place))
    }
    for (name, value, assign) in optimization?.average?.namedStatistics() ?? [] {
      let place = Place(shape: value.shape, read: { value }, write: assign)
      places.append(("average.statistics." + name, place))
    }
    return places
  }
}

/// A checkpoint that is sound, and does not fit.
public struct CheckpointError: DescribedError, Equatable {
  /// The file.
  public let path: String
  /// What does not fit.
  public let problem: Problem

  /// What can keep a checkpoint from fitting.
  public enum Problem: Equatable, Sendable {
    /// An array or note that the run needs is not there.
    case missing(String)
    /// An array is of another type or shape.
    case mismatch(String, expected: String, found: String)
    /// It has an array of a parameter or a statistic that the model lacks.
    case surplus(String)
    /// A part of its model, such as the graph or the structure of a node, is another.
    case otherArchitecture(expected: String, found: String)
    /// A note does not read as what it should be.
    case unreadable(note: String, value: String)
    /// A note has a value that no run has.
    case implausible(note: String, value: String, expected: String)
    /// The run was started with other settings.
    case otherRun(setting: String, expected: String, found: String)
  }

  /// A checkpoint at a path with a problem.
  public init(path: String, problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// The file, what is wrong, and what to do.
  public var description: String {
    let finding =
      switch problem {
      case .missing(let name): "it has no \(name)"
      case .mismatch(let name, let expected, let found): "\(name) is \(found), not \(expected)"
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
      + "(start with the settings it was made with, or in another folder)"
  }
}

/// A tensor's memory as an array of a safetensors file, without a copy.
private struct TensorStorage<Scalar: TensorScalar>: SafetensorsStorage {
  let tensor: Tensor<Scalar>

  func withUnsafeStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try tensor.withScalars { try body(UnsafeRawBufferPointer($0)) }
  }
}

extension SafetensorsArray {
  /// The elements of a tensor, which are shared, not copied.
  public init<Scalar>(_ tensor: Tensor<Scalar>) {
    self.init(
      storage: TensorStorage(tensor: tensor.detached),
      dtype: SafetensorsDType(rawValue: Scalar.typeName)!, shape: tensor.shape.sizes)
  }
}

extension Tensor {
  /// The elements of an array of this tensor's type.
  fileprivate init(_ array: SafetensorsArray, shape: Shape) {
    self.init(shape) { out in
      array.withUnsafeBytes { bytes in
        UnsafeMutableRawBufferPointer(start: out, count: bytes.count).copyMemory(from: bytes)
      }
    }
  }
}
