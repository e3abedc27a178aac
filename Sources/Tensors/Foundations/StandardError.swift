import Foundation

/// Writes text to standard error, as far as it can be written.
///
/// A failed message must not end a run. Where the text cannot be written (the disk is full, or the
/// reader of a pipe is closed or does not read), the rest of it is dropped.
package func writeToStandardError(_ text: String) {
  withSignalBlocked(SIGPIPE) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty, isWritable(STDERR_FILENO) {
        // A pipe that poll() reports as writable accepts this many bytes without blocking.
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(512))
        let count = write(STDERR_FILENO, part.baseAddress, part.count)
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
      }
    }
  }
}

/// Whether a file descriptor is writable now or becomes writable within a tenth of a second.
private func isWritable(_ descriptor: Int32) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  while true {
    let count = poll(&request, 1, 100)
    if count >= 0 { return count > 0 }
    guard errno == EINTR else { return false }
  }
}

/// Returns the result of `body`, which runs with a signal blocked on this thread.
///
/// A system call of `body` that would raise the signal, such as SIGPIPE or SIGXFSZ, fails with an
/// error instead, as it does where the signal is ignored.
package func withSignalBlocked<Result>(
  _ signal: Int32, _ body: () throws -> Result
) rethrows -> Result {
  var (set, former, pending) = (sigset_t(), sigset_t(), sigset_t())
  sigemptyset(&set)
  sigaddset(&set, signal)
  sigpending(&pending)
  let wasPending = sigismember(&pending, signal) == 1
  pthread_sigmask(SIG_BLOCK, &set, &former)
  defer {
    // Consume a signal that `body` raised before the signal is unblocked.
    sigpending(&pending)
    if !wasPending, sigismember(&pending, signal) == 1 {
      var taken: Int32 = 0
      sigwait(&set, &taken)
    }
    pthread_sigmask(SIG_SETMASK, &former, nil)
  }
  return try body()
}

/// An error that reports that a signal from the user ended the work. The program then terminates as
/// that signal would have terminated it.
package protocol Interruption: Error {
  /// The signal, such as SIGINT; `nil` for an error that is no interruption.
  var signal: Int32? { get }
}
