import NeuralNetworks
import Tensors

/// `N(0, I)`, whatever the parents.
public struct StandardNormal<Scalar: TensorScalar>: Conditional {
  /// The number of variables.
  public let dimension: Int

  /// The standard normal of this many variables.
  public init(_ dimension: Int) { self.dimension = dimension }

  /// `N(0, I)`.
  public func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar> { Normal.standard(dimension) }
}

/// `z ~ N(B·parents + b, diag(deviation²))`: a linear-Gaussian node.
public struct LinearGaussian<Scalar: TensorScalar>: Conditional {
  /// `Bᵀ`, `[parents, dimension]`; absent at a root.
  public let weight: Parameter<Scalar>?
  /// `b`, `[dimension]`.
  public let bias: Parameter<Scalar>
  /// The logarithms of the standard deviations, `[dimension]`.
  public let logDeviation: Parameter<Scalar>

  /// A node with these coefficients; `weight` is `Bᵀ`, `[parents, dimension]`.
  public init(weight: Tensor<Scalar>?, bias: Tensor<Scalar>, logDeviation: Tensor<Scalar>) {
    require(
      bias.rank == 1 && logDeviation.shape == bias.shape
        && (weight.map { $0.rank == 2 && $0.shape[1] == bias.count } ?? true),
      "a linear-Gaussian node of a weight \(weight.map { "\($0.shape)" } ?? "none"), a bias "
        + "\(bias.shape) and log-deviations \(logDeviation.shape)")
    self.weight = weight.map { Parameter($0) }
    self.bias = Parameter(bias)
    self.logDeviation = Parameter(logDeviation)
  }

  /// A node with random weights, no bias and deviations of 1.
  public init(parents: Int, dimension: Int, using generator: inout Philox) {
    self.init(
      weight: parents > 0
        ? Initializer.uniform()(inputs: parents, outputs: dimension, using: &generator) : nil,
      bias: .zeros([dimension]), logDeviation: .zeros([dimension]))
  }

  /// The normal around `B·parents + b`.
  public func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar> {
    guard let weight else { return Normal(mean: bias.value, logDeviation: logDeviation.value) }
    let parents = requireParents(parents, of: "linear-Gaussian")
    return Normal(
      mean: matrixProduct(parents, weight.value) + bias.value, logDeviation: logDeviation.value)
  }
}

/// A normal whose mean and log-variance a network makes of the parents: the top-down prior of the
/// Graph VAE (He et al., 2019, appendix B).
public struct NeuralGaussian<Scalar: TensorScalar>: HeadedConditional {
  /// From the parents to the normal.
  public let topDown: NormalHead<Scalar>?

  /// A node of `dimension` variables with one hidden layer.
  public init(
    parents: Int, dimension: Int, hidden: Int = 128, using generator: inout Philox
  ) {
    topDown = NormalHead(
      inputs: parents, dimension: dimension, hidden: hidden, using: &generator)
  }

  /// `nil`: the node looks at its parents alone.
  public var bottomUp: NormalHead<Scalar>? { nil }

  /// The normal of these moments.
  public func distribution(
    topDown moments: Tensor<Scalar>?, evidence: Tensor<Scalar>?
  ) -> any ReparameterizedDistribution<Scalar> {
    Normal(moments: requireParents(moments, of: "neural Gaussian"))
  }
}

/// A Gaussian graphical model whose mean and factor a network makes of the parents, and of the
/// evidence where it is part of a recognition network: a node that is a chain, a grid, … itself.
public struct NeuralGaussianGraph<Scalar: TensorScalar>: Conditional {
  /// From the inputs to the last hidden layer; absent where a linear layer follows at once.
  public let body: MLP<Scalar>?
  /// From there to the graphical model.
  public let head: GaussianGraphHead<Scalar>
  private let seesEvidence: Bool

  /// A node whose variables have this graph.
  ///
  /// - Parameters:
  ///   - parents: the variables of the parents, 0 at the root of a recognition network.
  ///   - features: the encoder's features that the node sees beside its parents, 0 for none.
  ///   - hidden: the units of the hidden layer; 0 for a linear layer.
  public init(
    parents: Int, features: Int = 0, structure: GraphStructure, hidden: Int = 128,
    using generator: inout Philox
  ) {
    let inputs = parents + features
    require(inputs > 0, "a neural Gaussian graph sees neither parents nor evidence")
    require(hidden >= 0, "a neural Gaussian graph of \(hidden) hidden units")
    seesEvidence = features > 0
    body = hidden > 0 ? MLP([inputs, hidden], activatesLast: true, using: &generator) : nil
    head = GaussianGraphHead(
      inputs: hidden > 0 ? hidden : inputs, structure: structure, using: &generator)
  }

  /// The features themselves, where the node sees them.
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    seesEvidence ? features : nil
  }

  /// The graphical model that the network gives.
  public func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar> {
    var inputs = parents.map { [$0] } ?? []
    if let evidence {
      let rows = parents?.shape.droppingLast() ?? evidence.shape.droppingLast()
      inputs.append(evidence.broadcast(to: rows + [evidence.shape[-1]]))
    }
    require(!inputs.isEmpty, "a neural Gaussian graph got neither parents nor evidence")
    let x = Tensor.concatenated(inputs, axis: -1)
    return head(body.map { $0(x, mode: mode) } ?? x, mode: mode)
  }
}
