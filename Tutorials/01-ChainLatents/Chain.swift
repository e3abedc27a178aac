import Foundation
import LatentGraphs
import Programs
import Tensors

/// The diagonal elements of P. Above 2, P is diagonally dominant and thus positive definite; the
/// closer to 2, the longer the range of the correlation.
let diagonalElement: Float = 2.01

/// The tridiagonal precision of a chain whose neighbours attract each other: the energy is
/// `½ Σ (zᵢ₊₁ − zᵢ)²` plus a weak quadratic term that pulls each variable toward zero.
func couplingPrecision(_ k: Int) throws -> ChainPrecision<Float> {
  try ChainPrecision(diagonal: .full(diagonalElement, [k]), offDiagonal: .full(-1, [k - 1]))
}

/// The distance over which the covariance decreases by a factor of e, far from the ends: `1/θ`,
/// where `2 cosh θ` is the diagonal element.
let correlationLength = 1 / acosh(Double(diagonalElement) / 2)
