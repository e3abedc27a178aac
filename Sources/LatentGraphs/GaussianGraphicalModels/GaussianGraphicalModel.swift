import Tensors

/// A Gaussian `N(μ, P⁻¹)` whose precision `P = L Lᵀ` has a structure: a Gaussian graphical model.
///
/// A zero in `P` is a missing edge of the graph. `mean` has the shape `[batch…, k]`; the precision's
/// batch is the same, or its last axes, or a single matrix that the whole batch shares. A mean of
/// fewer axes is broadcast to the precision's batch. Everything costs what the
/// structure's pattern allows: `O(k)` for diagonal, chain and extended grid, `O(k²)` for dense once
/// it is factored.
public struct GaussianGraphicalModel<Scalar: TensorScalar>: ReparameterizedDistribution {
  /// The precision.
  public let precision: any PrecisionStructure<Scalar>
  /// The shape of the batch.
  public let batchShape: Shape
  /// The means where they are given; zeros are neither stored nor added.
  private let location: Tensor<Scalar>?

  /// The Gaussian with this mean and precision.
  public init(mean: Tensor<Scalar>, precision: any PrecisionStructure<Scalar>) {
    require(
      mean.rank >= 1 && mean.shape[-1] == precision.dimension,
      "a mean of shape \(mean.shape) does not fit a precision of \(precision.dimension) variables")
    let batch = mean.shape.droppingLast()
    let own = precision.batchShape
    guard let common = batch.broadcast(with: own), common.last(own.rank) == own else {
      stop("a mean of batch \(batch) does not fit a precision of batch \(own)")
    }
    location = mean.broadcast(to: common + [precision.dimension])
    batchShape = common
    self.precision = precision
  }

  /// The Gaussian with this precision and a mean of zeros.
  public init(precision: any PrecisionStructure<Scalar>) {
    location = nil
    batchShape = precision.batchShape
    self.precision = precision
  }

  /// `N(0, I)`.
  public static func standard(_ dimension: Int) -> GaussianGraphicalModel {
    GaussianGraphicalModel(precision: DiagonalPrecision(logFactor: .zeros([dimension])))
  }

  /// The means, `[batch…, k]`.
  public var mean: Tensor<Scalar> { location ?? .zeros(batchShape + [dimension]) }

  /// The number of variables, `k`.
  public var dimension: Int { precision.dimension }

  /// `−k/2·log 2π + Σ log Lᵢᵢ − ½‖Lᵀ(z − μ)‖²`, in nats.
  ///
  /// A value of fewer axes than the batch, its last ones, is scored under each distribution of the
  /// leading axes.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let shape = batchShape + [dimension]
    let value = value.rank < shape.rank ? value.broadcast(to: shape) : value
    requireFit(value, batch: batchShape, dimension: dimension, name: "Gaussian graphical model")
    let white = precision.whiten(location.map { value - $0 } ?? value)
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    return precision.logDeterminantOfFactor - 0.5 * white.squared().sum(axis: -1) - constant
  }

  /// `μ + L⁻ᵀ ε`.
  ///
  /// Its adjoint costs as much: with `w = L⁻¹ z̄`, `μ̄ = z̄`, `ε̄ = w` and, on the pattern of `L`,
  /// `L̄ᵢⱼ = −uᵢ wⱼ`, where `u = L⁻ᵀ ε`.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "Gaussian graphical model")
    let deviation = precision.unwhiten(noise)
    return location.map { $0 + deviation } ?? deviation
  }

  /// `k/2·(1 + log 2π) − Σ log Lᵢᵢ`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    let constant = Scalar(0.5 * (1 + logTwoPi) * Double(dimension))
    return (constant - precision.logDeterminantOfFactor).broadcast(to: batchShape)
  }

  /// The variance of each variable, `[batch…, k]`, exact.
  public var marginalVariances: Tensor<Scalar> {
    precision.marginalVariances.broadcast(to: batchShape + [dimension])
  }

  /// The covariances of the pairs that a graph joins, and all variances, exact.
  public func covariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar> {
    precision.covariances(on: graph)
  }

  /// The exact divergence from a Gaussian graphical model or a normal.
  public func divergence(
    from other: any ReparameterizedDistribution<Scalar>
  ) -> Tensor<Scalar>? {
    if let other = other as? Normal<Scalar> { return klDivergence(self, other.graphicalModel) }
    return (other as? GaussianGraphicalModel).map { klDivergence(self, $0) }
  }
}
