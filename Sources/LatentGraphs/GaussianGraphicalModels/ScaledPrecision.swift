import Tensors

/// A precision with scaled variables: `P = D P₀ D`, where `D` is diagonal and positive.
///
///         ⎡ d₁       ⎤      ⎡ d₁       ⎤
///     P = ⎢    d₂    ⎥  P₀  ⎢    d₂    ⎥ , L = D L₀
///         ⎣       d₃ ⎦      ⎣       d₃ ⎦
///
/// The graph and the partial correlations (the correlations of pairs given all other variables) are
/// those of `P₀`. The conditional standard deviations are those of `P₀` divided by `D`. With this
/// structure a network can give each row of a batch its own scales, while all rows share one `P₀`,
/// which is factored once.
/// ```swift
/// let base = try ChainPrecision<Float>(
///   diagonal: .full(2.5, [16]), offDiagonal: .full(-1, [15]))
/// let precision = ScaledPrecision<Float>(base, logScale: .zeros([64, 16]))
/// let variances = precision.marginalVariances  // [64, 16]
/// ```
/// Conditioning, sums and marginals are those of `P₀` in units of the scaled variables `D z`, so that
/// exact evidence and marginals keep one shared `P₀` for all rows.
/// - Complexity: that of `P₀`, plus `O(k)` for each vector.
public struct ScaledPrecision<Scalar: TensorScalar>: PrecisionStructure {
  /// `P₀`.
  public let base: any PrecisionStructure<Scalar>
  /// The logarithms of the diagonal of `D`: `[batch…, k]`.
  public let logScale: Tensor<Scalar>
  let scale: Tensor<Scalar>

  /// The precision `D P₀ D`, given `log D` of shape `[batch…, k]`. The batch of `P₀` must equal
  /// this batch, or its last axes.
  public init(_ base: any PrecisionStructure<Scalar>, logScale: Tensor<Scalar>) {
    let own = base.batchShape + [base.dimension]
    require(
      logScale.rank >= own.rank && logScale.shape.last(own.rank) == own,
      "scales of shape \(logScale.shape) do not fit a precision of batch \(base.batchShape) and "
        + "\(base.dimension) variables")
    self.base = base
    self.logScale = logScale
    scale = logScale.exp()
  }

  /// The number of variables.
  public var dimension: Int { base.dimension }

  /// The shape of the batch.
  public var batchShape: Shape { logScale.shape.dropLast() }

  /// The graph of `P₀`.
  public var graph: UndirectedGraph { base.graph }

  /// `dᵢ P₀,ᵢⱼ dⱼ`.
  public var elements: SymmetricElements<Scalar> { base.elements.scaled(by: scale) }

  /// `dᵢ² P₀,ᵢᵢ`.
  public var diagonal: Tensor<Scalar> { base.diagonal * scale * scale }

  /// `log det L₀ + Σ log dᵢ`.
  public var logDeterminantOfFactor: Tensor<Scalar> {
    base.logDeterminantOfFactor + logScale.sum(axis: -1)
  }

  /// `L₀ᵀ D r`.
  public func whiten(_ residual: Tensor<Scalar>) -> Tensor<Scalar> {
    base.whiten(scale * fitting(residual))
  }

  /// `D⁻¹ L₀⁻ᵀ ε`.
  public func unwhiten(_ noise: Tensor<Scalar>) -> Tensor<Scalar> {
    base.unwhiten(fitting(noise)) / scale
  }

  /// `D L₀ x`.
  public func multiplyFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    scale * base.multiplyFactor(fitting(x))
  }

  /// `L₀⁻¹ D⁻¹ x`.
  public func solveFactor(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    base.solveFactor(fitting(x) / scale)
  }

  /// `Σ₀,ᵢⱼ / (dᵢ dⱼ)`. `Σ₀` is computed once for all rows.
  public func ownCovariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar>? {
    base.covariances(on: graph).scaled(by: 1 / scale)
  }

  /// The estimate for `P₀`, since scaling the variables does not change it.
  public var conditionEstimate: Tensor<Scalar> {
    base.conditionEstimate.broadcast(to: batchShape)
  }

  private func fitting(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(x, batch: batchShape, dimension: dimension, name: "scaled precision")
    return x
  }
}

extension SymmetricElements {
  /// `dᵢ Mᵢⱼ dⱼ`, for `d` of shape `[batch…, k]`. The square of `d` may overflow or underflow.
  func scaled(by d: Tensor<Scalar>) -> SymmetricElements {
    SymmetricElements(
      graph, diagonal * d * d,
      offDiagonal * d.gathered(at: graph.edges.map(\.first))
        * d.gathered(at: graph.edges.map(\.second)))
  }
}
