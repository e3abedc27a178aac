import CKernels

extension Tensor {
  /// Applies a function of the kernel table to each element; the adjoint is `ḡ·f'(x)`.
  @specialized(where Scalar == Float)
  func applying(_ function: LGUnaryFunction) -> Tensor {
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
            LGUnaryAdjoint(f: function, n: i.count, accumulate: accumulate), x.pointer + start,
            y.pointer + start, upstream.pointer + start, memory + start)
        }
      }
    }
  }

  /// `scale·x + shift`, elementwise.
  @specialized(where Scalar == Float)
  func affine(scale: Scalar, shift: Scalar) -> Tensor {
    let kernels = Scalar.kernels.elementwise
    let n = count
    let y = Tensor(shape) { out in
      forEachElement(n) { i in
        kernels.affine(pointer + i.lowerBound, scale, shift, out + i.lowerBound, i.count, false)
      }
    }
    return y.recorded(from: [self]) { upstream, gradients in
      gradients.update(0) { memory, accumulate in
        forEachElement(n) { i in
          kernels.affine(
            upstream.pointer + i.lowerBound, scale, 0, memory + i.lowerBound, i.count,
            accumulate)
        }
      }
    }
  }
}

/// Calls `body` on ranges of elements, on several threads where there are enough elements.
func forEachElement(_ count: Int, _ body: (Range<Int>) -> Void) {
  parallelFor(count: count, grain: 1 << 16, body)
}

/// Elementwise functions. Values and derivatives have the accuracy that `Documentation/accuracy.md`
/// states, over the whole range of the argument. Both are NaN at NaN and outside of the domain.
extension Tensor {
  /// `−x`.
  public static prefix func - (x: Tensor) -> Tensor { x.applying(.negate) }

  /// `|x|`, with the derivative 0 at 0.
  public func abs() -> Tensor { applying(.absolute) }

  /// −1, 0 or 1; NaN at NaN. The derivative is 0.
  public func sign() -> Tensor { applying(.sign) }

  /// `x²`.
  public func squared() -> Tensor { applying(.square) }

  /// `1/x`.
  public func reciprocal() -> Tensor { applying(.reciprocal) }

  /// `√x`; NaN for negative `x`.
  public func squareRoot() -> Tensor { applying(.squareRoot) }

  /// `eˣ`.
  public func exp() -> Tensor { applying(.exp) }

  /// `eˣ − 1`, accurate for small `x`.
  public func expm1() -> Tensor { applying(.expm1) }

  /// The natural logarithm; −∞ at 0, NaN for negative `x`.
  public func log() -> Tensor { applying(.log) }

  /// `log(1 + x)`, accurate for small `x`.
  public func log1p() -> Tensor { applying(.log1p) }

  /// `x − log(1 + x)`, never negative and accurate for small `x`, where it is close to `½x²`.
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

  /// `x` for positive `x`, `eˣ − 1` elsewhere (Clevert et al., 2016).
  public func elu() -> Tensor { applying(.elu) }

  /// The entropy of a Bernoulli variable with log-odds `x`, in nats: `log(1 + eˣ) − x·σ(x)`,
  /// accurate in both tails.
  package func binaryEntropy() -> Tensor { applying(.binaryEntropy) }
}
