import Foundation
import Synchronization

/// While this object exists, SIGINT and SIGTERM print a line on standard error before they end the
/// process; by default the process would end without a message. The exit status is 128 plus the
/// signal's number, as that of a process that the signal ends.
///
/// At most one may exist at a time. `Trainer` handles the signals itself during training.
public final class InterruptMessage {
  private let former: [sig_t?]

  /// - Parameter text: The line. It is never deallocated, because a signal handler must neither
  ///   allocate nor release memory.
  public init(_ text: String) {
    // Starts on a new line on a terminal, after a progress line.
    let line = Array(((standardErrorIsTerminal ? "\n" : "") + text + "\n").utf8)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: line.count)
    memory.initialize(from: line, count: line.count)
    Message.count.store(line.count, ordering: .relaxed)
    Message.address.store(UInt(bitPattern: memory), ordering: .releasing)
    former = [SIGINT, SIGTERM].map { signal($0, tell) }
  }

  deinit { zip([SIGINT, SIGTERM], former).forEach { signal($0, $1) } }
}

/// The handler's message. `init` initializes both values before it installs the handler.
private enum Message {
  static let address = Atomic<UInt>(0)
  static let count = Atomic(0)
}

private func tell(_ number: Int32) {
  // Standard error may be a pipe without a reader: a closed pipe would raise another signal, a full
  // one would block the process.
  signal(SIGPIPE, SIG_IGN)
  var request = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
  let address = Message.address.load(ordering: .acquiring)
  if let memory = UnsafeRawPointer(bitPattern: address), poll(&request, 1, 0) > 0 {
    _ = write(STDERR_FILENO, memory, Message.count.load(ordering: .relaxed))
  }
  _exit(128 + number)
}
