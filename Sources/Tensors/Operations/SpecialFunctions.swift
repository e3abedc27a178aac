import CKernels

/// Special functions of probability distributions, elementwise.
///
/// They are computed in `Double` for both types. Values and derivatives have the accuracy that
/// `Documentation/accuracy.md` states; both are NaN at NaN and outside of the domain.
/// - Complexity: 10 to 60 ns for each element.
extension Tensor {
  /// The error function, `2/√π ∫₀ˣ exp(−t²) dt`.
  public func erf() -> Tensor { applying(.errorFunction) }

  /// `Φ(x)`, the distribution function of a standard normal variable, accurate in its lower tail.
  public func normalCDF() -> Tensor { applying(.normalCDF) }

  /// `log Φ(x)`, accurate in both tails, also where `Φ(x)` underflows.
  public func logNormalCDF() -> Tensor { applying(.logNormalCDF) }

  /// `Φ⁻¹(p)`, the quantile of a standard normal variable for a probability in `[0, 1]`; −∞ at 0,
  /// ∞ at 1 (Wichura, 1988).
  public func normalQuantile() -> Tensor { applying(.normalQuantile) }

  /// `log |Γ(x)|`; ∞ at 0 and at negative integers.
  public func logGamma() -> Tensor { applying(.logGamma) }

  /// `ψ(x)`, the derivative of `log Γ(x)`; NaN at negative integers, ∓∞ at ±0.
  ///
  /// For negative `x` the error is relative to the larger term of the reflection formula, because
  /// the function has a zero between two poles.
  public func digamma() -> Tensor { applying(.digamma) }
}
