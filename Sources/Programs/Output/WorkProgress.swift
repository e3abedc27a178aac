import Foundation
import Tensors

/// Reports the progress of long work on standard error.
///
///     let progress = WorkProgress(label: "chain") { "log-likelihood of \($0) of \($1) images" }
///     let mean = meanLogLikelihood(
///       of: test, under: model, draws: 500, using: &generator, progress: progress.report)
///
/// On a terminal one line is updated, and cleared at the end; elsewhere a line is written every half
/// a minute. While this object exists, SIGINT and SIGTERM end the process with a message.
public final class WorkProgress {
  private let label: String
  private let work: (_ done: Int, _ count: Int) -> String
  private let start = ContinuousClock.now
  /// The time of the last report; `nil` if the first report should be shown at once.
  private var lastShown: ContinuousClock.Instant?
  private let interruption: InterruptMessage

  /// A reporter with a label, such as the name of the model; `work` describes the progress.
  public init(label: String = "", work: @escaping (_ done: Int, _ count: Int) -> String) {
    self.label = label.isEmpty ? "" : label + "  "
    self.work = work
    interruption = InterruptMessage(
      "\(self.label)interrupted; what was trained is kept if a folder was given, and the same "
        + "command with --resume continues from there")
    lastShown = standardErrorIsTerminal ? nil : start
  }

  deinit { clearProgress() }

  /// Reports that `done` of `count` are done.
  public func report(_ done: Int, of count: Int) {
    let now = ContinuousClock.now
    let pause: Duration = standardErrorIsTerminal ? .milliseconds(100) : .seconds(30)
    if let lastShown, now - lastShown <= pause { return }
    lastShown = now
    let left = (now - start) / .seconds(1) / Double(max(done, 1)) * Double(count - done)
    let time = String(format: "%d:%02d left", Int(left) / 60, Int(left) % 60)
    let text = "\(label)\(work(done, count))  \(time)"
    writeToStandardError(standardErrorIsTerminal ? "\r\u{1B}[K" + text : text + "\n")
  }
}
