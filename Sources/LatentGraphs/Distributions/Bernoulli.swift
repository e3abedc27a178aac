import CKernels
import Tensors

/// Independent binary variables, each of which is 1 with the probability `1/(1 + e⁻ˡ)` for its
/// logit `l`.
///
/// Parameter: `logits`, of shape `[batch…, event]`, which may be infinite. Support: vectors of
/// zeros and ones.
///
/// If `acceptsFractions` is true, values between 0 and 1 are scored too. Their score is the
/// expected log-density of independent bits with these probabilities, which is the usual treatment
/// of grey pixels. Density, gradient and entropy are accurate for logits of any size and sign.
public struct Bernoulli<Scalar: TensorScalar>: SelfDivergence {
  // MARK: Parameters

  /// The log-odds of a one, `[batch…, event]`.
  public let logits: Tensor<Scalar>
  /// Whether values between 0 and 1 are scored, as expectations.
  public let acceptsFractions: Bool

  /// The distribution with these log-odds.
  ///
  /// - Parameter acceptsFractions: whether values between 0 and 1 are scored, as expectations.
  public init(logits: Tensor<Scalar>, acceptsFractions: Bool = false) {
    require(logits.rank > 0, "a Bernoulli distribution got logits without an event axis")
    self.logits = logits
    self.acceptsFractions = acceptsFractions
  }

  /// The shape of the batch.
  public var batchShape: Shape { logits.shape.dropLast() }

  /// The number of variables.
  public var dimension: Int { logits.shape[-1] }

  // MARK: Support

  /// 0 and 1; the numbers from 0 to 1 if fractions are accepted.
  public var support: Support<Scalar> { acceptsFractions ? .unitInterval : .bits }

  // MARK: Moments

  /// The probabilities of a one, which are the means: `[batch…, event]`.
  public var mean: Tensor<Scalar> { logits.sigmoid() }

  /// `p·(1 − p)` for the probabilities `p` of a one: `[batch…, event]`.
  public var variance: Tensor<Scalar> { logits.sigmoid() * (-logits).sigmoid() }

  // MARK: Log-density

  /// `Σ [x·l − log(1 + eˡ)]`, in nats; −∞ if an element of the value is outside the support.
  ///
  /// A value with fewer axes than the logits must have their last axes, `[…, event]`. It is scored
  /// under each distribution of the leading axes.
  public func logDensity(of value: Tensor<Scalar>) -> Tensor<Scalar> {
    let shape = logits.shape
    let shared = min(value.rank, shape.rank)
    require(
      shared >= 1 && shape.last(shared) == value.shape.last(shared),
      "a Bernoulli distribution of logits \(shape) got a value of shape \(value.shape)")
    let logits = value.rank > shape.rank ? logits.broadcast(to: value.shape) : logits
    return bernoulliLogDensity(
      logits: logits, value: value, acceptsFractions: acceptsFractions)
  }

  // MARK: Sampling

  /// Draws of zeros and ones, `[draws…, batch…, event]`; constants. NaN logits, as those of a
  /// diverged network, give NaN.
  public func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Scalar> {
    let probabilities = mean.detached.broadcast(to: draws + logits.shape)
    let isNumber = probabilities .== probabilities
    let drawn = Tensor.bernoulli(isNumber.select(probabilities, .zeros([])), using: &generator)
    return isNumber.select(drawn, probabilities)
  }

  // MARK: Entropy and divergence

  /// `Σ [log(1 + eˡ) − l·σ(l)]`, in nats.
  public var entropy: Tensor<Scalar> {
    logits.binaryEntropy().sum(axis: -1)
  }

  /// The exact `KL(self ‖ other)` in nats: `Σ [σ(l)·(l − m) − log(1 + eˡ) + log(1 + eᵐ)]`, for the
  /// log-odds `l` of this distribution and `m` of the other, whose shapes broadcast: `[batch…]`. It
  /// is accurate even if the two distributions are nearly equal.
  public func klDivergence(from other: Bernoulli) -> Tensor<Scalar> {
    require(
      dimension == other.dimension, "a KL of dimensions \(dimension) and \(other.dimension)")
    return logits.binaryDivergence(from: other.logits).sum(axis: -1)
  }
}

/// Computes, in one pass over logits and value, the density and, if a gradient is needed, the
/// residuals.
private func bernoulliLogDensity<Scalar>(
  logits: Tensor<Scalar>, value: Tensor<Scalar>, acceptsFractions: Bool
) -> Tensor<Scalar> {
  let columns = logits.shape[-1]
  let batch = logits.shape.dropLast()
  let residual: Tensor<Scalar>? = logits.isTracked ? Tensor(logits.shape) { _ in } : nil
  let valueRows = value.shape.dropLast().count
  let grain = Swift.max(1, (1 << 14) / Swift.max(columns, 1))
  let density = Tensor<Scalar>(batch) { out in
    let memory = residual?.mutablePointer
    parallelFor(count: batch.count, grain: grain) { rows in
      // The rows of the value repeat, so that the kernel is called for ranges that end where they
      // repeat.
      var row = rows.lowerBound
      while row < rows.upperBound {
        let first = row % valueRows
        let length = min(rows.upperBound - row, first == 0 ? rows.count : valueRows - first)
        let offset = row * columns
        Scalar.kernels.networks.bernoulli(
          LGBernoulliRows(
            rows: length, columns: columns, x_rows: valueRows, takes_fractions: acceptsFractions),
          logits.pointer + offset, value.pointer + first * columns, out + row,
          memory.map { $0 + offset })
        row += length
      }
    }
  }
  return density.recorded(from: [logits, value]) { [logits = logits.detached] g, gradients in
    if let residual {
      gradients.update(0) { memory, accumulate in
        parallelFor(count: batch.count, grain: grain) { rows in
          for row in rows {
            Scalar.kernels.elementwise.affine(
              residual.pointer + row * columns, g.pointer[row], 0, memory + row * columns, columns,
              accumulate)
          }
        }
      }
    }
    gradients.add(to: 1, (logits * g.addingAxis(at: -1)).sumOverLeading(to: value.shape))
  }
}

extension Tensor {
  /// The sum over the leading axes; the remaining last axes have the shape `target`.
  func sumOverLeading(to target: Shape) -> Tensor {
    if shape == target { return self }
    return reshaped(to: [count / Swift.max(target.count, 1)] + target).sum(axis: 0)
  }
}
