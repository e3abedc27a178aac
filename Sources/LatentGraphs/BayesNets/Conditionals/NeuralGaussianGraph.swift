import NeuralNetworks
import Tensors

/// A node that is itself a Gaussian graphical model, for example a chain or a grid. Its mean and
/// Cholesky factor are computed by a network from the parents and, in a recognition network, from
/// the message.
public struct NeuralGaussianGraph<Scalar: TensorScalar>: Conditional {
  /// The hidden layer; `nil` if the model is computed from the inputs by a linear layer alone.
  public let body: MLP<Scalar>?
  /// The layer from the hidden units, or from the inputs, to the graphical model.
  public let head: GaussianGraphHead<Scalar>
  private let receivesMessage: Bool

  /// A node whose variables have this graph structure.
  ///
  /// - Parameters:
  ///   - parents: the total number of variables of the parents, 0 for the root of a recognition
  ///     network.
  ///   - features: the number of the encoder's features that the node depends on, 0 for none.
  ///   - hidden: the number of hidden units; 0 for a linear layer alone.
  public init(
    parents: Int, features: Int = 0, structure: GraphStructure, hidden: Int = 128,
    using generator: inout Philox
  ) {
    let inputs = parents + features
    require(inputs > 0, "a neural Gaussian graph has neither parents nor features")
    require(hidden >= 0, "a neural Gaussian graph got a number of hidden units of \(hidden)")
    receivesMessage = features > 0
    body = hidden > 0 ? MLP([inputs, hidden], activatesLast: true, using: &generator) : nil
    head = GaussianGraphHead(
      inputs: hidden > 0 ? hidden : inputs, structure: structure, using: &generator)
  }

  /// The features `[batch, features]` themselves, if the node depends on them.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    receivesMessage ? features : nil
  }

  /// The graphical model computed by the network: a batch of `[rows…]`, or of `[batch]` for a node
  /// without parents.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    require(
      (message != nil) == receivesMessage,
      receivesMessage
        ? "a neural Gaussian graph that depends on features got no message"
        : "a neural Gaussian graph that depends on no features got a message")
    var inputs = parents.map { [$0] } ?? []
    if let message {
      let rows = (parents ?? message).shape.dropLast()
      inputs.append(message.broadcast(to: rows + [message.shape[-1]]))
    }
    require(!inputs.isEmpty, "a neural Gaussian graph got neither parents nor a message")
    let x = Tensor.concatenated(inputs, axis: -1)
    return head(body.map { $0(x, mode: mode) } ?? x, mode: mode)
  }
}
