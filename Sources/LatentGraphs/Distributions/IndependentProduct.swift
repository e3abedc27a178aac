import Tensors

/// Two independent parts of one event: the first variables have one distribution, the others have
/// another. Products of more parts are nested.
/// ```swift
/// let sizes = IndependentProduct(
///   Gamma<Double>(concentration: Tensor([2]), rate: Tensor([1])), Normal.standard(3))
/// let draw = sizes.sample(using: &generator)  // [4]
/// ```
public struct IndependentProduct<First: Distribution, Second: Distribution>: Distribution,
  CoordinateDistribution
where First.Scalar == Second.Scalar {
  /// The type of the elements.
  public typealias Scalar = First.Scalar

  // MARK: Parameters

  /// The distribution of the first variables.
  public let first: First
  /// The distribution of the other variables, of the same batch.
  public let second: Second

  /// The product of two distributions of the same batch.
  public init(_ first: First, _ second: Second) {
    require(
      first.batchShape == second.batchShape,
      "a product of distributions of the batches \(first.batchShape) and \(second.batchShape)")
    (self.first, self.second) = (first, second)
  }

  /// The shape of the batch.
  public var batchShape: Shape { first.batchShape }

  /// The number of variables of both parts.
  public var dimension: Int { first.dimension + second.dimension }

  // MARK: Support

  /// The product of the two supports.
  public var support: Support<Scalar> {
    .product(first.support, first.dimension, second.support)
  }

  // MARK: Moments

  /// The means of both parts.
  /// - Throws: `DistributionError.noClosedForm` if a part has no formula for it.
  public var mean: Tensor<Scalar> {
    get throws { .concatenated([try first.mean, try second.mean], axis: -1) }
  }

  /// The variances of both parts.
  /// - Throws: `DistributionError.noClosedForm` if a part has no formula for it.
  public var variance: Tensor<Scalar> {
    get throws { .concatenated([try first.variance, try second.variance], axis: -1) }
  }

  // MARK: Log-density

  /// The sum of the log-densities of both parts, in nats.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    requireFit(value, batch: batchShape, dimension: dimension, name: "product")
    let parts = value.split(sizes: [first.dimension, second.dimension])
    return first.logDensity(of: parts[0]) + second.logDensity(of: parts[1])
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    guard case .parts(let x, let y) = draw.coordinate, x.value.shape[-1] == first.dimension,
      let start = first.logDensity(of: x), let rest = second.logDensity(of: y)
    else { return nil }
    return start + rest
  }

  // MARK: Sampling

  /// Draws of both parts.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    draw(draws, using: &generator).value
  }

  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    let start = first.drawn(draws, using: &generator)
    let rest = second.drawn(draws, using: &generator)
    let value = Tensor.concatenated([start.value, rest.value], axis: -1)
    return start.coordinate == nil && rest.coordinate == nil
      ? Draw(value) : Draw(value, at: .parts(start, rest))
  }

  // MARK: Entropy and divergence

  /// The sum of the entropies of both parts, in nats: `[batch…]`.
  /// - Throws: `DistributionError.noClosedForm` if a part has no formula for it.
  public var entropy: Tensor<Scalar> {
    get throws { try first.entropy + second.entropy }
  }

  /// The sum of the divergences of the parts, in nats; `nil` if one of them has no closed form.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? {
    guard let other = other as? IndependentProduct,
      other.first.dimension == first.dimension,
      let start = first.exactKLDivergence(from: other.first),
      let rest = second.exactKLDivergence(from: other.second)
    else { return nil }
    return start + rest
  }
}

extension IndependentProduct: ReparameterizedDistribution
where First: ReparameterizedDistribution, Second: ReparameterizedDistribution {
  /// The noise of both parts.
  public func noise(
    _ draws: Shape, using generator: inout Philox
  ) -> NoisePair<First.Noise, Second.Noise> {
    let start = first.noise(draws, using: &generator)
    return NoisePair(start, second.noise(draws, using: &generator))
  }

  /// The values of both parts.
  public func sample(noise: NoisePair<First.Noise, Second.Noise>) -> Tensor<Scalar> {
    .concatenated([first.sample(noise: noise.first), second.sample(noise: noise.second)], axis: -1)
  }
}

extension IndependentProduct: SelfDivergence where First: SelfDivergence, Second: SelfDivergence {
  /// The sum of the divergences of the parts, in nats: `[batch…]`.
  public func klDivergence(from other: IndependentProduct) -> Tensor<Scalar> {
    first.klDivergence(from: other.first) + second.klDivergence(from: other.second)
  }
}
