import Foundation
import Tensors

/// Whether standard output is a terminal, on which a line may be overwritten.
public var standardOutputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

/// Whether standard error is a terminal.
public var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

/// Clears the progress line on standard error if that is a terminal. Call it before writing
/// anything else, which would otherwise follow on the same line.
public func clearProgress() {
  guard standardErrorIsTerminal else { return }
  writeToStandardError("\r\u{1B}[K")
}

/// Overwrites the progress line on a terminal.
public func showProgress(_ text: String) {
  clearProgress()
  if standardErrorIsTerminal { writeToStandardError(text) }
}
