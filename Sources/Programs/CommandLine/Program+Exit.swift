@preconcurrency import Foundation
import Tensors

extension Program {
  /// The values of the process's own arguments, or of `line`.
  ///
  /// An argument of the process that is not UTF-8, such as the name of a folder in another encoding,
  /// cannot be used: Swift would put other characters in its place, and with them name another folder.
  ///
  /// `--help` prints the help on standard output and ends the process with status 0. A line that
  /// cannot be used ends it with status 2, the reason and the usage on standard error.
  package func parseOrExit(
    _ line: [String]? = nil
  ) -> Arguments {
    do {
      switch try parse(line ?? processArguments()) {
      case .run(let arguments):
        // Line by line even into a pipe, so that results and progress stay in order.
        setvbuf(stdout, nil, _IOLBF, 0)
        return arguments
      case .help:
        print(help)
        exit(0)
      }
    } catch {
      exitWithUsage("\(error)")
    }
  }

  /// Ends the process with status 2: for values that are right one by one but not together.
  package func exitWithUsage(_ reason: String) -> Never {
    printError("\(name): \(reason)\n\(usage)")
    exit(2)
  }

  /// Runs the program's body; an error ends the process with status 1, its message on standard
  /// error, instead of the trap with which Swift ends an uncaught one. Where a signal of the user's
  /// ended the work, the status is 128 and the signal.
  package func runOrExit(_ body: () throws -> Void) {
    do {
      try body()
      exitIfOutputFailed()
    } catch {
      printError("\(name): \(message(of: error))")
      exit((error as? any Interruption)?.signal.map { 128 + $0 } ?? 1)
    }
  }

  /// The error's own words: Foundation would bury those of a type that only describes itself.
  private func message(of error: any Error) -> String {
    (error as? any LocalizedError)?.errorDescription ?? "\(error)"
  }
}

/// Ends the process with status 1 where standard output could not be written, as on a full disk:
/// results that are lost must not look like success.
package func exitIfOutputFailed() {
  fflush(nil)
  guard ferror(stdout) != 0 else { return }
  printError("standard output could not be written: make room, or write to another place")
  exit(1)
}

/// A line on standard error, after what standard output still holds back, in place of a line of
/// progress.
package func printError(_ text: String) {
  fflush(nil)
  clearProgress()
  writeToStandardError(text + "\n")
}

/// The arguments behind the program's name.
///
/// - Throws: `UsageError` where one is not UTF-8.
func processArguments() throws -> [String] {
  let pointers = (1..<max(Int(CommandLine.argc), 1)).compactMap { CommandLine.unsafeArgv[$0] }
  return try pointers.enumerated().map { index, pointer in
    guard let text = String(validatingCString: pointer) else {
      throw UsageError.notUTF8(
        position: index + 1, repaired: String(cString: UnsafePointer<CChar>(pointer)))
    }
    return text
  }
}
