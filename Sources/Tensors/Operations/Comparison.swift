import CKernels

/// Elementwise comparisons by the standard library's operators. The result is a mask: 1 where the
/// comparison holds and 0 elsewhere. It is a constant: no gradient flows through it.
extension Tensor {
  /// 1 where `a < b`, else 0.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { combining(.less, a, b) }

  /// 1 where `a ≤ b`, else 0.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { combining(.lessOrEqual, a, b) }

  /// 1 where `a > b`, else 0.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { combining(.less, b, a) }

  /// 1 where `a ≥ b`, else 0.
  public static func .>= (a: Tensor, b: Tensor) -> Tensor { combining(.lessOrEqual, b, a) }

  /// 1 where `a = b`, else 0; NaN equals nothing.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { combining(.equal, a, b) }

  /// 1 where `a < c`, else 0.
  public static func .< (a: Tensor, c: Scalar) -> Tensor { a .< Tensor(c) }

  /// 1 where `a ≤ c`, else 0.
  public static func .<= (a: Tensor, c: Scalar) -> Tensor { a .<= Tensor(c) }

  /// 1 where `a > c`, else 0.
  public static func .> (a: Tensor, c: Scalar) -> Tensor { a .> Tensor(c) }

  /// 1 where `a ≥ c`, else 0.
  public static func .>= (a: Tensor, c: Scalar) -> Tensor { a .>= Tensor(c) }

  /// `a` where this mask is not 0, `b` where it is 0. The three tensors broadcast to each other.
  ///
  /// An element that is not selected gets the gradient 0, even where it is infinite or NaN. If that
  /// element is the result of an operation whose derivative is infinite there, such as `log` at 0,
  /// the product of the two is still NaN: apply `select` to that operation's argument too.
  public func select(_ a: Tensor, _ b: Tensor) -> Tensor {
    guard let ab = a.shape.broadcast(with: b.shape), let target = ab.broadcast(with: shape) else {
      stop("shapes \(shape), \(a.shape) and \(b.shape) do not broadcast to each other")
    }
    let mask = detached.broadcast(to: target)
    func selected(_ a: Tensor, _ b: Tensor) -> Tensor {
      Tensor(target) {
        Scalar.kernels.elementwise.select(mask.pointer, a.pointer, b.pointer, $0, target.count)
      }
    }
    let value = selected(a.detached.broadcast(to: target), b.detached.broadcast(to: target))
    return value.recorded(from: [a, b]) { [aShape = a.shape, bShape = b.shape] g, gradients in
      let zero = Tensor.zeros(target)
      gradients.add(to: 0, selected(g, zero).sum(to: aShape))
      gradients.add(to: 1, selected(zero, g).sum(to: bShape))
    }
  }
}
