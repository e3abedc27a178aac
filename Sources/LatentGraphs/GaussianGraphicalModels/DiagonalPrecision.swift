import Tensors

/// Independent variables: `L` is diagonal.
public struct DiagonalPrecision<Scalar: TensorScalar>: BandedPrecision {
  /// The logarithms of the diagonal of `L`, the negative log-deviations: `[batch…, k]`.
  public let logFactor: Tensor<Scalar>

  /// The precision whose factor has this log-diagonal, `[batch…, k]`.
  public init(logFactor: Tensor<Scalar>) {
    require(logFactor.rank >= 1, "a diagonal precision got a log-diagonal without an axis")
    self.logFactor = logFactor
  }

  /// The precision with this diagonal, `[batch…, k]`.
  /// - Throws: `NotPositiveDefinite`, with the first element that is not positive.
  public init(diagonal: Tensor<Scalar>) throws {
    if let place = diagonal.firstIndexNotPositive {
      throw NotPositiveDefinite(
        pivot: place % diagonal.shape[-1], matrix: place / diagonal.shape[-1])
    }
    self.init(logFactor: 0.5 * diagonal.log())
  }

  /// The number of variables.
  public var dimension: Int { logFactor.shape[-1] }

  /// The shape of the batch.
  public var batchShape: Shape { logFactor.shape.droppingLast() }

  /// No edges.
  public var graph: UndirectedGraph { .diagonal(dimension) }

  /// The diagonal.
  public var pattern: BandPattern { .diagonal(dimension) }

  /// `Σ log Lᵢᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> { logFactor.sum(axis: -1) }

  /// `Lᵀ r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(residual, by: logFactor.exp())
  }

  /// `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(noise, by: (-logFactor).exp())
  }

  /// `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(x, by: logFactor.exp())
  }

  /// `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(x, by: (-logFactor).exp())
  }

  /// The diagonal of `L`.
  public var factorBands: [Int: Tensor<Scalar>] { [0: logFactor.exp()] }

  /// `Lᵢᵢ²`.
  public func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>] {
    require(offsets == [0], "a diagonal precision has no bands \(offsets)")
    return [(2 * logFactor).exp()]
  }

  /// `1/Lᵢᵢ²`; all other bands are zero, so that any pattern is met.
  public func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]? {
    [0: (-2 * logFactor).exp()]
  }

  private func scale(_ x: Tensor<Scalar>, by factor: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "diagonal precision")
    return factor * x
  }
}
