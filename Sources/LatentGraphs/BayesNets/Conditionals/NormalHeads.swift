import NeuralNetworks
import Tensors

/// A normal distribution of a node that is predicted by `NormalHead`s: from the observation, from
/// the parents, or from both. In the last case the two normals are fused by precision. Without a
/// head it is the standard normal.
///
/// A conditional that states its heads (`Conditional.heads`) is evaluated by a net jointly with
/// other such nodes, in one operation:
/// ```swift
/// var heads: NormalHeads<Scalar>? { NormalHeads(bottomUp: fromImage, topDown: fromParents) }
/// ```
public struct NormalHeads<Scalar: TensorScalar> {
  /// The number of variables of the node.
  public let dimension: Int
  /// The head whose input is the encoder's features, if any. Its moments are the message.
  public let bottomUp: NormalHead<Scalar>?
  /// The head whose input is the values of the parents, if any.
  public let topDown: NormalHead<Scalar>?

  /// No heads: the standard normal of this many variables.
  public init(dimension: Int) {
    (self.dimension, bottomUp, topDown) = (dimension, nil, nil)
  }

  /// A head from the observation, a head from the parents, or both, for the same variables.
  public init(bottomUp: NormalHead<Scalar>? = nil, topDown: NormalHead<Scalar>? = nil) {
    guard let dimension = (bottomUp ?? topDown)?.dimension else {
      stop("a normal without a head has no dimension; use NormalHeads(dimension:)")
    }
    require(
      (topDown?.dimension ?? dimension) == dimension,
      "a head of \(dimension) variables from the observation cannot be fused with one of "
        + "\(topDown?.dimension ?? 0) variables from the parents")
    (self.dimension, self.bottomUp, self.topDown) = (dimension, bottomUp, topDown)
  }

  /// The means and log-variances of the bottom-up normal, `[batch, 2·dimension]`; `nil` if there is
  /// none.
  public func message(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    bottomUp?.moments(of: features, mode: mode)
  }

  /// The normal distribution given the values of the parents and the message, as
  /// `Conditional.distribution(given:message:mode:)`.
  public func distribution(
    given parents: Tensor<Scalar>?, message: Tensor<Scalar>?, mode: Mode
  ) -> Normal<Scalar> {
    let above = topDown.map {
      Normal(moments: $0.moments(of: requireParents(parents, of: "neural Gaussian"), mode: mode))
    }
    guard bottomUp != nil else { return above ?? .standard(dimension) }
    guard let message else { stop("a conditional with a bottom-up head got no message") }
    let below = Normal(moments: message)
    return above.map { below.fused(with: $0) } ?? below
  }
}
