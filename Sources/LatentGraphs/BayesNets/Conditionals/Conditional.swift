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

  /// This conditional, if its networks are `NormalHead`s, which a net evaluates jointly with those
  /// of other nodes; `nil` by default.
  var headed: (any HeadedConditional<Scalar>)? { get }
}

extension Conditional {
  /// The name of the type, so that a checkpoint is refused by a net with other kinds of nodes.
  public var architecture: String { architecture(of: "conditional") }

  /// `nil`: the net evaluates this node separately.
  public var headed: (any HeadedConditional<Scalar>)? { nil }

  /// `nil`: the node depends on its parents only.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? { nil }
}

/// A conditional that is a normal distribution computed by `NormalHead`s from the observation, from
/// the parents, or from both. In the last case the two normals are fused by precision.
///
/// A net evaluates the heads of its nodes jointly and does not call
/// `distribution(given:message:mode:)`. A conditional that overrides this method must therefore
/// return `nil` as `headed`.
public protocol HeadedConditional<Scalar>: Conditional {
  /// The head whose input is the observation, if any; its moments are the message.
  var bottomUp: NormalHead<Scalar>? { get }

  /// The head whose input are the parents, if any.
  var topDown: NormalHead<Scalar>? { get }
}

extension HeadedConditional {
  /// The conditional itself.
  public var headed: (any HeadedConditional<Scalar>)? { self }

  /// The means and log-variances of the bottom-up normal, `[batch, 2·k]`.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    bottomUp?.moments(of: features, mode: mode)
  }

  /// The normal distribution that the heads compute, fused by precision if there are two.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> any Distribution<Scalar> {
    let moments = topDown.map {
      $0.moments(of: requireParents(parents, of: "neural Gaussian"), mode: mode)
    }
    return normal(topDown: moments, message: message)
  }

  /// The normal distribution of the node's value, given the moments predicted from the parents,
  /// `[rows…, 2·k]`, and from the observation, `[batch, 2·k]`.
  func normal(topDown moments: Tensor<Scalar>?, message: Tensor<Scalar>?) -> Normal<Scalar> {
    guard bottomUp != nil else {
      return Normal(moments: requireParents(moments, of: "neural Gaussian"))
    }
    guard let message else { stop("a conditional with a bottom-up head got no message") }
    let below = Normal(moments: message)
    return moments.map { below.fused(with: Normal(moments: $0)) } ?? below
  }
}

/// The parents; stops the program if there are none.
func requireParents<Scalar>(_ parents: Tensor<Scalar>?, of kind: String) -> Tensor<Scalar> {
  guard let parents else { stop("a \(kind) conditional was given to a node without parents") }
  return parents
}
