import Tensors

/// A Gaussian graphical model: a Gaussian `N(μ, P⁻¹)` whose precision `P = L Lᵀ` has a structure.
///
/// A missing edge of the graph is a zero of `P`. `mean` has the shape `[batch…, k]`. The batch of
/// the precision equals that of the mean, or its last axes, or is empty; then the whole batch
/// shares a single matrix. A mean with fewer axes is broadcast to the batch of the precision.
/// ```swift
/// let chain = try ChainPrecision<Float>(
///   diagonal: .full(2.5, [100]), offDiagonal: .full(-1, [99]))
/// let model = GaussianGraphicalModel(mean: .zeros([100]), precision: chain)
/// let z = model.sample(using: &generator)  // [100]
/// let density = model.logDensity(of: z)  // []
/// ```
/// - Complexity: that of the structure. Samples and densities take `O(k)` for diagonal, chain and
///   extended grid, and `O(k²)` for dense, after the factorization.
public struct GaussianGraphicalModel<Scalar: TensorScalar>: ReparameterizedDistribution,
  SelfDivergence
{
  // MARK: Parameters

  /// The precision.
  public let precision: any PrecisionStructure<Scalar>
  /// The shape of the batch.
  public let batchShape: Shape
  /// The means if they were given. Zero means are neither stored nor added.
  private let location: Tensor<Scalar>?

  /// The Gaussian with this mean and precision.
  public init(mean: Tensor<Scalar>, precision: any PrecisionStructure<Scalar>) {
    require(
      mean.rank >= 1 && mean.shape[-1] == precision.dimension,
      "a mean of shape \(mean.shape) does not fit a precision of \(precision.dimension) variables")
    let batch = mean.shape.dropLast()
    let own = precision.batchShape
    guard let common = batch.broadcast(with: own), common.last(own.rank) == own else {
      stop("a mean of batch \(batch) does not fit a precision of batch \(own)")
    }
    location = mean.broadcast(to: common + [precision.dimension])
    batchShape = common
    self.precision = precision
  }

  /// The Gaussian with this precision and mean zero.
  public init(precision: any PrecisionStructure<Scalar>) {
    location = nil
    batchShape = precision.batchShape
    self.precision = precision
  }

  /// `N(0, I)`.
  public static func standard(_ dimension: Int) -> GaussianGraphicalModel {
    GaussianGraphicalModel(precision: DiagonalPrecision(logFactor: .zeros([dimension])))
  }

  /// The number of variables, `k`.
  public var dimension: Int { precision.dimension }

  // MARK: Support

  /// All vectors.
  public var support: Support<Scalar> { .real }

  // MARK: Moments

  /// The means, `[batch…, k]`.
  public var mean: Tensor<Scalar> { location ?? .zeros(batchShape + [dimension]) }

  /// The exact variance of each variable, `[batch…, k]`.
  /// - Complexity: that of the structure's `marginalVariances`.
  public var variance: Tensor<Scalar> {
    precision.marginalVariances.broadcast(to: batchShape + [dimension])
  }

  /// All variances, and the covariances of the pairs that are joined in `graph`, exact.
  public func covariances(on graph: UndirectedGraph) -> SymmetricElements<Scalar> {
    precision.covariances(on: graph)
  }

  // MARK: Log-density

  /// `−k/2·log 2π + Σ log Lᵢᵢ − ½‖Lᵀ(z − μ)‖²`, in nats.
  ///
  /// A value with fewer axes than the batch must have the batch's last axes. It is scored under
  /// each distribution of the leading axes.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let shape = batchShape + [dimension]
    let value = value.rank < shape.rank ? value.broadcast(to: shape) : value
    requireFit(value, batch: batchShape, dimension: dimension, name: "Gaussian graphical model")
    let constant = Scalar(0.5 * logTwoPi * Double(dimension))
    return value.scoredWithInfinities { value in
      let white = precision.whiten(location.map { value - $0 } ?? value)
      return precision.logDeterminantOfFactor - 0.5 * white.squared().sum(axis: -1) - constant
    }
  }

  // MARK: Sampling

  /// `μ + L⁻ᵀ ε`.
  ///
  /// The adjoint has the same complexity. With `w = L⁻¹ z̄` and `u = L⁻ᵀ ε`, it is `μ̄ = z̄`,
  /// `ε̄ = w` and, on the pattern of `L`, `L̄ᵢⱼ = −uᵢ wⱼ`.
  public func sample(noise: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(noise, batch: batchShape, dimension: dimension, name: "Gaussian graphical model")
    let deviation = precision.unwhiten(noise)
    return location.map { $0 + deviation } ?? deviation
  }

  // MARK: Entropy and divergence

  /// `k/2·(1 + log 2π) − Σ log Lᵢᵢ`, in nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    let constant = Scalar(0.5 * (1 + logTwoPi) * Double(dimension))
    return (constant - precision.logDeterminantOfFactor).broadcast(to: batchShape)
  }

  /// The exact divergence from a Gaussian graphical model or a `Normal`; `nil` for other
  /// distributions.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? {
    if let other = other as? Normal<Scalar> { return klDivergence(from: other) }
    return (other as? GaussianGraphicalModel).map { klDivergence(from: $0) }
  }

  /// The exact `KL(self ‖ other)` from independent normals, in nats: `[batch…]`.
  public func klDivergence(from other: Normal<Scalar>) -> Tensor<Scalar> {
    klDivergence(from: other.graphicalModel)
  }
}
