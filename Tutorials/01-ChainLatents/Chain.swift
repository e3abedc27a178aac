import Foundation
import LatentGraphs
import Programs
import Tensors

/// What stands on the diagonal of P. Above 2, P is diagonally dominant and so positive definite;
/// the nearer to 2, the further the correlation reaches.
let diagonalElement: Float = 2.01

/// The tridiagonal precision of a chain in which neighbours attract each other:
/// `½ Σ (zᵢ₊₁ − zᵢ)²` and a weak pull to zero.
func couplingPrecision(_ k: Int) throws -> ChainPrecision<Float> {
  try ChainPrecision(diagonal: .full(diagonalElement, [k]), offDiagonal: .full(-1, [k - 1]))
}

/// The distance over which the covariance falls by a factor e, far from the ends:
/// `1/θ` with `2 cosh θ` on the diagonal.
let correlationLength = 1 / acosh(Double(diagonalElement) / 2)
