import Tensors

/// Named arrays and a few strings beside them, as a safetensors file holds them.
///
/// The format (https://huggingface.co/docs/safetensors) is a header in JSON and the arrays' bytes;
/// reading one runs no code, and Python's `safetensors` package reads and writes the same files.
///
/// ```swift
/// var file = SafetensorsFile(metadata: ["epoch": "3"])
/// file["decoder.weight"] = SafetensorsArray(weights, shape: [784, 500])
/// try file.write(to: url)
///
/// let saved = try SafetensorsFile(contentsOf: url)
/// let weights = try saved.values(of: "decoder.weight", as: Float.self, shape: [784, 500])
/// ```
public struct SafetensorsFile: Sendable {
  /// Strings about the file as a whole, under `__metadata__` in the header.
  public var metadata: NamedValues<String>

  /// The arrays' names, in the order in which they were added or stand in the file's header.
  public var names: [String] { arrays.names }

  /// The file that this was read from, for the messages of errors; `nil` where it was made here.
  public internal(set) var path: String?

  private var arrays = NamedValues<SafetensorsArray>()

  /// A file without arrays.
  public init(metadata: NamedValues<String> = [:]) {
    self.metadata = metadata
  }

  /// A file without arrays, with the strings of a dictionary, sorted by their keys.
  public init(metadata: [String: String]) {
    self.init(metadata: NamedValues(metadata))
  }

  /// The names and arrays, in order.
  public var entries: [(name: String, array: SafetensorsArray)] {
    arrays.map { ($0.name, $0.value) }
  }

  /// The array of this name, or `nil` where there is none.
  ///
  /// Setting it adds an array at the end, replaces one in its place, or removes one. Names are compared
  /// by their bytes. The name `__metadata__` is the format's own and stops the program.
  /// Complexity: O(1); O(names) to remove.
  public subscript(name: String) -> SafetensorsArray? {
    get { arrays[name] }
    set {
      require(
        !name.hasBytes(of: SafetensorsHeader.metadataKey),
        "No array can be named \(name), which holds the metadata of a safetensors file.")
      arrays[name] = newValue
    }
  }

  /// The array of this name.
  ///
  /// - Throws: `SafetensorsError` where there is none.
  public func array(named name: String) throws(SafetensorsError) -> SafetensorsArray {
    if let array = arrays[name] { return array }
    throw error(.missingArray(name, among: arrays.count))
  }

  /// The values of the array of this name, in row-major order, of exactly this type and shape.
  ///
  /// - Parameter shape: The shape that the array must have; any, where it is `nil`.
  /// - Throws: `SafetensorsError` where there is no such array, or its type or shape is another.
  /// Complexity: O(values).
  public func values<Scalar: SafetensorsScalar>(
    of name: String, as type: Scalar.Type = Scalar.self, shape: [Int]? = nil
  ) throws(SafetensorsError) -> [Scalar] {
    let array = try array(named: name, shape: shape)
    guard let values = array.values(as: type) else {
      throw error(.wrongDType(array: name, found: array.dtype, expected: type.dtype))
    }
    return values
  }

  /// The values of the array of this name as `Float` or `Double`, in row-major order: of its own type,
  /// or of one whose numbers are all among these (`F16` and `BF16`, and `F32` for `Double`).
  ///
  /// - Parameter shape: The shape that the array must have; any, where it is `nil`.
  /// - Throws: `SafetensorsError` where there is no such array, its shape is another, or numbers of its
  ///   type would be rounded.
  /// Complexity: O(values).
  public func convertedValues<Scalar: SafetensorsScalar & BinaryFloatingPoint>(
    of name: String, to type: Scalar.Type = Scalar.self, shape: [Int]? = nil
  ) throws(SafetensorsError) -> [Scalar] {
    let array = try array(named: name, shape: shape)
    guard let values = array.converted(to: type) else {
      throw error(.wrongDType(array: name, found: array.dtype, expected: type.dtype))
    }
    return values
  }

  /// The truth values of the array of this name, in row-major order; otherwise as `values`.
  public func booleans(
    of name: String, shape: [Int]? = nil
  ) throws(SafetensorsError) -> [Bool] {
    let array = try array(named: name, shape: shape)
    guard let values = array.booleans else {
      throw error(.wrongDType(array: name, found: array.dtype, expected: .bool))
    }
    return values
  }

  private func array(
    named name: String, shape: [Int]?
  ) throws(SafetensorsError) -> SafetensorsArray {
    let array = try array(named: name)
    if let shape, shape != array.shape {
      throw error(.wrongShape(array: name, found: array.shape, expected: shape))
    }
    return array
  }

  private func error(_ problem: SafetensorsError.Problem) -> SafetensorsError {
    SafetensorsError(path: path ?? "(not a file yet)", problem: problem)
  }
}
