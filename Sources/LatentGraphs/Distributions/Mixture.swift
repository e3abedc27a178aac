import Tensors

/// A mixture of distributions of the same type: `p(x) = Σⱼ wⱼ pⱼ(x)`.
///
/// The parameters are those of PyTorch's `MixtureSameFamily`. The draws are not differentiable. Use
/// a mixture to score values, or as a prior.
/// ```swift
/// let mixture = Mixture(
///   logits: Tensor<Double>([0, 1]),
///   components: [
///     Normal(mean: Tensor([-2]), logDeviation: Tensor([0])),
///     Normal(mean: Tensor([3]), logDeviation: Tensor([0])),
///   ])
/// let density = mixture.logDensity(of: Tensor([0.5]))  // []
/// ```
public struct Mixture<Component: Distribution>: Distribution {
  /// The type of the elements.
  public typealias Scalar = Component.Scalar

  // MARK: Parameters

  /// The logarithms of the weights, not normalized: `[batch…, components]`, or `[components]` for
  /// the whole batch.
  public let logits: Tensor<Scalar>
  /// The components, of the same batch and dimension.
  public let components: [Component]

  /// The mixture of these components.
  public init(logits: Tensor<Scalar>, components: [Component]) {
    guard let first = components.first else { stop("a mixture got no components") }
    require(
      components.allSatisfy {
        $0.batchShape == first.batchShape && $0.dimension == first.dimension
      },
      "a mixture got components of the batches \(components.map(\.batchShape)) and dimensions "
        + "\(components.map(\.dimension)); they must be equal")
    let batch = logits.shape.droppingLast()
    require(
      logits.rank > 0 && logits.shape[-1] == components.count
        && (batch == [] || batch == first.batchShape),
      "a mixture of \(components.count) components of batch \(first.batchShape) got logits of shape "
        + "\(logits.shape)")
    self.logits = logits
    self.components = components
  }

  /// The shape of the batch.
  public var batchShape: Shape { components[0].batchShape }

  /// The number of variables.
  public var dimension: Int { components[0].dimension }

  private var choice: Categorical<Scalar> {
    Categorical(logits: logits.broadcast(to: batchShape + [components.count]))
  }

  // MARK: Support

  /// The values that are in the support of a component.
  public var support: Support<Scalar> {
    let supports = components.map(\.support)
    return .satisfying { value in
      supports.map { $0.contains(value) }.reduce(.zeros([])) { .maximum($0, $1) }
    }
  }

  // MARK: Moments

  /// `Σⱼ wⱼ mⱼ` for the means `mⱼ` of the components.
  /// - Throws: `DistributionError.noClosedForm` if the components have no formula for it.
  public var mean: Tensor<Scalar> {
    get throws { average(try components.map { try $0.mean }) }
  }

  /// `Σⱼ wⱼ (vⱼ + (mⱼ − m)²)` for the means and variances of the components.
  /// - Throws: `DistributionError.noClosedForm` if the components have no formula for them.
  public var variance: Tensor<Scalar> {
    get throws {
      let mean = try mean
      return average(try components.map { try $0.variance + ($0.mean - mean).squared() })
    }
  }

  /// The average with the weights of the components.
  private func average(_ values: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let weights = choice.mean.split(sizes: components.map { _ in 1 })
    return zip(weights, values).map { $0 * $1 }.reduce(.zeros([]), +)
  }

  // MARK: Log-density

  /// `log Σⱼ wⱼ pⱼ(x)`, in nats.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let densities = components.map { $0.logDensity(of: value) }
    return (choice.logProbabilities + .stacked(densities).movingFirstAxisToLast())
      .logSumExp(axis: -1)
  }

  // MARK: Sampling

  /// Draws of the components, of which one is chosen for each event; constants.
  ///
  /// - Complexity: that of a draw from each component.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    let chosen = choice.sample(draws, using: &generator).split(sizes: components.map { _ in 1 })
    var value = components[0].sample(draws, using: &generator).detached
    for (mask, component) in zip(chosen, components).dropFirst() {
      value = mask.select(component.sample(draws, using: &generator).detached, value)
    }
    return value
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
