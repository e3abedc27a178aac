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

/// The elapsed and the remaining time of a run, measured by a monotonic clock.
final class RunClock {
  private let start = ContinuousClock.now
  private var epochStart = ContinuousClock.now
  private var observationsDone = 0.0
  private var observationsLeft: Double

  init(observationsLeft: Double) { self.observationsLeft = observationsLeft }

  /// Starts an epoch, a part of which may already have been run.
  func startEpoch(secondsBefore: Double) { epochStart = .now - .seconds(secondsBefore) }

  func advance(_ observations: Int) {
    observationsDone += Double(observations)
    observationsLeft -= Double(observations)
  }

  /// The number of seconds since the start of the epoch.
  var epochSeconds: Double { (.now - epochStart) / .seconds(1) }

  /// The number of observations per second since the start of the run, including evaluations.
  var rate: Double { observationsDone / max((.now - start) / .seconds(1), 1e-9) }

  /// The estimated remaining time in seconds.
  var secondsLeft: Double { max(observationsLeft, 0) / max(rate, 1e-9) }
}
