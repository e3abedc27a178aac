import Tensors

/// A distribution of independent variables with a known distribution function.
public protocol CumulativeDistribution<Scalar>: Distribution {
  /// The probability that each variable is at most the value: `[draws…, batch…, event]` to the same
  /// shape. It is 0 below the support and 1 above it.
  func cumulativeProbability(of value: Tensor<Scalar>) -> Tensor<Scalar>
}

/// A distribution of independent continuous variables whose distribution function has a known
/// inverse.
public protocol QuantileDistribution<Scalar>: CumulativeDistribution {
  /// The value of each variable whose cumulative probability this is, for probabilities in `[0, 1]`:
  /// `[draws…, batch…, event]` to the same shape. It is NaN for other probabilities.
  func quantile(of probability: Tensor<Scalar>) -> Tensor<Scalar>
}
