import Foundation

/// Whether somebody reads standard output on a terminal, where a line may be drawn over.
package var standardOutputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

/// Whether somebody reads standard error on a terminal.
package var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
