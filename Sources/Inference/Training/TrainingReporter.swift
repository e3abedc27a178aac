import Foundation
import Tensors

/// Where a run says how far it is.
public protocol TrainingReporter {
  /// After a step: how far the run is, and the mean bound of the epoch so far, in nats.
  func stepEnded(_ progress: TrainingProgress)
  /// After an epoch.
  func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double)
}

/// How far a run is.
public struct TrainingProgress: Sendable {
  /// The epoch that runs, from 1.
  public let epoch: Int
  /// How many there will be.
  public let epochs: Int
  /// The steps of the epoch that are done.
  public let step: Int
  /// The steps of an epoch.
  public let steps: Int
  /// Observations a second.
  public let rate: Double
  /// How long the run will yet take at this rate, in seconds.
  public let secondsLeft: Double
  /// The mean bound of the epoch so far, in nats an observation.
  public let elbo: Double
}

/// Says nothing.
public struct SilentReporter: TrainingReporter {
  /// A reporter that says nothing.
  public init() {}
  /// Nothing.
  public func stepEnded(_ progress: TrainingProgress) {}
  /// Nothing.
  public func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {}
}

/// A progress bar on standard error where that is a terminal, and a plain line each epoch where it
/// is not.
public final class ConsoleReporter: TrainingReporter {
  private let label: String
  private let isTerminal: Bool
  private var lastDrawn: ContinuousClock.Instant?

  /// A reporter that puts a label in front, such as the name of the model.
  public init(label: String = "") {
    self.label = label.isEmpty ? "" : label + "  "
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Draws the bar, ten times a second at the most.
  public func stepEnded(_ progress: TrainingProgress) {
    let now = ContinuousClock.now
    guard isTerminal, lastDrawn.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
    lastDrawn = now
    let width = 24
    let filled = width * progress.step / max(progress.steps, 1)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let text = String(
      format: "%@epoch %d/%d %@ %.0f images/s  ELBO %.2f nats  %@ left", label, progress.epoch,
      progress.epochs, bar, progress.rate, progress.elbo, clock(progress.secondsLeft))
    write("\r\u{1B}[K\u{1B}[?7l" + text + "\u{1B}[?7h")
  }

  /// A line for the epoch.
  public func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {
    var text = String(
      format: "%@epoch %d/%d  train ELBO %.2f nats  KL %.2f", label, metrics.epoch, epochs,
      metrics.trainELBO, metrics.trainKL)
    if let elbo = metrics.evaluated.testELBO, let kl = metrics.evaluated.testKL {
      text += String(format: "  test ELBO %.2f  KL %.2f", elbo, kl)
    }
    if let elbo = metrics.evaluated.validationELBO {
      text += String(format: "  validation ELBO %.2f", elbo)
    }
    text += String(format: "  %.1f s  %@ left", metrics.seconds, clock(secondsLeft))
    if isTerminal {
      // On a terminal the bar gives way to the line, which the next bar overwrites but for the last.
      write("\r\u{1B}[K" + text + (metrics.epoch == epochs ? "\n" : ""))
    } else {
      write(text + "\n")
    }
  }

  private func write(_ text: String) { writeToStandardError(text) }

  private func clock(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e7)).rounded())
    return whole < 3600
      ? String(format: "%d:%02d", whole / 60, whole % 60)
      : String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
  }
}
