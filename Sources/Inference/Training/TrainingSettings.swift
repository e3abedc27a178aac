import Foundation
import NeuralNetworks
import Tensors

/// The settings of a training run, apart from the strategy and the optimizer.
public struct TrainingSettings: Sendable {
  /// The number of observations for each step.
  public var batchSize: Int { didSet { check() } }
  /// The seed of all random numbers.
  public var seed: UInt64
  /// The schedule of the learning rate; its time is counted in epochs.
  public var schedule: Schedule { didSet { check() } }
  /// The norm to which longer gradients are scaled, if any.
  public var gradientNormLimit: Double? { didSet { check() } }
  /// The decay of a moving average of the parameters, which is then evaluated; `nil` for no
  /// average. With 0.999 the average is over about a thousand steps. See `WeightAverage`.
  public var averageDecay: Double? { didSet { check() } }
  /// The held-out sets are evaluated after each epoch that is a multiple of this number, and after
  /// the last one.
  public var evaluationPeriod: Int { didSet { check() } }
  /// The folder to which `checkpoint.safetensors` and `metrics.jsonl` are written at the end of
  /// each epoch, if any.
  public var folder: URL?
  /// Whether SIGINT and SIGTERM end the run after the current step, with a checkpoint.
  public var stopsOnInterrupt: Bool

  /// The default settings: batches of 64, a constant learning rate, no files.
  public init(
    batchSize: Int = 64, seed: UInt64 = 0, schedule: Schedule = .constant,
    gradientNormLimit: Double? = nil, averageDecay: Double? = nil, evaluationPeriod: Int = 1,
    folder: URL? = nil, stopsOnInterrupt: Bool = false
  ) {
    self.batchSize = batchSize
    self.seed = seed
    self.schedule = schedule
    self.gradientNormLimit = gradientNormLimit
    self.averageDecay = averageDecay
    self.evaluationPeriod = evaluationPeriod
    self.folder = folder
    self.stopsOnInterrupt = stopsOnInterrupt
    check()
  }

  private func check() {
    require(batchSize > 0, "the batch size is \(batchSize), which is not positive")
    schedule.check()
    require(evaluationPeriod > 0, "an evaluation period of \(evaluationPeriod) is not positive")
    if let limit = gradientNormLimit {
      require(limit > 0, "a limit of \(limit) on the gradient's norm is not positive")
    }
    if let decay = averageDecay {
      require((0..<1).contains(decay), "an average's decay of \(decay) is not in 0..<1")
    }
  }
}
