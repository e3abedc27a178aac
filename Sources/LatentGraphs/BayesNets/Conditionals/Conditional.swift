import NeuralNetworks
import Tensors

/// The distribution of a node of a `BayesNet` given its parents and, in a recognition network, the
/// observation.
///
/// A new conditional is a module with the method `distribution(given:message:mode:)`. If it
/// depends on the observation, it also implements `message(from:mode:)`, which computes the
/// message to the node from the encoder's features. The message is computed once for each
/// observation, for any number of samples.
/// ```swift
/// struct Parabola: Conditional {
///   typealias Scalar = Float
///   let amplitude = Parameter(Tensor<Float>([1]))
///   func distribution(
///     given parents: Tensor<Float>?, message: Tensor<Float>?, mode: Mode
///   ) -> any Distribution<Float> {
///     Normal(mean: amplitude.value * parents!.squared(), logVariance: Tensor([0]))
///   }
/// }
/// ```
public protocol Conditional<Scalar>: Module, ArchitectureDescribing {
  /// The message to the node, `[batch, …]`, computed from the encoder's features
  /// `[batch, features]`. It is `nil` if the node depends on its parents only, which is the
  /// default.
  func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>?

  /// The distribution of the node's value. Its dimension is that of the node. It may have any law;
  /// gradients flow through the values of a `ReparameterizedDistribution` only.
  ///
  /// - Parameters:
  ///   - parents: the values of the parents, each multiplied by the gate of its edge, concatenated:
  ///     `[rows…, parents]`; `nil` for a root.
  ///   - message: the result of `message(from:mode:)`, or `nil` if there is no observation.
  /// - Returns: a batch of distributions whose batch shape broadcasts to `[rows…]`.
  func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar>

  /// The heads of a conditional that is a normal distribution predicted by them; `nil`, the default,
  /// for any other. A net evaluates the heads of its nodes jointly and then calls neither of the two
  /// methods, which must have the same results as those of `NormalHeads`.
  var heads: NormalHeads<Scalar>? { get }
}

extension Conditional {
  /// The name of the type, so that a checkpoint is refused by a net with other kinds of nodes.
  public var architecture: String { architecture(of: "conditional") }

  /// `nil`: the net evaluates this node separately.
  public var heads: NormalHeads<Scalar>? { nil }

  /// `nil`: the node depends on its parents only.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? { nil }
}

/// The parents; stops the program if there are none.
func requireParents<Scalar>(_ parents: Tensor<Scalar>?, of kind: String) -> Tensor<Scalar> {
  guard let parents else { stop("a \(kind) conditional was given to a node without parents") }
  return parents
}
