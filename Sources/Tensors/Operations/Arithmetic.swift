import CKernels

/// Elementwise operations on two tensors, which broadcast by NumPy's rule. Shapes that do not
/// broadcast stop the program.
extension Tensor {
  /// `f(a, b)`, elementwise, in the shape to which both broadcast; not recorded.
  @specialized(where Scalar == Float)
  static func combining(_ f: LGBinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
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

  /// `a·b`, elementwise.
  @specialized(where Scalar == Float)
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combining(.multiply, a, b).recorded(from: [a, b]) {
      [a = a.detached, b = b.detached] g, gradients in
      gradients.add(to: 0, (g * b).sum(to: a.shape))
      gradients.add(to: 1, (g * a).sum(to: b.shape))
    }
  }

  /// `a/b`, elementwise.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let quotient = combining(.divide, a, b)
    return quotient.recorded(from: [a, b]) { [aShape = a.shape, b = b.detached] g, gradients in
      gradients.add(to: 0, (g / b).sum(to: aShape))
      // Evaluated in this order, a quotient of 0 gives 0 even where g/b overflows.
      gradients.add(to: 1, (-(quotient / b * g)).sum(to: b.shape))
    }
  }

  /// The elementwise maximum; where two elements are equal, each gets half of the gradient.
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(.maximum, a, b) }

  /// The elementwise minimum; where two elements are equal, each gets half of the gradient.
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor { extremum(.minimum, a, b) }

  private static func extremum(_ f: LGBinaryFunction, _ a: Tensor, _ b: Tensor) -> Tensor {
    let value = combining(f, a, b)
    return value.recorded(from: [a, b]) { [a = a.detached, b = b.detached] g, gradients in
      let (fromA, fromB) = (value .== a, value .== b)
      let share = g / (fromA + fromB)
      gradients.add(to: 0, (share * fromA).sum(to: a.shape))
      gradients.add(to: 1, (share * fromB).sum(to: b.shape))
    }
  }

  /// `xᵖ`, elementwise; NaN for a negative `x` and a power that is not an integer. `x⁰` is 1
  /// everywhere, with derivative 0.
  public func power(_ exponent: Scalar) -> Tensor {
    let x = detached
    let value = Tensor.combining(.power, x, Tensor(exponent))
    return value.recorded(from: [self]) { g, gradients in
      gradients.add(to: 0, g * Tensor.combining(.powerSlope, x, Tensor(exponent)))
    }
  }

  /// Each element clamped to a range; outside of the range the derivative is 0.
  public func clamped(to bounds: ClosedRange<Scalar>) -> Tensor {
    let inside = (self .>= bounds.lowerBound) * (self .<= bounds.upperBound)
    let low = Tensor.combining(.maximum, detached, Tensor(bounds.lowerBound))
    let value = Tensor.combining(.minimum, low, Tensor(bounds.upperBound))
    return value.recorded(from: [self]) { g, gradients in gradients.add(to: 0, g * inside) }
  }
}

extension Tensor {
  /// `KL(q‖p)` of Bernoulli variables with log-odds `l = self` and `p = other`, elementwise with
  /// broadcasting, in nats.
  ///
  /// It equals `softplus(p) − softplus(l) − σ(l)·(p − l)`, and is accurate where the two are nearly
  /// equal.
  ///
  /// At infinite log-odds the value and the derivatives are their limits: `σ(l)·σ(−l)·(l − p)` is 0 at
  /// an infinite `l`, and `σ(p) − σ(l)` is 0 if the two are equal.
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

// MARK: - Tensor and scalar

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

  /// Adds `b` to `a`; `a` is replaced by the result.
  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  /// Subtracts `b` from `a`; `a` is replaced by the result.
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  /// Multiplies `a` by `b`; `a` is replaced by the result.
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
}
