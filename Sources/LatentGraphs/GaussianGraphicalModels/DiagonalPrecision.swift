import Tensors

/// Independent variables: `L` is diagonal.
public struct DiagonalPrecision<Scalar: TensorScalar>: BandedPrecision {
  /// The logarithms of the diagonal of `L`, the negative log-deviations: `[batch…, k]`.
  public let logFactor: Tensor<Scalar>
  /// `P` itself where it is given: its logarithm has fewer digits of it the further it is from 1.
  private let given: Tensor<Scalar>?

  /// The precision whose factor has this log-diagonal, `[batch…, k]`.
  public init(logFactor: Tensor<Scalar>) {
    require(logFactor.rank >= 1, "a diagonal precision got a log-diagonal without an axis")
    self.logFactor = logFactor
    given = nil
  }

  /// The precision with this diagonal, `[batch…, k]`.
  /// - Throws: `NotPositiveDefinite`, with the first element that is not positive and finite, or so
  ///   small that it has lost digits (`leastNormalMagnitude`).
  public init(diagonal: Tensor<Scalar>) throws {
    require(diagonal.rank >= 1, "a diagonal precision got a diagonal without an axis")
    // What is below the least normal number is 0 after it is taken off.
    if let place = diagonal.firstIndexNotPositive
      ?? (diagonal.detached - Scalar.leastNormalMagnitude.nextDown).firstIndexNotPositive
    {
      throw NotPositiveDefinite(
        pivot: place % diagonal.shape[-1], matrix: place / diagonal.shape[-1],
        value: Double(diagonal.scalars[place]))
    }
    logFactor = 0.5 * diagonal.log()
    given = diagonal
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
    scale(residual, by: factor)
  }

  /// `L⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(noise, by: inverseFactor)
  }

  /// `L x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(x, by: factor)
  }

  /// `L⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale(x, by: inverseFactor)
  }

  /// The diagonal of `L`.
  public var factorBands: [Int: Tensor<Scalar>] { [0: factor] }

  private var factor: Tensor<Scalar> { given?.squareRoot() ?? logFactor.exp() }

  private var inverseFactor: Tensor<Scalar> {
    given.map { $0.squareRoot().reciprocal() } ?? (-logFactor).exp()
  }

  /// `Lᵢᵢ²`.
  public func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>] {
    require(offsets == [0], "a diagonal precision has no bands \(offsets)")
    return [given ?? (2 * logFactor).exp()]
  }

  /// `1/Lᵢᵢ²`; all other bands are zero, so that any pattern is met.
  public func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]? {
    [0: given?.reciprocal() ?? (-2 * logFactor).exp()]
  }

  /// 1.
  public var conditionEstimate: Tensor<Scalar> { .ones(batchShape) }

  /// `KL(q ‖ p)` of Gaussians of the same mean: `½ Σ [xᵢ − log(1 + xᵢ)]`, `p`'s `Pᵢᵢ = (1 + xᵢ) Pᵢᵢ`. By the
  /// elements where both have them: the difference of their logarithms has fewer digits.
  func divergence(from p: DiagonalPrecision) -> Tensor<Scalar> {
    if let given, let other = p.given {
      let x = (other - given) / given
      return 0.5 * defectOfLogarithm(x, ratio: other / given).sum(axis: -1)
    }
    return klDivergence(normal, p.normal)
  }

  private var normal: Normal<Scalar> {
    Normal(mean: .zeros(logFactor.shape), logVariance: -2 * logFactor)
  }

  private func scale(_ x: Tensor<Scalar>, by factor: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "diagonal precision")
    return factor * x
  }
}
