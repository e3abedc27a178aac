import NeuralNetworks
import Tensors

/// The distribution of a node given its parents and, in a recognition network, the observation: the
/// one thing that a node of a `BayesNet` needs.
///
/// A conditional of one's own is a module with `distribution(given:evidence:mode:)`. One that looks
/// at the observation says in `evidence(from:mode:)` what it takes from the encoder's features; this
/// is computed once for each observation, however many values are drawn.
public protocol Conditional<Scalar>: Module {
  /// What the node takes from the features `[batch, features]` of the encoder, `[batch, …]`; `nil`,
  /// as by default, where it looks at its parents alone.
  func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>?

  /// The distribution of the node's value.
  ///
  /// - Parameters:
  ///   - parents: the values of the parents, each times the gate of its edge, side by side:
  ///     `[rows…, parents]`; `nil` for a root.
  ///   - evidence: what `evidence(from:mode:)` gave, or `nil` where there is no observation.
  /// - Returns: a batch of distributions, of a shape that broadcasts with `[rows…]`.
  func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar>
}

extension Conditional {
  /// `nil`: the node looks at its parents alone.
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? { nil }
}

/// Stops where a conditional that needs parents has none.
func requireParents<Scalar>(_ parents: Tensor<Scalar>?, of kind: String) -> Tensor<Scalar> {
  guard let parents else { stop("a \(kind) conditional stands at a node without parents") }
  return parents
}
