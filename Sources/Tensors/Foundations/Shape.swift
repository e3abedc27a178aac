/// The sizes of a tensor's axes; the last axis is contiguous in memory.
///
/// The empty shape `[]` is the shape of a scalar. Axes are numbered from 0; negative indices count
/// from the end, so `-1` is the last axis.
public struct Shape: Hashable, Sendable {
  /// The number of axes.
  public let rank: Int
  /// The sizes of the first four axes, stored inline: a training step copies thousands of shapes.
  private var first = FourSizes()
  /// The sizes of further axes.
  private var further: [Int]?

  /// The shape with these sizes, each zero or more.
  public init(_ sizes: [Int]) {
    self.init(rank: sizes.count) { sizes[$0] }
  }

  /// The shape whose size at each index is the result of a closure.
  @inline(__always)
  private init(rank: Int, _ size: (Int) -> Int) {
    self.rank = rank
    for axis in 0..<min(rank, 4) { first[axis] = size(axis) }
    if rank > 4 { further = (4..<rank).map(size) }
    for axis in 0..<rank {
      require(self.size(axis) >= 0, "a shape has a negative size: \(sizes)")
    }
  }

  /// The size of each axis.
  public var sizes: [Int] { (0..<rank).map(size) }

  /// The number of elements: the product of the sizes.
  public var count: Int { product(0..<rank) }

  /// The size of an axis; negative axes count from the last.
  public subscript(axis: Int) -> Int { size(resolve(axis)) }

  /// The size of an axis by its index from 0.
  private func size(_ axis: Int) -> Int { axis < 4 ? first[axis] : further![axis - 4] }

  private func product(_ axes: Range<Int>) -> Int {
    axes.reduce(1) { product, axis in
      let (next, overflow) = product.multipliedReportingOverflow(by: size(axis))
      require(!overflow, "a shape has more elements than can be counted: \(sizes)")
      return next
    }
  }

  /// The nonnegative index of an axis; a negative index counts from the end.
  package func resolve(_ axis: Int) -> Int {
    let index = axis < 0 ? axis + rank : axis
    require(index >= 0 && index < rank, "axis \(axis) is outside the shape \(self)")
    return index
  }
}

extension Shape: ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The shape with these sizes.
  public init(arrayLiteral sizes: Int...) { self.init(sizes) }

  /// The sizes in brackets: `[2, 3]`.
  public var description: String { sizes.description }
}

extension Shape {
  /// The sizes of the first shape followed by those of the second.
  public static func + (a: Shape, b: Shape) -> Shape {
    Shape(rank: a.rank + b.rank) { $0 < a.rank ? a.size($0) : b.size($0 - a.rank) }
  }

  /// The shape without its last `count` axes.
  public func dropLast(_ count: Int = 1) -> Shape {
    require(count >= 0, "the shape \(self) without its last \(count) axes")
    return Shape(rank: max(0, rank - count), size)
  }

  /// The last `count` axes.
  public func last(_ count: Int) -> Shape {
    require(count >= 0, "the last \(count) axes of the shape \(self)")
    let dropped = max(0, rank - count)
    return Shape(rank: rank - dropped) { size(dropped + $0) }
  }

  /// The shape with the size of one axis replaced.
  public func replacing(axis: Int, with size: Int) -> Shape {
    let axis = resolve(axis)
    return Shape(rank: rank) { $0 == axis ? size : self.size($0) }
  }

  /// The shape with one axis removed.
  func removing(axis: Int) -> Shape {
    let axis = resolve(axis)
    return Shape(rank: rank - 1) { size($0 < axis ? $0 : $0 + 1) }
  }

  /// The shape with an axis of this size inserted at an index.
  func inserting(_ size: Int, at axis: Int) -> Shape {
    Shape(rank: rank + 1) {
      $0 == axis ? size : self.size($0 < axis ? $0 : $0 - 1)
    }
  }

  /// The product of the sizes before an axis, the size of the axis, and the product of the sizes
  /// after it.
  func split(at axis: Int) -> (outer: Int, size: Int, inner: Int) {
    let axis = resolve(axis)
    return (product(0..<axis), size(axis), product(axis + 1..<rank))
  }

  /// The shape to which the two shapes broadcast, by NumPy's rule; `nil` where they do not
  /// broadcast.
  ///
  /// Axes are aligned at the last one. Two aligned sizes must be equal, or one of them must be 1.
  public func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    let common = max(rank, other.rank)
    // The size of a shape's axis at this index of the result; 1 for a leading axis that it lacks.
    func aligned(_ shape: Shape, _ axis: Int) -> Int {
      let index = axis - (common - shape.rank)
      return index < 0 ? 1 : shape.size(index)
    }
    for axis in 0..<common {
      let (a, b) = (aligned(self, axis), aligned(other, axis))
      guard a == b || a == 1 || b == 1 else { return nil }
    }
    return Shape(rank: common) { axis in
      let size = aligned(self, axis)
      return size == 1 ? aligned(other, axis) : size
    }
  }
}

/// The sizes of up to four axes, 1 for an axis that does not exist. These are plain fields because
/// a SIMD vector would need an alignment larger than allocators guarantee.
private struct FourSizes: Hashable, Sendable {
  private var a = 1
  private var b = 1
  private var c = 1
  private var d = 1

  subscript(axis: Int) -> Int {
    get {
      switch axis {
      case 0: a
      case 1: b
      case 2: c
      default: d
      }
    }
    set {
      switch axis {
      case 0: a = newValue
      case 1: b = newValue
      case 2: c = newValue
      default: d = newValue
      }
    }
  }
}
