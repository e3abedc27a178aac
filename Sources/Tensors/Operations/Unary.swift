import CKernels

extension Tensor {
  /// Applies one of the kernels' functions to each element, with its adjoint `ḡ·f'(x)`.
  @specialized(where Scalar == Float)
  func applying(_ function: UnaryFunction) -> Tensor {
    let kernels = Scalar.kernels.elementwise
    let (x, n) = (detached, count)
    let y = Tensor(shape) { out in
      forEachElement(n) { i in
        kernels.unary(function, x.pointer + i.lowerBound, out + i.lowerBound, i.count)
      }
    }
    return y.recorded(from: [self]) { upstream, gradients in
      gradients.update(0) { memory, accumulate in
        forEachElement(n) { i in
          let start = i.lowerBound
          kernels.unaryAdjoint(
            function, x.pointer + start, y.pointer + start, upstream.pointer + start,
            memory + start, i.count, accumulate ? 1 : 0)
        }
      }
    }
  }

  /// `scale·x + shift` of each element.
  @specialized(where Scalar == Float)
  func affine(scale: Scalar, shift: Scalar) -> Tensor {
    let kernels = Scalar.kernels.elementwise
    let n = count
    let y = Tensor(shape) { out in
      forEachElement(n) { i in
        kernels.affine(pointer + i.lowerBound, scale, shift, out + i.lowerBound, i.count, 0)
      }
    }
    return y.recorded(from: [self]) { upstream, gradients in
      gradients.update(0) { memory, accumulate in
        forEachElement(n) { i in
          kernels.affine(
            upstream.pointer + i.lowerBound, scale, 0, memory + i.lowerBound, i.count,
            accumulate ? 1 : 0)
        }
      }
    }
  }
}

/// A loop over elements, on several threads where there are so many that a thread is worth it.
func forEachElement(_ count: Int, _ body: (Range<Int>) -> Void) {
  parallelFor(count: count, grain: 1 << 16, body)
}

/// Functions are accurate over the whole range of their arguments, forward and in their derivatives,
/// to what `Documentation/accuracy.md` states; at NaN and outside of their domain both are NaN.
extension Tensor {
  /// `−x`.
  public static prefix func - (x: Tensor) -> Tensor { x.applying(.negate) }

  /// `|x|`, with the derivative 0 at 0.
  public func abs() -> Tensor { applying(.absolute) }

  /// −1, 0 or 1, and NaN of NaN, with the derivative 0.
  public func sign() -> Tensor { applying(.sign) }

  /// `x²`.
  public func squared() -> Tensor { applying(.square) }

  /// `1/x`.
  public func reciprocal() -> Tensor { applying(.reciprocal) }

  /// `√x`, NaN for a negative element.
  public func squareRoot() -> Tensor { applying(.squareRoot) }

  /// `eˣ`.
  public func exp() -> Tensor { applying(.exp) }

  /// `eˣ − 1`, accurate for small `x`.
  public func expm1() -> Tensor { applying(.expm1) }

  /// The natural logarithm; −∞ at 0 and NaN below it.
  public func log() -> Tensor { applying(.log) }

  /// `log(1 + x)`, accurate for small `x`.
  public func log1p() -> Tensor { applying(.log1p) }

  /// `x − log(1 + x)`, never negative, and accurate for small `x`, where it is near `½x²`.
  public func log1pDefect() -> Tensor { applying(.log1pDefect) }

  /// The sine.
  public func sin() -> Tensor { applying(.sin) }

  /// The cosine.
  public func cos() -> Tensor { applying(.cos) }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor { applying(.tanh) }

  /// `1/(1 + e⁻ˣ)`.
  public func sigmoid() -> Tensor { applying(.sigmoid) }

  /// `log(1 + eˣ)`, without overflow.
  public func softplus() -> Tensor { applying(.softplus) }

  /// `max(x, 0)`, with the derivative 0 at 0.
  public func relu() -> Tensor { applying(.relu) }

  /// `x` where it is positive, `eˣ − 1` elsewhere (Clevert et al., 2016).
  public func elu() -> Tensor { applying(.elu) }

  /// The entropy of a binary variable of log-odds `x`, in nats: `log(1 + eˣ) − x·σ(x)`, accurate in both
  /// tails.
  package func binaryEntropy() -> Tensor { applying(.binaryEntropy) }
}
