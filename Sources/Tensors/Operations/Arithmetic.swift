import CKernels

/// The arithmetic of two tensors broadcasts as NumPy's does; shapes that do not fit stop the program.
extension Tensor {
  /// The value of `f(a, b)` and the shape that both broadcast to.
  @specialized(where Scalar == Float)
  static func combining(_ f: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    guard let shape = a.shape.broadcast(with: b.shape) else {
      stop("shapes \(a.shape) and \(b.shape) do not broadcast to each other")
    }
    return zipped(f, a.detached, b.detached, shape: shape)
  }

  /// `a + b`.
  @specialized(where Scalar == Float)
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    combining(.add, a, b).recorded(from: [a, b]) {
      [aShape = a.shape, bShape = b.shape] g, gradients in
      gradients.add(to: 0, g.sum(to: aShape))
      gradients.add(to: 1, g.sum(to: bShape))
    }
  }

  /// `a − b`.
  @specialized(where Scalar == Float)
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    combining(.subtract, a, b).recorded(from: [a, b]) {
      [aShape = a.shape, bShape = b.shape] g, gradients in
      gradients.add(to: 0, g.sum(to: aShape))
      gradients.add(to: 1, (-g).sum(to: bShape))
    }
  }

  /// `a·b`, element by element.
  @specialized(where Scalar == Float)
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combining(.multiply, a, b).recorded(from: [a, b]) {
      [a = a.detached, b = b.detached] g, gradients in
      gradients.add(to: 0, (g * b).sum(to: a.shape))
      gradients.add(to: 1, (g * a).sum(to: b.shape))
    }
  }

  /// `a/b`, element by element.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let quotient = combining(.divide, a, b)
    return quotient.recorded(from: [a, b]) { [aShape = a.shape, b = b.detached] g, gradients in
      gradients.add(to: 0, (g / b).sum(to: aShape))
      // In this order a quotient of 0 stays 0 where g/b overflows.
      gradients.add(to: 1, (-(quotient / b * g)).sum(to: b.shape))
    }
  }

  /// The larger of two elements; where they are equal, each gets half of the gradient.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(.maximum, a, b) }

  /// The smaller of two elements; where they are equal, each gets half of the gradient.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(.minimum, a, b) }

  private static func extremum(_ f: BinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    let value = combining(f, a, b)
    return value.recorded(from: [a, b]) { [a = a.detached, b = b.detached] g, gradients in
      let (fromA, fromB) = (value.isEqual(to: a), value.isEqual(to: b))
      let share = g / (fromA + fromB)
      gradients.add(to: 0, (share * fromA).sum(to: a.shape))
      gradients.add(to: 1, (share * fromB).sum(to: b.shape))
    }
  }

  /// `xᵖ` of each element; NaN for a negative element and a power that is no integer. `x⁰` is 1
  /// everywhere, with the derivative 0.
  public func power(_ exponent: Scalar) -> Tensor {
    let x = detached
    let value = Tensor.combining(.power, x, Tensor(exponent))
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g * Tensor.combining(.powerSlope, x, Tensor(exponent)))
    }
  }

  /// The elements kept between two bounds; outside of them the derivative is 0.
  public func clamped(to bounds: ClosedRange<Scalar>) -> Tensor {
    let inside = isGreaterOrEqual(to: bounds.lowerBound) * isLessOrEqual(to: bounds.upperBound)
    let low = Tensor.combining(.maximum, detached, Tensor(bounds.lowerBound))
    let value = Tensor.combining(.minimum, low, Tensor(bounds.upperBound))
    return value.recorded(from: [self]) { g, gradients in gradients.add(to: 0, g * inside) }
  }
}

extension Tensor {
  /// KL of binary variables with the log-odds `self` from those with `other`, element by element, which
  /// broadcast: `softplus(p) − softplus(l) − σ(l)·(p − l)`, accurate where the two are nearly equal.
  ///
  /// At infinite log-odds, of variables that are constant, value and slopes are the limits: the slope
  /// `σ(l)·σ(−l)·(l − p)` is 0 at an infinite `l`, and `σ(p) − σ(l)` is 0 where the two are equal.
  package func binaryDivergence(from other: Tensor) -> Tensor {
    Tensor.combining(.binaryDivergence, self, other).recorded(from: [self, other]) {
      [l = detached, p = other.detached] g, gradients in
      let slope = Tensor.combining(.binaryDivergenceSlope, l, p)
      gradients.add(to: 0, (g * slope).sum(to: l.shape))
      let otherSlope = Tensor.combining(.binaryDivergenceOtherSlope, l, p)
      gradients.add(to: 1, (g * otherSlope).sum(to: p.shape))
    }
  }
}

// MARK: - With numbers

extension Tensor {
  /// `x + c`.
  public static func + (x: Tensor, c: Scalar) -> Tensor { x.affine(scale: 1, shift: c) }
  /// `c + x`.
  public static func + (c: Scalar, x: Tensor) -> Tensor { x.affine(scale: 1, shift: c) }
  /// `x − c`.
  public static func - (x: Tensor, c: Scalar) -> Tensor { x.affine(scale: 1, shift: -c) }
  /// `c − x`.
  public static func - (c: Scalar, x: Tensor) -> Tensor { x.affine(scale: -1, shift: c) }
  /// `c·x`.
  public static func * (x: Tensor, c: Scalar) -> Tensor { x.affine(scale: c, shift: -0.0) }
  /// `c·x`.
  public static func * (c: Scalar, x: Tensor) -> Tensor { x.affine(scale: c, shift: -0.0) }
  /// `x/c`.
  public static func / (x: Tensor, c: Scalar) -> Tensor { x / Tensor(c) }
  /// `c/x`.
  public static func / (c: Scalar, x: Tensor) -> Tensor { Tensor(c) / x }

  /// Adds to a tensor.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts from a tensor.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies a tensor.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
}
