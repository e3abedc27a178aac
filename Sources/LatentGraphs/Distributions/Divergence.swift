import Tensors

/// A distribution with a closed form of the divergence from another one of the same type.
public protocol SelfDivergence: Distribution {
  /// The exact `KL(self ‖ other)` in nats, `[batch…]`, never negative up to rounding.
  ///
  /// The batch of one must equal that of the other, or its last axes.
  func klDivergence(from other: Self) -> Tensor<Scalar>
}

extension SelfDivergence {
  /// The exact divergence from a distribution of the same type; `nil` for other types.
  public func exactKLDivergence(from other: any Distribution<Scalar>) -> Tensor<Scalar>? {
    (other as? Self).map { klDivergence(from: $0) }
  }
}

extension Distribution {
  /// An estimate of `KL(self ‖ other)` in nats, `[batch…]`: the mean of `log q(x) − log p(x)` over
  /// draws from this distribution. It is unbiased, may be negative, and exists for any two
  /// distributions of the same variables.
  ///
  /// A value that is rounded to an end of its support, such as a draw of a relaxed Bernoulli variable
  /// of a low temperature, has lost digits. Both densities are therefore those of the unconstrained
  /// variable from which the value was computed, such as its log-odds. If `other` has no density of
  /// this variable, the values are scored, and the result is NaN if a draw has lost its digits. It is
  /// also NaN if a draw has no finite density.
  ///
  /// Its gradient in the parameters is unbiased if this distribution is reparameterized. The draws
  /// of others are constants; the gradient then lacks the part that flows through the draws, so that
  /// differentiating it stops the program.
  public func sampledKLDivergence(
    from other: some Distribution<Scalar>, draws: Int, using generator: inout Philox
  ) -> Tensor<Scalar> {
    let scores = logDensities(of: drawn([draws], using: &generator), self, other)
    let isReparameterized = self is any ReparameterizedDistribution
    let mean = (scores.q - scores.p).mean(axis: 0)
    return isReparameterized || !scores.q.isTracked
      ? mean : mean.refusingGradients("the draws of a \(Self.self) are not differentiable")
  }
}

extension Tensor {
  /// The same elements, through which no gradient may flow: differentiating stops the program with
  /// this reason.
  func refusingGradients(_ reason: String) -> Tensor {
    recorded(from: [self]) { _, _ in stop("\(reason), so that a gradient would be wrong") }
  }
}

extension Tensor {
  /// The same elements, computed from these parameters too, through which no gradient may flow:
  /// differentiating in one of them stops the program.
  func refusingGradients(of parameters: [Tensor], _ derivative: String) -> Tensor {
    recorded(from: [self] + parameters) { upstream, gradients in
      gradients.add(to: 0, upstream)
      for place in 1...parameters.count where gradients.isNeeded(place) {
        stop("\(derivative) is not available; detach the parameters")
      }
    }
  }
}
