import Tensors

/// Named arrays and string metadata: the contents of a safetensors file.
///
/// The format (https://huggingface.co/docs/safetensors) is a JSON header followed by the bytes of
/// the arrays. Reading a file executes no code from it. The `safetensors` package for Python reads
/// and writes the same files.
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
  /// Strings about the file as a whole, stored under `__metadata__` in the header.
  public var metadata: NamedValues<String>

  /// The names of the arrays, in the order of insertion or of the file's header.
  public var names: [String] { arrays.names }

  /// The path of the file that this was read from, for error messages; `nil` if it was created in
  /// memory.
  public internal(set) var path: String?

  private var arrays = NamedValues<SafetensorsArray>()

  /// A file without arrays.
  public init(metadata: NamedValues<String> = [:]) {
    self.metadata = metadata
  }

  /// A file without arrays, with metadata from a dictionary, sorted by key.
  public init(metadata: [String: String]) {
    self.init(metadata: NamedValues(metadata))
  }

  /// The names and arrays, in order.
  public var entries: [(name: String, array: SafetensorsArray)] {
    arrays.map { ($0.name, $0.value) }
  }

  /// The array with this name, or `nil` if there is none.
  ///
  /// Assigning an array adds it at the end or replaces the existing one in place; assigning `nil`
  /// removes it. Names are compared bytewise. The name `__metadata__` is reserved by the format and
  /// stops the program.
  /// Complexity: O(1); O(names) to remove.
  public subscript(name: String) -> SafetensorsArray? {
    get { arrays[name] }
    set {
      require(
        !name.hasBytes(of: SafetensorsHeader.metadataKey),
        "No array can be named \(name): the safetensors format reserves it for metadata.")
      arrays[name] = newValue
    }
  }

  /// The array with this name.
  ///
  /// - Throws: `SafetensorsError` if there is none.
  public func array(named name: String) throws(SafetensorsError) -> SafetensorsArray {
    if let array = arrays[name] { return array }
    throw error(.missingArray(name, among: arrays.count))
  }

  /// The values of the array with this name in row-major order; type and shape must match exactly.
  ///
  /// - Parameter shape: The expected shape; `nil` accepts any shape.
  /// - Throws: `SafetensorsError` if there is no such array, or its type or shape differs.
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

  /// The values of the array with this name as `Float` or `Double` in row-major order. The stored
  /// type must be the same or exactly convertible (`F16` and `BF16`, and `F32` to `Double`).
  ///
  /// - Parameter shape: The expected shape; `nil` accepts any shape.
  /// - Throws: `SafetensorsError` if there is no such array, its shape differs, or the conversion
  ///   could round.
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

  /// The Booleans of the array with this name in row-major order; otherwise as `values`.
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
