import Foundation
import Tensors

/// Vectors `μ + s·L⁻ᵀ ε` with the factor `L` of a precision `P = L Lᵀ` and a scale `s` that is common
/// to all variables: the density is proportional to `(1 + q/ν)^(−(ν + k)/2)` with
/// `q = (x − μ)ᵀ P (x − μ)`.
///
/// It has heavier tails than a `GaussianGraphicalModel` of any structure, on the same graph. `P⁻¹` is
/// the `shape` of scipy's `multivariate_t`, and `ν` its `df`. The covariance is `ν/(ν − 2)·P⁻¹`.
/// ```swift
/// let chain = try ChainPrecision<Double>(diagonal: .full(2.5, [9]), offDiagonal: .full(-1, [8]))
/// let model = MultivariateStudentT(degreesOfFreedom: 4, location: .zeros([9]), precision: chain)
/// let density = model.logDensity(of: model.sample(using: &generator))  // []
/// ```
/// - Complexity: that of the structure, as for a Gaussian graphical model.
public struct MultivariateStudentT<Scalar: TensorScalar>: ReparameterizedDistribution {
  // MARK: Parameters

  /// `ν`, positive: `[batch…]`, or `[]` for the whole batch.
  public let degreesOfFreedom: Tensor<Scalar>
  /// The Gaussian of a scale of 1, `N(μ, P⁻¹)`.
  public let gaussian: GaussianGraphicalModel<Scalar>

  /// The distribution with these degrees of freedom, `[batch…]` or `[]`, medians `[batch…, k]` and
  /// precision.
  public init(
    degreesOfFreedom: Tensor<Scalar>, location: Tensor<Scalar>,
    precision: any PrecisionStructure<Scalar>
  ) {
    gaussian = GaussianGraphicalModel(mean: location, precision: precision)
    require(
      degreesOfFreedom.rank == 0 || degreesOfFreedom.shape == gaussian.batchShape,
      "a multivariate Student-t of batch \(gaussian.batchShape) got degrees of freedom of shape "
        + "\(degreesOfFreedom.shape)")
    checkParameter(
      degreesOfFreedom, of: "multivariate Student-t", "number of degrees of freedom", .positive)
    self.degreesOfFreedom = degreesOfFreedom.broadcast(to: gaussian.batchShape)
  }

  /// The distribution with this number of degrees of freedom for the whole batch.
  public init(
    degreesOfFreedom: Scalar, location: Tensor<Scalar>,
    precision: any PrecisionStructure<Scalar>
  ) {
    self.init(
      degreesOfFreedom: Tensor(degreesOfFreedom), location: location, precision: precision)
  }

  /// The shape of the batch.
  public var batchShape: Shape { gaussian.batchShape }

  /// The number of variables, `k`.
  public var dimension: Int { gaussian.dimension }

  // MARK: Support

  /// All vectors.
  public var support: Support<Scalar> { .real }

  // MARK: Moments

  /// The medians; NaN for `ν ≤ 1`.
  public var mean: Tensor<Scalar> {
    let exists = (degreesOfFreedom .> 1).addingAxis(at: -1)
    return exists.select(gaussian.mean, Tensor(.nan))
  }

  /// `ν/(ν − 2)` times the variances of the Gaussian; ∞ for `1 < ν ≤ 2`, NaN for `ν ≤ 1`.
  public var variance: Tensor<Scalar> {
    let degrees = degreesOfFreedom.addingAxis(at: -1)
    let isFinite = degrees .> 2
    let safe = isFinite.select(degrees, Tensor(3))
    let unbounded = (degrees .> 1).select(
      .infinity * gaussian.variance.detached, Tensor(.nan))
    return isFinite.select(gaussian.variance * (safe / (safe - 2)), unbounded)
  }

  // MARK: Log-density

