/// A dense array of numbers with any number of axes, which records how it was computed.
///
/// A tensor is a value: operations return new tensors. Its elements lie in row-major order in one
/// buffer, which copies and reshaped tensors share.
///
/// A tensor that was computed from a variable (`tracked()` or a `Parameter`) refers to the record
/// of its operation, from which `gradients(of:withRespectTo:)` propagates backward. A tensor that
/// was not computed from a variable has no record and no overhead.
public struct Tensor<Scalar: TensorScalar>: @unchecked Sendable {
  /// The sizes of the axes.
  public let shape: Shape
  package internal(set) var storage: Storage<Scalar>
  /// The index of the first element in the storage.
  package let offset: Int
  package let node: Node<Scalar>?

  @specialized(where Scalar == Float)
  package init(shape: Shape, storage: Storage<Scalar>, offset: Int, node: Node<Scalar>?) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
    self.node = node
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The address of the first element. It is valid while a variable or parameter in scope holds the
  /// tensor; a temporary value may be released before the address is used.
  package var pointer: UnsafePointer<Scalar> { UnsafePointer(storage.pointer + offset) }
}

// MARK: - Creating tensors

extension Tensor {
  /// A tensor of this shape whose elements `fill` writes; it must write all of them.
  @specialized(where Scalar == Float)
  package init(_ shape: Shape, filledBy fill: (UnsafeMutablePointer<Scalar>) throws -> Void)
    rethrows
  {
    let storage = Storage<Scalar>(count: shape.count)
    self.init(shape: shape, storage: storage, offset: 0, node: nil)
    // Keep the storage alive even where the tensor is unused after `fill`, as a workspace is.
    try withExtendedLifetime(storage) { try fill(storage.pointer) }
  }

  /// The tensor with these elements in row-major order; there are as many as the shape has.
  public init(_ scalars: [Scalar], shape: Shape) {
    require(
      scalars.count == shape.count,
      "\(scalars.count) elements do not fill the shape \(shape) of \(shape.count)")
    self.init(shape) { pointer in
      _ = UnsafeMutableBufferPointer(start: pointer, count: scalars.count)
        .initialize(fromContentsOf: scalars)
    }
  }

  /// The vector with these elements.
  public init(_ scalars: [Scalar]) { self.init(scalars, shape: [scalars.count]) }

  /// The scalar tensor, of shape `[]`.
  public init(_ scalar: Scalar) { self = .full(scalar, []) }

  /// A tensor whose elements are all `value`.
  public static func full(_ value: Scalar, _ shape: Shape) -> Tensor {
    Tensor(shape) { Scalar.kernels.elementwise.fill(value, $0, shape.count) }
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: Shape) -> Tensor { full(0, shape) }

  /// A tensor of ones.
  public static func ones(_ shape: Shape) -> Tensor { full(1, shape) }

  /// The identity matrix of this size.
  public static func identity(_ size: Int) -> Tensor {
    Tensor([size, size]) { pointer in
      Scalar.kernels.elementwise.fill(0, pointer, size * size)
      for i in 0..<size { pointer[i * size + i] = 1 }
    }
  }

  /// The vector `start, start + step, …` of `count` elements.
  public static func range(_ count: Int, from start: Scalar = 0, step: Scalar = 1) -> Tensor {
    Tensor([count]) { pointer in
      for i in 0..<count { pointer[i] = start + Scalar(i) * step }
    }
  }
}

// MARK: - Reading elements

extension Tensor {
  /// A copy of the elements in row-major order.
  public var scalars: [Scalar] { withScalars { Array($0) } }

  /// The element of a tensor that has exactly one.
  public var scalar: Scalar {
    require(count == 1, "a tensor of shape \(shape) has no single element")
    return withScalars { $0[0] }
  }

  /// One element, by its index along each axis.
  public subscript(index: Int...) -> Scalar {
    require(index.count == rank, "\(index.count) indices for a tensor of shape \(shape)")
    var at = 0
    for (axis, i) in index.enumerated() {
      let size = shape[axis]
      require(i >= 0 && i < size, "index \(index) is outside the shape \(shape)")
      at = at * size + i
    }
    return withScalars { $0[at] }
  }

  /// Calls `body` with the elements in row-major order, without copying them.
  public func withScalars<Result>(
    _ body: (UnsafeBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: pointer, count: count))
    }
  }

  /// The index in row-major order of the first element that is NaN or outside of these bounds.
  package func firstIndex(outside bounds: ClosedRange<Scalar>) -> Int? {
    let index = withScalars {
      Scalar.kernels.reductions.firstOutside(
        $0.baseAddress!, bounds.lowerBound, bounds.upperBound, $0.count)
    }
    return index < 0 ? nil : index
  }

  /// The index in row-major order of the first element that is not positive and finite.
  package var firstIndexNotPositive: Int? {
    firstIndex(outside: .leastNonzeroMagnitude ... .greatestFiniteMagnitude)
  }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool {
    withScalars { Scalar.kernels.reductions.allFinite($0.baseAddress!, $0.count) }
  }
}

extension Tensor: CustomStringConvertible {
  /// The type, the shape and the first elements.
  public var description: String {
    let shown = withScalars { $0.prefix(8).map { "\($0)" } }
    let more = count > 8 ? ", …" : ""
    return "Tensor<\(Scalar.self)> \(shape) [\(shown.joined(separator: ", "))\(more)]"
  }
}
