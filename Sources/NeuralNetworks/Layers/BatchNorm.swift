import Tensors

/// Batch normalization (Ioffe and Szegedy, 2015) and an activation, in one pass:
/// `y = f((x − mean)/√(variance + ε)·scale + shift)`, feature by feature over `[batch, features]`.
///
/// In training the mean and the variance are the batch's, and the running ones move towards them by
/// `momentum`; in evaluation they are the running ones.
public struct BatchNorm<Scalar: TensorScalar>: Layer {
  /// Of shape `[features]`, ones at first.
  public let scale: Parameter<Scalar>
  /// Of shape `[features]`, zeros at first.
  public let shift: Parameter<Scalar>
  /// The running mean, of shape `[features]`.
  public let mean: Statistic<Scalar>
  /// The running variance, unbiased, of shape `[features]`.
  public let variance: Statistic<Scalar>
  /// The function of the normalized features.
  public let activation: Activation
  /// How far a batch moves the running statistics.
  public let momentum: Double
  /// What is added to the variance.
  public let epsilon: Double

  /// A batch norm of this many features.
  public init(
    _ features: Int, activation: Activation = .identity, momentum: Double = 0.1,
    epsilon: Double = 1e-5
  ) {
    require(features > 0, "a batch norm of \(features) features")
    require((0...1).contains(momentum), "a momentum of \(momentum) lies outside of 0...1")
    require(epsilon > 0, "an epsilon of \(epsilon) is not positive")
    require(
      Scalar(epsilon).isNormal, "an epsilon of \(epsilon) is out of the range of \(Scalar.self)")
    scale = Parameter(.ones([features]))
    shift = Parameter(.zeros([features]))
    mean = Statistic(.zeros([features]))
    variance = Statistic(.ones([features]))
    self.activation = activation
    self.momentum = momentum
    self.epsilon = epsilon
  }

  /// The normalized and activated features.
  ///
  /// In training the batch has at least two rows: one alone has no variance.
  public func callAsFunction(_ x: Tensor<Scalar>, mode: Mode) -> Tensor<Scalar> {
    let rows = x.asRows
    let running = mode == .training ? nil : runningStatistics
    let (y, statistics) = batchNormalized(
      rows, scale: scale.value, shift: shift.value, epsilon: epsilon, activation: activation,
      by: running)
    if mode == .training {
      update(
        mean: statistics.mean.pointer, variance: statistics.variance.pointer, rows: rows.shape[0])
    }
    return y.restoringBatch(of: x)
  }

  /// The running statistics, as a batch's.
  private var runningStatistics: BatchStatistics<Scalar> {
    BatchStatistics(mean: mean.value, variance: variance.value)
  }

  /// Moves the running statistics towards a batch's mean and biased variance: by `momentum`, or
  /// within `averagingStatistics` to the mean over the batches.
  @specialized(where Scalar == Float)
  package func update(
    mean: UnsafePointer<Scalar>, variance: UnsafePointer<Scalar>, rows: Int
  ) {
    let rate = StatisticsEstimate.rate(of: self.mean) ?? momentum
    self.mean.move(towards: mean, by: rate)
    self.variance.move(towards: variance, times: Double(rows) / Double(rows - 1), by: rate)
  }
}

extension BatchNorm: ArchitectureDescribing {
  /// What its arrays do not show, in the words of a checkpoint.
  public var architecture: String { "batch-norm(epsilon \(epsilon))" }
}
