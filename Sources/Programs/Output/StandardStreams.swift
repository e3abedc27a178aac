@preconcurrency import Foundation
import Tensors

/// Exits with status 1 if standard output could not be written, for example on a full disk: lost
/// results must not look like success.
public func exitIfOutputFailed() {
  fflush(nil)
  guard ferror(stdout) != 0 else { return }
  printError("standard output could not be written: make room, or write to another place")
  exit(1)
}

/// Prints a line on standard error, after flushing standard output and clearing a progress line.
public func printError(_ text: String) {
  fflush(nil)
  clearProgress()
  writeToStandardError(text + "\n")
}
