import Tensors

/// An array of a safetensors file: an element type, a shape, and the elements in row-major order.
///
/// An array that is created from values shares their storage, so that neither storing nor writing
/// it makes another copy.
public struct SafetensorsArray: Sendable {
  /// The type of the elements.
  public let dtype: SafetensorsDType

  /// The sizes of the axes, outermost first; `[]` for a scalar. A size may be 0.
  public let shape: [Int]

  private let storage: any SafetensorsStorage

  /// An array of `values` in row-major order.
  ///
  /// - Parameter shape: The sizes of the axes, whose product is `values.count`; the default is
  ///   `[values.count]`.
  public init<Scalar: SafetensorsScalar>(_ values: [Scalar], shape: [Int]? = nil) {
    self.init(storage: values, dtype: Scalar.dtype, shape: shape ?? [values.count])
  }

  /// An array of Booleans, one byte each; `shape` as for numbers.
  public init(_ values: [Bool], shape: [Int]? = nil) {
    let bytes = values.map { $0 ? 1 : 0 as UInt8 }
    self.init(storage: bytes, dtype: .bool, shape: shape ?? [values.count])
  }

  /// An array of any type from its little-endian bytes in row-major order.
  ///
  /// - Parameter shape: The sizes of the axes, whose product is `bytes.count / dtype.elementSize`.
  public init(bytes: [UInt8], dtype: SafetensorsDType, shape: [Int]) {
    self.init(storage: bytes, dtype: dtype, shape: shape)
  }

  /// An array that shares existing memory, such as a tensor's storage.
  package init(storage: some SafetensorsStorage, dtype: SafetensorsDType, shape: [Int]) {
    let byteCount = storage.withUnsafeStoredBytes { $0.count }
    require(
      dtype.byteCount(of: shape) == byteCount,
      "\(byteCount) bytes do not match a \(dtype.rawValue) array of shape \(shape).")
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
  }

  /// Calls `body` with the bytes of the elements. They have no guaranteed alignment and are valid
  /// only during the call.
  ///
  /// Complexity: O(1) apart from `body`.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try storage.withUnsafeStoredBytes(body)
  }

  /// The size of all elements in bytes.
  public var byteCount: Int { withUnsafeBytes { $0.count } }

  /// The elements' little-endian bytes.
  public var bytes: [UInt8] { storage as? [UInt8] ?? withUnsafeBytes { [UInt8]($0) } }

  /// The elements in row-major order, or `nil` if they are of another type.
  ///
  /// No element is converted: `values(as: Float.self)` of an `F64` array is `nil`.
  /// Complexity: O(elements) for an array that was read from a file, O(1) for one created from
  /// values.
  public func values<Scalar: SafetensorsScalar>(as type: Scalar.Type = Scalar.self) -> [Scalar]? {
    if dtype != type.dtype { return nil }
    if let values = storage as? [Scalar] { return values }
    return withUnsafeBytes { bytes in
      [Scalar](unsafeUninitializedCapacity: bytes.count / dtype.elementSize) { buffer, count in
        UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
        count = bytes.count / dtype.elementSize
      }
    }
  }

  /// The elements as Booleans, where every byte but 0 is true; `nil` if the type is not `BOOL`.
  public var booleans: [Bool]? {
    dtype == .bool ? withUnsafeBytes { $0.map { $0 != 0 } } : nil
  }
}

extension SafetensorsArray: Equatable {
  /// Whether types, shapes and all bits agree. A NaN equals a NaN with the same bits, and 0 differs
  /// from −0.
  public static func == (left: Self, right: Self) -> Bool {
    left.dtype == right.dtype && left.shape == right.shape
      && left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
  }
}

/// Memory that holds an array's elements and does not change while it is referenced.
package protocol SafetensorsStorage: Sendable {
  /// Calls `body` with the stored bytes, which are valid only during the call.
  func withUnsafeStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result
}

extension Array: SafetensorsStorage where Element: SafetensorsScalar {
  package func withUnsafeStoredBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withUnsafeBytes(body)
  }
}
