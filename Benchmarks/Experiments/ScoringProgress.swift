import Foundation
import Programs

/// How far the log-likelihood of a test set is, on standard error: a line that is drawn over on a
/// terminal, and elsewhere a plain one every half a minute.
package final class ScoringProgress {
  private let label: String
  private let start = Date()
  private var lastShown: Date

  /// A report with a label in front, such as the name of the model.
  package init(label: String = "") {
    self.label = label.isEmpty ? "" : label + "  "
    lastShown = standardErrorIsTerminal ? .distantPast : start
  }

  /// So many images are done.
  package func report(_ done: Int, of count: Int) {
    let now = Date()
    guard now.timeIntervalSince(lastShown) > (standardErrorIsTerminal ? 0.1 : 30) else { return }
    lastShown = now
    let left = now.timeIntervalSince(start) / Double(done) * Double(count - done)
    let text = String(
      format: "%@log-likelihood of %d of %d images  %d:%02d left", label, done, count,
      Int(left) / 60, Int(left) % 60)
    let line = standardErrorIsTerminal ? "\r\u{1B}[K" + text : text + "\n"
    FileHandle.standardError.write(Data(line.utf8))
  }
}
