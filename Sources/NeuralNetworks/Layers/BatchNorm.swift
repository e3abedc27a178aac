import Tensors

/// Batch normalization (Ioffe and Szegedy, 2015) followed by an activation, for each feature of
/// `[batch, features]`:
/// `y = f((x − mean)/√(variance + ε)·scale + shift)`.
///
/// In training, the mean and the variance are those of the batch, and the running statistics move
/// toward them by a factor `momentum`. In evaluation, the running statistics are used. If the
/// variance of a feature exceeds the largest `Scalar`, as for values above 10¹⁹ in `Float`, the
/// running variance is infinite and the output in evaluation is NaN; a `Trainer` refuses that state.
public struct BatchNorm<Scalar: TensorScalar>: Layer {
  /// The scale, of shape `[features]`; initially ones.
  public let scale: Parameter<Scalar>
  /// The shift, of shape `[features]`; initially zeros.
  public let shift: Parameter<Scalar>
  /// The running mean, of shape `[features]`.
  public let mean: Buffer<Scalar>
  /// The running unbiased variance, of shape `[features]`.
  public let variance: Buffer<Scalar>
  /// The activation that follows the normalization.
  public let activation: Activation
  /// The weight of a new batch in the running statistics, in `0...1`.
  public let momentum: Double
  /// The constant that is added to the variance.
  public let epsilon: Double

  /// A batch norm of this many features.
  public init(
    _ features: Int, activation: Activation = .identity, momentum: Double = 0.1,
    epsilon: Double = 1e-5
  ) {
    require(features > 0, "a batch norm of \(features) features; at least one is needed")
    require((0...1).contains(momentum), "a momentum of \(momentum) lies outside of 0...1")
    require(epsilon > 0, "an epsilon of \(epsilon) is not positive")
    require(
      Scalar(epsilon).isNormal, "an epsilon of \(epsilon) is out of the range of \(Scalar.self)")
    scale = Parameter(.ones([features]))
    shift = Parameter(.zeros([features]))
    mean = Buffer(.zeros([features]))
    variance = Buffer(.ones([features]))
    self.activation = activation
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// The normalized and activated features.
  ///
  /// In training the batch must have at least two rows; a single row has no variance.
  public func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> {
    let rows = x.asRows
    let running = mode.isTraining ? nil : runningStatistics
    let (y, statistics) = batchNormalized(
      rows, scale: scale.value, shift: shift.value, epsilon: epsilon, activation: activation,
      by: running)
    update(
      mean: statistics.mean.pointer, variance: statistics.variance.pointer, rows: rows.shape[0],
      mode: mode)
    return y.restoringBatch(of: x)
  }

  /// The running statistics, as a batch's.
  private var runningStatistics: BatchStatistics<Scalar> {
    BatchStatistics(mean: mean.value, variance: variance.value)
  }

  /// In training, moves the running statistics toward the mean and variance of a batch, given its
  /// biased variance, or records these statistics, as the mode states.
  @specialized(where Scalar == Float)
  package func update(
    mean: UnsafePointer<Scalar>, variance: UnsafePointer<Scalar>, rows: Int, mode: Mode
  ) {
    guard mode.isTraining else { return }
    let features = self.mean.value.count
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: features) { unbiased in
      Scalar.kernels.elementwise.affine(
        variance, Scalar(Double(rows) / Double(rows - 1)), 0, unbiased.baseAddress!, features,
        false)
      if let statistics = mode.statistics {
        statistics.add(
          mean: UnsafeBufferPointer(start: mean, count: features),
          variance: UnsafeBufferPointer(unbiased), for: (self.mean, self.variance),
          momentum: momentum)
      } else {
        self.mean.move(towards: mean, by: momentum)
        self.variance.move(towards: unbiased.baseAddress!, by: momentum)
      }
    }
  }
}

extension BatchNorm: ArchitectureDescribing {
  /// The settings that the arrays do not reveal, as text for a checkpoint.
  public var architecture: String { "batch-norm(epsilon \(epsilon))" }
}
