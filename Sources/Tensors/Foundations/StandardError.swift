import Foundation

/// Writes text to standard error as far as that is possible.
///
/// Messages are not worth a run: where nobody takes them, because the disk is full or the reader of a
/// pipe is gone or does not read, what is left of the text is dropped.
package func writeToStandardError(_ text: String) {
  withSignalBlocked(SIGPIPE) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)[...]
      while !rest.isEmpty, isWritable(STDERR_FILENO) {
        // A pipe that is ready takes this much without waiting for its reader.
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(512))
        let count = write(STDERR_FILENO, part.baseAddress, part.count)
        if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
      }
    }
  }
}

/// Whether a descriptor takes bytes now or within a tenth of a second.
private func isWritable(_ descriptor: Int32) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  while true {
    let count = poll(&request, 1, 100)
    if count >= 0 { return count > 0 }
    guard errno == EINTR else { return false }
  }
}

/// The result of `body`, in which this thread does not get a signal that its own system calls cause,
/// such as SIGPIPE or SIGXFSZ: the calls fail with an error instead, as they do where the signal is
/// ignored.
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
    // What the calls have raised is taken off before the thread listens again.
    sigpending(&pending)
    if !wasPending, sigismember(&pending, signal) == 1 {
      var taken: Int32 = 0
      sigwait(&set, &taken)
    }
    pthread_sigmask(SIG_SETMASK, &former, nil)
  }
  return try body()
}

/// An error that says that a signal of the user's ended the work: a program then ends as the signal
/// would have ended it.
package protocol Interruption: Error {
  /// The signal, such as SIGINT; `nil` where the error is of another kind.
  var signal: Int32? { get }
}
