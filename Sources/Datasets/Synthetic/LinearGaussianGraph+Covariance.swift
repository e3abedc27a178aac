import Foundation
import Tensors

extension LinearGaussianGraph {
  /// The exact covariance of `z`: `(I − W)⁻¹ diag(s²) (I − W)⁻ᵀ`, `[latents, latents]`.
  ///
  /// - Complexity: O(latents³).
  public var latentCovariance: Tensor<Double> {
    let effects = totalEffects
    let deviations = Tensor(
      nodes.flatMap { Array(repeating: $0.standardDeviation, count: $0.dimension) })
    let scaled = effects * deviations
    return matrixProduct(scaled, scaled, transposingRight: true)
  }

  /// The exact covariance of `x`: `C Cov(z) Cᵀ + diag(t²)`, `[observed, observed]`.
  ///
  /// - Complexity: O(latents³ + observed²·latents).
  public var covariance: Tensor<Double> {
    let signal = matrixProduct(
      matrixProduct(loading, latentCovariance), loading, transposingRight: true)
    return signal + Tensor.identity(observedDimension) * observationStandardDeviations.squared()
  }

  /// The differential entropy of `x` in nats: `½ log det(2πe · covariance)`.
  ///
  /// Its negative is the expected log-density of `x` under the true model; no other model has a
  /// larger expectation.
  ///
  /// - Complexity: O(latents³ + observed³).
  /// - Throws: `NotPositiveDefinite` if the noise is too small relative to the signal for `Double`.
  public var entropy: Double {
    get throws {
      let logDeterminant = 2 * (try covariance.cholesky()).diagonal().log().sum().scalar
      return 0.5 * (logDeterminant + Double(observedDimension) * (1 + log(2 * Double.pi)))
    }
  }

  /// `(I − W)⁻¹`, the total effect of each node on its descendants along all paths:
  /// `[latents, latents]`.
  private var totalEffects: Tensor<Double> {
    let identity = Tensor<Double>.identity(latentDimension)
    var rows = nodes.indices.map { identity.slice(latentRange(of: $0)) }
    for child in topologicalOrder {
      for edge in edges where edge.child == child {
        rows[child] += matrixProduct(edge.weight, rows[edge.parent])
      }
    }
    return .concatenated(rows)
  }
}
