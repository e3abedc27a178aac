/// The sizes of a tensor's axes, the last one contiguous in memory.
///
/// A shape without axes, `[]`, is a scalar's. Axes are named by their index; a negative index counts
/// from the last axis, `-1`.
public struct Shape: Hashable, Sendable {
  /// The size of each axis.
  public let sizes: [Int]

  /// The shape with these sizes, each zero or more.
  public init(_ sizes: [Int]) {
    require(sizes.allSatisfy { $0 >= 0 }, "a shape has a negative size: \(sizes)")
    self.sizes = sizes
  }

  /// The number of axes.
  public var rank: Int { sizes.count }

  /// The number of elements: the product of the sizes.
  public var count: Int { sizes.reduce(1, *) }

  /// The size of an axis; negative axes count from the last.
  public subscript(axis: Int) -> Int { sizes[resolve(axis)] }

  /// The index from 0 of an axis that may be given from the end.
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
  /// The two shapes, one behind the other.
  public static func + (a: Shape, b: Shape) -> Shape { Shape(a.sizes + b.sizes) }

  /// The shape without its last `count` axes.
  public func droppingLast(_ count: Int = 1) -> Shape { Shape(Array(sizes.dropLast(count))) }

  /// The last `count` axes.
  public func last(_ count: Int) -> Shape { Shape(Array(sizes.suffix(count))) }

  /// The shape with one axis given another size.
  public func replacing(axis: Int, with size: Int) -> Shape {
    var sizes = sizes
    sizes[resolve(axis)] = size
    return Shape(sizes)
  }

  /// The shape without an axis.
  func removing(axis: Int) -> Shape {
    var sizes = sizes
    sizes.remove(at: resolve(axis))
    return Shape(sizes)
  }

  /// Products of the sizes before an axis, of the axis, and behind it.
  func split(at axis: Int) -> (outer: Int, size: Int, inner: Int) {
    let axis = resolve(axis)
    return (
      sizes[..<axis].reduce(1, *), sizes[axis], sizes[(axis + 1)...].reduce(1, *)
    )
  }

  /// The shape to which two shapes broadcast, by the rule of NumPy: axes are aligned at the last
  /// one, and sizes must agree or one of them be 1; `nil` where they do not.
  public func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    var sizes = [Int](repeating: 1, count: max(rank, other.rank))
    for i in 1...max(1, sizes.count) where i <= sizes.count {
      let a = i <= rank ? self.sizes[rank - i] : 1
      let b = i <= other.rank ? other.sizes[other.rank - i] : 1
      guard a == b || a == 1 || b == 1 else { return nil }
      sizes[sizes.count - i] = a == 1 ? b : a
    }
    return Shape(sizes)
  }
}
