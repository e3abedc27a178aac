import NeuralNetworks
import Tensors

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

  /// The features themselves, `[batch, features]`, where the node sees them.
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    seesEvidence ? features : nil
  }

  /// The graphical model that the network gives: a batch of `[rows…]`, of `[batch]` where it has no
  /// parents.
  public func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar> {
    require(
      (evidence != nil) == seesEvidence,
      seesEvidence
        ? "a neural Gaussian graph that sees features got no evidence"
        : "a neural Gaussian graph that sees no features got evidence")
    var inputs = parents.map { [$0] } ?? []
    if let evidence {
      let rows = (parents ?? evidence).shape.droppingLast()
      inputs.append(evidence.broadcast(to: rows + [evidence.shape[-1]]))
    }
    require(!inputs.isEmpty, "a neural Gaussian graph got neither parents nor evidence")
    let x = Tensor.concatenated(inputs, axis: -1)
    return head(body.map { $0(x, mode: mode) } ?? x, mode: mode)
  }
}
