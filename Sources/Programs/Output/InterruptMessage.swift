import Foundation
import Synchronization

/// Says on standard error what a SIGINT or SIGTERM has ended, while it exists: by itself a process
/// would end without a word. The exit status is 128 and the signal, as of a process that it ends.
///
/// One at a time; `Trainer` listens to the signals itself while it trains.
package final class InterruptMessage {
  private let former: [sig_t?]

  /// - Parameter text: The line. It is kept for the life of the process, for a handler may neither
  ///   allocate nor release.
  package init(_ text: String) {
    // Behind a line of progress, which is drawn over on a terminal.
    let line = Array(((standardErrorIsTerminal ? "\n" : "") + text + "\n").utf8)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: line.count)
    memory.initialize(from: line, count: line.count)
    Message.count.store(line.count, ordering: .relaxed)
    Message.address.store(UInt(bitPattern: memory), ordering: .releasing)
    former = [SIGINT, SIGTERM].map { signal($0, tell) }
  }

  deinit { zip([SIGINT, SIGTERM], former).forEach { signal($0, $1) } }
}

/// What the handler says. `init` has used both before the handler is installed.
private enum Message {
  static let address = Atomic<UInt>(0)
  static let count = Atomic(0)
}

private func tell(_ number: Int32) {
  // Standard error may be a pipe that nobody reads: closed, it would end the process by a signal of its
  // own; full, it would keep it waiting.
  signal(SIGPIPE, SIG_IGN)
  var request = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
  let address = Message.address.load(ordering: .acquiring)
  if let memory = UnsafeRawPointer(bitPattern: address), poll(&request, 1, 0) > 0 {
    _ = write(STDERR_FILENO, memory, Message.count.load(ordering: .relaxed))
  }
  _exit(128 + number)
}
