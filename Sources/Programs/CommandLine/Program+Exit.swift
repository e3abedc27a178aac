@preconcurrency import Foundation
import Tensors

extension Program {
  /// Parses the arguments of the process, or `line`.
  ///
  /// An argument that is not UTF-8, such as a folder name in another encoding, is refused: Swift
  /// would replace the invalid bytes, and the name would refer to another folder.
  ///
  /// `--help` prints the help on standard output and exits with status 0. An invalid command line
  /// exits with status 2 and prints the reason and the usage on standard error.
  public func parseOrExit(
    _ line: [String]? = nil
  ) -> Arguments {
    do {
      switch try parse(line ?? processArguments()) {
      case .run(let arguments):
        // Line-buffered even into a pipe, so that results and progress stay in order.
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

  /// Exits with status 2, for values that are valid individually but not together.
  public func exitWithUsage(_ reason: String) -> Never {
    printError("\(name): \(reason)\n\(usage)")
    exit(2)
  }

  /// Runs the program's body. An error exits with status 1 and its message on standard error,
  /// instead of the trap for an uncaught error. If a signal from the user ended the work, the
  /// status is 128 plus the signal's number.
  public func runOrExit(_ body: () throws -> Void) {
    do {
      try body()
      exitIfOutputFailed()
    } catch {
      printError("\(name): \(message(of: error))")
      exit((error as? any Interruption)?.signal.map { 128 + $0 } ?? 1)
    }
  }

  /// The error's own description; `localizedDescription` would hide that of a type without
  /// Foundation's protocols.
  private func message(of error: any Error) -> String {
    (error as? any LocalizedError)?.errorDescription ?? "\(error)"
  }
}

/// The arguments after the program's name.
///
/// - Throws: `UsageError` if one is not UTF-8.
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
