import Tensors

/// The distribution of `y = f(x)` for a bijection `f` and `x` of a base distribution.
/// ```swift
/// let weights = TransformedDistribution(Normal<Double>.standard(2), by: StickBreakingMap())
/// let draw = weights.sample(using: &generator)  // [3], on the simplex
/// ```
public struct TransformedDistribution<Base: Distribution, Map: Bijection>: Distribution,
  CoordinateDistribution
where Base.Scalar == Map.Scalar {
  /// The type of the elements.
  public typealias Scalar = Base.Scalar

  // MARK: Parameters

  /// The distribution of the argument, which is continuous.
  public let base: Base
  /// The bijection.
  public let map: Map

  /// The distribution of the bijection's value. The parameters of the bijection broadcast to the
  /// shape `[batch…, event]` of the base distribution.
  public init(_ base: Base, by map: Map) {
    (self.base, self.map) = (base, map)
    require(
      !base.support.isDiscrete,
      "a transformed distribution got a \(Base.self), which is discrete; its probabilities have no "
        + "Jacobian")
    let (shape, values) = (batchShape + [base.dimension], batchShape + [dimension])
    let found = withoutRecording { map(.zeros(shape)).shape }
    require(
      found == values,
      "a \(Map.self) got arguments of the shape \(shape) of a base distribution, and its values have "
        + "the shape \(found), not \(values)")
  }

  /// The shape of the batch.
  public var batchShape: Shape { base.batchShape }

  /// The number of variables of the value.
  public var dimension: Int { map.dimension(for: base.dimension) }

  // MARK: Support

  /// The values whose arguments are in the support of the base distribution.
  public var support: Support<Scalar> {
    .satisfying { [base, map] y in map.image.contains(y, whose: map.inverse, isIn: base.support) }
  }

  // MARK: Moments

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var mean: Tensor<Scalar> { get throws { throw Self.noClosedForm("mean") } }

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var variance: Tensor<Scalar> { get throws { throw Self.noClosedForm("variance") } }

  private static func noClosedForm(_ property: String) -> DistributionError {
    .noClosedForm(property: property, distribution: "transformed distribution")
  }

  // MARK: Log-density

  /// `log p(x) − log |det ∂y/∂x|` at `x = f⁻¹(y)`, in nats; −∞ outside of the image of the bijection.
  /// A value has the shape `[draws…, batch…, event]`.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "transformed distribution")
    let isInside = map.image.contains(value)
    let inner = map(.zeros([base.dimension]))
    let x = map.inverse(isInside.addingAxis(at: -1).select(value, inner))
    let density = base.logDensity(of: x) - map.logDeterminant(at: x)
    return isInside.select(density, value.scoreOutsideSupport)
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    switch draw.coordinate {
    case .logOdds(let x) where map is SigmoidMap<Scalar>: base.logDensity(of: x)
    case .logarithm(let x) where map is ExponentialMap<Scalar>: base.logDensity(of: x)
    case .image(let x, let other) where map.isSame(as: other): base.logDensity(of: x)
    default: nil
    }
  }

  // MARK: Sampling

  /// The values at draws of the base distribution.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    map(base.sample(draws, using: &generator))
  }

  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    image(of: base.drawn(draws, using: &generator))
  }

  func draw(noise: Tensor<Scalar>) -> Draw<Scalar>? {
    if let coordinate = base as? any CoordinateDistribution<Scalar> {
      return coordinate.draw(noise: noise).map(image)
    }
    let base = base as? any ReparameterizedDistribution<Scalar, Tensor<Scalar>>
    return base.map { image(of: Draw($0.sample(noise: noise))) }
  }

  private func image(of draw: Draw<Scalar>) -> Draw<Scalar> {
    let isPlain = draw.coordinate == nil
    if isPlain && map is SigmoidMap<Scalar> {
      return Draw(map(draw.value), at: .logOdds(draw.value))
    }
    if isPlain && map is ExponentialMap<Scalar> {
      return Draw(map(draw.value), at: .logarithm(draw.value))
    }
    return Draw(map(draw.value), at: .image(draw, map))
  }

  // MARK: Entropy and divergence

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> { get throws { throw Self.noClosedForm("entropy") } }

  /// The exact divergence of the base distributions, which equals that of the values if both are
  /// transformed by the same map; `nil` for another type or map.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? {
    guard let other = other as? TransformedDistribution, map.isSame(as: other.map) else {
      return nil
    }
    return base.exactKLDivergence(from: other.base)
  }
}

extension TransformedDistribution: ReparameterizedDistribution
where Base: ReparameterizedDistribution {
  /// The noise of the base distribution.
  public func noise(_ draws: Shape, using generator: inout Philox) -> Base.Noise {
    base.noise(draws, using: &generator)
  }

  /// The value at the base distribution's draw for this noise.
  public func sample(noise: Base.Noise) -> Tensor<Scalar> { map(base.sample(noise: noise)) }
}
