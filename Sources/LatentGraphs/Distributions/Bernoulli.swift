import Tensors

/// Independent binary variables, each 1 with probability `1/(1 + e⁻ˡ)` of its logit `l`.
///
/// Parameter: `logits`, of shape `[batch…, event]`, infinite ones too. Support: vectors of zeros and
/// ones. On request, values in between are scored as the expectation of the density over bits with
/// these probabilities, as grey pixels often are. Density, slope and entropy keep their digits at any
/// logits, in both tails.
public struct Bernoulli<Scalar: TensorScalar>: Distribution {
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
  public var batchShape: Shape { logits.shape.droppingLast() }

  /// The length of a value.
  public var dimension: Int { logits.shape[-1] }

  /// The probabilities of a one, which are the means.
  public var mean: Tensor<Scalar> { logits.sigmoid() }

  /// `Σ [x·l − log(1 + eˡ)]`, in nats; −∞ where an element of the value lies outside of the support.
  ///
  /// The value may have the shape of the logits' last axes alone, `[…, event]`: then the same value
  /// is scored under each distribution of the leading axes.
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

  /// Zeros and ones drawn by their probabilities; nothing flows back through them. Logits that are NaN,
  /// as those of a net whose training has diverged, give NaN.
  public func sample(using generator: inout Philox) -> Tensor<Scalar> {
    let probabilities = mean.detached
    let isNumber = probabilities.isEqual(to: probabilities)
    let drawn = Tensor.bernoulli(isNumber.select(probabilities, .zeros([])), using: &generator)
    return isNumber.select(drawn, probabilities)
  }

  /// `Σ [log(1 + eˡ) − l·σ(l)]`, in nats.
  public var entropy: Tensor<Scalar> {
    logits.binaryEntropy().sum(axis: -1)
  }
}

/// `KL(q ‖ p)` of independent binary variables in nats, exact: `Σ [σ(l)·(l − m) − log(1 + eˡ) +
/// log(1 + eᵐ)]` of the log-odds `l` of `q` and `m` of `p`, whose shapes broadcast: `[batch…]`. Accurate
/// also where the two are nearly equal.
public func klDivergence<Scalar>(
  _ q: Bernoulli<Scalar>, _ p: Bernoulli<Scalar>
) -> Tensor<Scalar> {
  require(
    q.dimension == p.dimension, "a KL of dimensions \(q.dimension) and \(p.dimension)")
  return q.logits.binaryDivergence(from: p.logits).sum(axis: -1)
}

/// One pass over logits and value: the density, and where a gradient is wanted its residuals.
private func bernoulliLogDensity<Scalar>(
  logits: Tensor<Scalar>, value: Tensor<Scalar>, acceptsFractions: Bool
) -> Tensor<Scalar> {
  let columns = logits.shape[-1]
  let batch = logits.shape.droppingLast()
  let residual: Tensor<Scalar>? = logits.isTracked ? Tensor(logits.shape) { _ in } : nil
  let valueRows = value.shape.droppingLast().count
  let grain = Swift.max(1, (1 << 14) / Swift.max(columns, 1))
  let density = Tensor<Scalar>(batch) { out in
    let memory = residual?.mutablePointer
    parallelFor(count: batch.count, grain: grain) { rows in
      // Rows of the value repeat, so a stretch goes to the kernel up to where they start again.
      var row = rows.lowerBound
      while row < rows.upperBound {
        let first = row % valueRows
        let length = min(rows.upperBound - row, first == 0 ? rows.count : valueRows - first)
        let offset = row * columns
        Scalar.kernels.networks.bernoulli(
          logits.pointer + offset, value.pointer + first * columns, valueRows,
          acceptsFractions, out + row, memory.map { $0 + offset }, length, columns)
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
              accumulate ? 1 : 0)
          }
        }
      }
    }
    gradients.add(to: 1, (logits * g.addingAxis(at: -1)).sumOverLeading(to: value.shape))
  }
}

extension Tensor {
  /// The sum over leading axes, so that the shape `target`, the last axes, is left.
  func sumOverLeading(to target: Shape) -> Tensor {
    if shape == target { return self }
    return reshaped(to: [count / Swift.max(target.count, 1)] + target).sum(axis: 0)
  }
}
