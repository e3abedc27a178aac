import Foundation
import NeuralNetworks
import Tensors

/// How a model is trained, beside the strategy and the optimizer.
public struct TrainingSettings: Sendable {
  /// Observations a step.
  public var batchSize: Int { didSet { check() } }
  /// What all randomness comes from.
  public var seed: UInt64
  /// How the learning rate changes; its time counts epochs.
  public var schedule: Schedule { didSet { check() } }
  /// The norm to which longer gradients are scaled, if any.
  public var gradientNormLimit: Double? { didSet { check() } }
  /// The decay of a moving average of the parameters, which is then what is evaluated; `nil` for none.
  /// With 0.999 the average is over some thousand steps. See `WeightAverage`.
  public var averageDecay: Double? { didSet { check() } }
  /// The held-out sets are evaluated after each epoch that is a multiple of this, and after the last.
  public var evaluationPeriod: Int { didSet { check() } }
  /// Where `checkpoint.safetensors` and `metrics.jsonl` go at the end of each epoch, if anywhere.
  public var folder: URL?
  /// Whether SIGINT or SIGTERM ends the run after the step, with a checkpoint.
  public var stopsOnInterrupt: Bool

  /// The usual settings: batches of 64, a constant rate, no files.
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
    require(batchSize > 0, "a batch size of \(batchSize)")
    schedule.check()
    require(evaluationPeriod > 0, "an evaluation every \(evaluationPeriod) epochs")
    if let limit = gradientNormLimit {
      require(limit > 0, "a limit of \(limit) on the gradient's norm is not positive")
    }
    if let decay = averageDecay {
      require((0..<1).contains(decay), "an average's decay of \(decay) lies outside of 0..<1")
    }
  }
}

/// The time that a run has taken and will take, by a clock that nobody sets.
final class RunClock {
  private let start = ContinuousClock.now
  private var epochStart = ContinuousClock.now
  private var observationsDone = 0.0
  private var observationsLeft: Double

  init(observationsLeft: Double) { self.observationsLeft = observationsLeft }

  /// Starts an epoch, of which a part may have been run before.
  func startEpoch(secondsBefore: Double) { epochStart = .now - .seconds(secondsBefore) }

  func advance(_ observations: Int) {
    observationsDone += Double(observations)
    observationsLeft -= Double(observations)
  }

  /// Seconds since the epoch's start.
  var epochSeconds: Double { (.now - epochStart) / .seconds(1) }

  /// Observations a second since the run's start, evaluations included.
  var rate: Double { observationsDone / max((.now - start) / .seconds(1), 1e-9) }

  /// What the rest takes at this rate.
  var secondsLeft: Double { max(observationsLeft, 0) / max(rate, 1e-9) }
}
