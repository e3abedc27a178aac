import Tensors

/// A mixture of distributions of the same type: `p(x) = Σⱼ wⱼ pⱼ(x)`.
///
/// The parameters are those of PyTorch's `MixtureSameFamily`. The draws are not differentiable. Use
/// a mixture to score values, or as a prior.
/// ```swift
/// let mixture = Mixture(
///   logits: Tensor<Double>([0, 1]),
///   components: [
///     Normal(mean: Tensor([-2]), logStandardDeviation: Tensor([0])),
///     Normal(mean: Tensor([3]), logStandardDeviation: Tensor([0])),
///   ])
/// let density = mixture.logDensity(of: Tensor([0.5]))  // []
/// ```
public struct Mixture<Component: Distribution>: Distribution, CoordinateDistribution {
  /// The type of the elements.
  public typealias Scalar = Component.Scalar

  // MARK: Parameters

  /// The logarithms of the weights, not normalized: `[batch…, components]`, or `[components]` for
  /// the whole batch. They may be −∞, but not all of a vector; the weight is then 0.
  public let logits: Tensor<Scalar>
  /// The components, of the same batch and dimension.
  public let components: [Component]
  private let choice: Categorical<Scalar>

  /// The mixture of these components.
  public init(logits: Tensor<Scalar>, components: [Component]) {
    guard let first = components.first else { stop("a mixture got no components") }
    require(
      components.allSatisfy {
        $0.batchShape == first.batchShape && $0.dimension == first.dimension
      },
      "a mixture got components of the batches \(components.map(\.batchShape)) and dimensions "
        + "\(components.map(\.dimension)); they must be equal")
    let batch = logits.shape.dropLast()
    require(
      logits.rank > 0 && logits.shape[-1] == components.count
        && (batch == [] || batch == first.batchShape),
      "a mixture of \(components.count) components of batch \(first.batchShape) got logits of shape "
        + "\(logits.shape)")
    self.logits = logits
    self.components = components
    choice = Categorical(logits: logits.broadcast(to: first.batchShape + [components.count]))
  }

  /// The shape of the batch.
  public var batchShape: Shape { components[0].batchShape }

  /// The number of variables.
  public var dimension: Int { components[0].dimension }

  // MARK: Support

  /// The values that are in the support of a component.
  public var support: Support<Scalar> { .union(components.map(\.support)) }

  // MARK: Moments

  /// `Σⱼ wⱼ mⱼ` for the means `mⱼ` of the components.
  /// - Throws: `DistributionError.noClosedForm` if the components have no formula for it.
  public var mean: Tensor<Scalar> {
    get throws { try spread().mean }
  }

  /// `Σⱼ wⱼ (vⱼ + (mⱼ − m)²)` for the means and variances of the components; ∞ if that of a component
  /// is.
  /// - Throws: `DistributionError.noClosedForm` if the components have no formula for them.
  public var variance: Tensor<Scalar> {
    get throws {
      let deviations = try spread().deviations
      return average(
        try zip(components, deviations).map { component, deviation in
          let variance = try component.variance
          // The mean of a component of infinite variance may be infinite.
          return (variance .== Tensor(.infinity)).select(variance, variance + deviation.squared())
        })
    }
  }

  /// The mean, and the deviations of the components' means from it. The rounded weights do not sum to
  /// 1; the error of the first average is corrected by the average of the deviations from it.
  private func spread() throws -> (mean: Tensor<Scalar>, deviations: [Tensor<Scalar>]) {
    let means = try components.map { try $0.mean }
    let first = average(means)
    let correction = average(means.map { $0 - first })
    let finite = (first.detached.abs() .< Tensor(.infinity)).select(correction, .zeros([]))
    return (first + finite, means.map { $0 - first - finite })
  }

  /// The average with the weights of the components that are not excluded.
  private func average(_ values: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let sizes = components.map { _ in 1 }
    let (weights, masks) = (choice.mean.split(sizes: sizes), isExcluded.split(sizes: sizes))
    return values.indices.map { index in
      let value = masks[index].select(.zeros([]), values[index])
      // A weight that is not 0 may underflow.
      return (value.detached.abs() .== Tensor(.infinity)).select(value, weights[index] * value)
    }.reduce(.zeros([]), +)
  }

  /// 1 where the weight of a component is 0, since its logit is −∞: `[batch…, components]`.
  private var isExcluded: Tensor<Scalar> { choice.logits .== Tensor(-.infinity) }

  // MARK: Log-density

  /// `log Σⱼ wⱼ pⱼ(x)`, in nats, over the components whose weight is not 0.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    averaged(components.map { $0.logDensity(of: value) })
  }

  func logDensity(atCoordinateOf draw: Draw<Scalar>) -> Tensor<Scalar>? {
    let densities = components.compactMap { $0.logDensity(of: draw) }
    return densities.count == components.count ? averaged(densities) : nil
  }

  /// The log-density for those of the components, `[draws…, batch…]`.
  private func averaged(_ densities: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let densities = Tensor.stacked(densities).movingFirstAxisToLast()
    return (choice.logProbabilities + isExcluded.select(.zeros([]), densities)).logSumExp(axis: -1)
  }

  // MARK: Sampling

  /// Draws of the components, of which one is chosen for each event; constants.
  ///
  /// - Complexity: that of a draw from each component.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    draw(draws, using: &generator).value
  }

  func draw(_ draws: Shape, using generator: inout Philox) -> Draw<Scalar> {
    let chosen = choice.sample(draws, using: &generator).split(sizes: components.map { _ in 1 })
    var draw = components[0].drawn(draws, using: &generator)
    for (mask, component) in zip(chosen, components).dropFirst() {
      draw = component.drawn(draws, using: &generator).selected(by: mask, or: draw)
    }
    let isNumber = chosen[0] .== chosen[0]
    return draw.map { isNumber.select($0.detached, Tensor(.nan)) }
  }

  // MARK: Entropy

  /// No closed form is known.
  /// - Throws: `DistributionError.noClosedForm`.
  public var entropy: Tensor<Scalar> {
    get throws {
      throw DistributionError.noClosedForm(property: "entropy", distribution: "mixture")
    }
  }
}

extension Tensor {
  /// The same elements with the first axis behind the others.
  fileprivate func movingFirstAxisToLast() -> Tensor { permuted(Array(1..<rank) + [0]) }
}
