import Foundation
import Tensors

/// A reporter shows the progress of a run.
public protocol TrainingReporter {
  /// Called after each step, with the progress of the run.
  func stepEnded(_ progress: TrainingProgress)
  /// Called after each epoch.
  func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double)
}

/// The progress of a run.
public struct TrainingProgress: Sendable {
  /// The current epoch, from 1.
  public let epoch: Int
  /// The total number of epochs.
  public let epochs: Int
  /// The number of completed steps of the epoch.
  public let step: Int
  /// The number of steps of an epoch.
  public let steps: Int
  /// The number of observations per second.
  public let rate: Double
  /// The estimated remaining time of the run, in seconds.
  public let secondsLeft: Double
  /// The mean bound of the epoch so far, in nats per observation.
  public let elbo: Double
}

/// A reporter without output.
public struct SilentReporter: TrainingReporter {
  /// A reporter without output.
  public init() {}
  /// Does nothing.
  public func stepEnded(_ progress: TrainingProgress) {}
  /// Does nothing.
  public func epochEnded(_ metrics: EpochMetrics, of epochs: Int, secondsLeft: Double) {}
}

/// A reporter that writes to standard error. It shows a progress bar on a terminal, and writes a
/// line for each epoch otherwise.
public final class ConsoleReporter: TrainingReporter {
  private let label: String
  private let isTerminal: Bool
  private var lastDrawn: ContinuousClock.Instant?

  /// A reporter whose lines start with a label, such as the name of the model.
  public init(label: String = "") {
    self.label = label.isEmpty ? "" : label + "  "
    isTerminal = isatty(STDERR_FILENO) == 1
  }

  /// Draws the bar, at most ten times per second.
  public func stepEnded(_ progress: TrainingProgress) {
    let now = ContinuousClock.now
    guard isTerminal, lastDrawn.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
    lastDrawn = now
    let width = 24
    let filled = width * progress.step / max(progress.steps, 1)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let text = String(
      format: "%@epoch %d/%d %@ %.0f observations/s  ELBO %.2f nats  %@ left", label,
      progress.epoch, progress.epochs, bar, progress.rate, progress.elbo,
      clock(progress.secondsLeft))
    write("\r\u{1B}[K\u{1B}[?7l" + text + "\u{1B}[?7h")
  }

  /// Writes a line for the epoch.
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
      // On a terminal, the line replaces the bar, and the next bar overwrites the line, except
      // after the last epoch.
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