  /// `log Γ((ν + k)/2) − log Γ(ν/2) − k/2·log(π ν) + Σ log Lᵢᵢ − (ν + k)/2·log(1 + q/ν)`, in nats.
  /// It is −∞ if an element is infinite. Nothing cancels for large `ν`, and no square overflows.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let shape = batchShape + [dimension]
    let value = value.rank < shape.rank ? value.broadcast(to: shape) : value
    requireFit(value, batch: batchShape, dimension: dimension, name: "multivariate Student-t")
    return value.scoredWithInfinities(finiteLogDensity)
  }

  /// The log-density of finite values.
  private func finiteLogDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let residual = value - gaussian.mean
    let unit = Self.unit(of: residual)
    let white = gaussian.precision.whiten(residual / unit)
    let whiteUnit = Self.unit(of: white)
    let square = (white / whiteUnit).squared().sum(axis: -1)
    let k = Double(dimension)
    let kernel = elementwise(
      square, degreesOfFreedom, unit.sum(axis: -1), whiteUnit.sum(axis: -1),
      value: { q, v, unit, whiteUnit in
        let ratio = Self.ratio(q, v, unit, whiteUnit)
        return studentConstant(v, k) - 0.5 * (v + k) * ratio.logOnePlus
      },
      slopes: { q, v, unit, whiteUnit in
        if q == .infinity { return (0, 0, 0, 0) }
        let ratio = Self.ratio(q, v, unit, whiteUnit)
        return (
          -0.5 * (v + k) / (v / unit / unit / whiteUnit / whiteUnit + q),
          0.5 * (studentConstantSlope(v, k) + ratio.bend + k * ratio.share / v), 0, 0
        )
      })
    return kernel + gaussian.precision.logDeterminantOfFactor
  }

  /// A constant, at least 1, for which the squares of a vector's elements in this unit do not overflow.
  /// It is 1 for elements up to 10⁹, which are then not rounded.
  private static func unit(of vector: Tensor<Scalar>) -> Tensor<Scalar> {
    (1e-9 * vector.detached.abs().max(axis: -1, keepingAxis: true))
      .clamped(to: 1...Scalar.greatestFiniteMagnitude)
  }

  /// The terms of the density in `q/ν`, where `q` is the square of a vector in the product of two units.
  private static func ratio(
    _ q: Double, _ v: Double, _ unit: Double, _ whiteUnit: Double
  ) -> StudentRatio {
    let scale = unit * whiteUnit
    let w = scale * scale * q / v
    return w < 1e300 || q.isNaN
      ? StudentRatio(w)
      : StudentRatio(logarithm: 2 * (log(unit) + log(whiteUnit)) + log(q) - log(v))
  }

  // MARK: Sampling

  /// Normal noise for the Gaussian, and a generator for the scales.
  public func noise(
    _ draws: Shape, using generator: inout Philox
  ) -> NoisePair<Tensor<Scalar>, GeneratorNoise> {
    let normal = gaussian.noise(draws, using: &generator)
    return NoisePair(normal, GeneratorNoise(draws: draws, generator: generator.split()))
  }

  /// `μ + √(ν/(2g))·L⁻ᵀ ε` for a gamma variable `g` with the concentration `ν/2`, from its logarithm.
  /// Gradients flow to all parameters and to the normal noise, to `ν` by the implicit derivative of
  /// `g`.
  public func sample(noise: NoisePair<Tensor<Scalar>, GeneratorNoise>) -> Tensor<Scalar> {
    requireFit(
      noise.first, batch: batchShape, dimension: dimension, name: "multivariate Student-t")
    var generator = noise.second.generator
    let half = 0.5 * degreesOfFreedom.addingAxis(at: -1)
    let deviation = logGammaDeviations(
      noise.second.draws, concentration: half, using: &generator)
    let scale = (-0.5 * deviation).exp()
    return gaussian.mean + scale * gaussian.precision.unwhiten(noise.first)
  }

  // MARK: Entropy

  /// `(ν + k)/2·(ψ((ν + k)/2) − ψ(ν/2)) − log Γ((ν + k)/2) + log Γ(ν/2) + k/2·log(π ν) − Σ log Lᵢᵢ`, in
  /// nats: `[batch…]`.
  public var entropy: Tensor<Scalar> {
    let k = Double(dimension)
    let kernel = elementwise(
      degreesOfFreedom,
      value: { v in
        0.5 * (v + k) * digammaStep(0.5 * v, 0.5 * k) - studentConstant(v, k)
      },
      slope: { v in studentEntropySlope(v, k) })
    return kernel - gaussian.precision.logDeterminantOfFactor
  }
}
