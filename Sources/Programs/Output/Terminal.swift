import Foundation
import Tensors

/// Whether somebody reads standard output on a terminal, where a line may be drawn over.
package var standardOutputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

/// Whether somebody reads standard error on a terminal.
package var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

/// Takes a line of progress off standard error, where that is a terminal: before anything else is
/// written, which would stand behind it.
package func clearProgress() {
  guard standardErrorIsTerminal else { return }
  writeToStandardError("\r\u{1B}[K")
}

/// Overwrites the line of progress, on a terminal.
package func showProgress(_ text: String) {
  clearProgress()
  if standardErrorIsTerminal { writeToStandardError(text) }
}
