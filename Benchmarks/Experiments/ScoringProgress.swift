import Foundation
import Programs
import Tensors

/// How far the log-likelihood of a test set is, or other long work, on standard error: a line that is
/// drawn over on a terminal, and elsewhere a plain one every half a minute. While it exists, SIGINT ends
/// the process with a line that says so.
package final class ScoringProgress {
  private let label: String
  private let work: @Sendable (_ done: Int, _ count: Int) -> String
  private let start = ContinuousClock.now
  /// `nil` where the first report is to be shown at once.
  private var lastShown: ContinuousClock.Instant?
  private let interruption: InterruptMessage

  /// A report with a label in front, such as the name of the model; `work` says what is done.
  package init(
    label: String = "",
    work: @escaping @Sendable (_ done: Int, _ count: Int) -> String = {
      "log-likelihood of \($0) of \($1) images"
    }
  ) {
    self.label = label.isEmpty ? "" : label + "  "
    self.work = work
    interruption = InterruptMessage(
      "\(self.label)interrupted; what was trained is kept where a folder was named for it, and the same "
        + "command with --resume goes on from there")
    lastShown = standardErrorIsTerminal ? nil : start
  }

  /// So much is done.
  package func report(_ done: Int, of count: Int) {
    let now = ContinuousClock.now
    let pause: Duration = standardErrorIsTerminal ? .milliseconds(100) : .seconds(30)
    if let lastShown, now - lastShown <= pause { return }
    lastShown = now
    let left = (now - start) / .seconds(1) / Double(max(done, 1)) * Double(count - done)
    let time = String(format: "%d:%02d left", Int(left) / 60, Int(left) % 60)
    let text = "\(label)\(work(done, count))  \(time)"
    let line = standardErrorIsTerminal ? "\r\u{1B}[K" + text : text + "\n"
    writeToStandardError(line)
  }
}
