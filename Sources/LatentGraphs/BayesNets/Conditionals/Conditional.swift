import NeuralNetworks
import Tensors

/// The distribution of a node given its parents and, in a recognition network, the observation: the
/// one thing that a node of a `BayesNet` needs.
///
/// A conditional of one's own is a module with `distribution(given:evidence:mode:)`. One that looks
/// at the observation says in `evidence(from:mode:)` what it takes from the encoder's features; this
/// is computed once for each observation, however many values are drawn.
/// ```swift
/// struct Parabola: Conditional {
///   typealias Scalar = Float
///   let amplitude = Parameter(Tensor<Float>([1]))
///   func distribution(
///     given parents: Tensor<Float>?, evidence: Tensor<Float>?, mode: Mode
///   ) -> any ReparameterizedDistribution<Float> {
///     Normal(mean: amplitude.value * parents!.squared(), logVariance: Tensor([0]))
///   }
/// }
/// ```
public protocol Conditional<Scalar>: Module {
  /// What the node takes from the features `[batch, features]` of the encoder, `[batch, …]`; `nil`,
  /// as by default, where it looks at its parents alone.
  func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>?

  /// The distribution of the node's value, of as many variables as the node has.
  ///
  /// - Parameters:
  ///   - parents: the values of the parents, each times the gate of its edge, side by side:
  ///     `[rows…, parents]`; `nil` for a root.
  ///   - evidence: what `evidence(from:mode:)` gave, or `nil` where there is no observation.
  /// - Returns: a batch of distributions, of a shape that broadcasts with `[rows…]`.
  func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar>

  /// This conditional, where its networks are `NormalHead`s, which a net evaluates jointly with those
  /// of other nodes; `nil` by default.
  var headed: (any HeadedConditional<Scalar>)? { get }
}

extension Conditional {
  /// `nil`: the net evaluates this node by itself.
  public var headed: (any HeadedConditional<Scalar>)? { nil }

  /// `nil`: the node looks at its parents alone.
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? { nil }
}

/// A normal that `NormalHead`s make, of the observation, of the parents, or of both: the two are fused
/// by precision then. A net evaluates the heads of its nodes jointly, and calls `distribution` for none
/// of them: a conditional whose distribution is another than this normal sets `headed` to `nil`.
public protocol HeadedConditional<Scalar>: Conditional {
  /// The head that looks at the observation, if any; its moments are the evidence.
  var bottomUp: NormalHead<Scalar>? { get }

  /// The head that looks at the parents, if any.
  var topDown: NormalHead<Scalar>? { get }
}

extension HeadedConditional {
  /// Itself.
  public var headed: (any HeadedConditional<Scalar>)? { self }

  /// The mean and the log-variance of the bottom-up normal, `[batch, 2·k]`.
  public func evidence(from features: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar>? {
    bottomUp?.moments(of: features, mode: mode)
  }

  /// The distribution given the parents themselves.
  public func distribution(
    given parents: Tensor<Scalar>?, evidence: Tensor<Scalar>?, mode: Mode
  ) -> any ReparameterizedDistribution<Scalar> {
    let moments = topDown.map {
      $0.moments(of: requireParents(parents, of: "neural Gaussian"), mode: mode)
    }
    return normal(topDown: moments, evidence: evidence)
  }

  /// The normal of the node's value, given what the heads made of the parents, `[rows…, 2·k]`, and of
  /// the observation, `[batch, 2·k]`.
  func normal(topDown moments: Tensor<Scalar>?, evidence: Tensor<Scalar>?) -> Normal<Scalar> {
    guard bottomUp != nil else {
      return Normal(moments: requireParents(moments, of: "neural Gaussian"))
    }
    guard let evidence else { stop("a fusion by precision got no evidence") }
    let below = Normal(moments: evidence)
    return moments.map { below.fused(with: Normal(moments: $0)) } ?? below
  }
}

/// Stops where a conditional that needs parents has none.
func requireParents<Scalar>(_ parents: Tensor<Scalar>?, of kind: String) -> Tensor<Scalar> {
  guard let parents else { stop("a \(kind) conditional stands at a node without parents") }
  return parents
}
