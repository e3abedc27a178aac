import Foundation
import Synchronization
import Tensors

/// Detects SIGINT and SIGTERM while it exists, so that a run can stop after a step. A second signal
/// ends the process immediately.
///
/// It uses a signal handler, which the system calls in any thread. A dispatch source would need its
/// own thread; and on Linux, a second dispatch source that is made after the first was released
/// receives no signals.
final class InterruptWatch {
  private let start: Int

  init() {
    start = Interrupts.count.load(ordering: .relaxed)
    Interrupts.watches.withLock { watches in
      if watches.count == 0 {
        Interrupts.countAtFirstWatch.store(start, ordering: .relaxed)
        Interrupts.last.store(0, ordering: .relaxed)
        watches.former = [SIGINT, SIGTERM].map { signal($0, heard) }
      }
      watches.count += 1
    }
  }

  deinit {
    Interrupts.watches.withLock { watches in
      watches.count -= 1
      if watches.count == 0 { zip([SIGINT, SIGTERM], watches.former).forEach { signal($0, $1) } }
    }
  }

  /// The signal that was received, or `nil`.
  var interruption: Int32? {
    guard Interrupts.count.load(ordering: .acquiring) > start else { return nil }
    return Int32(Interrupts.last.load(ordering: .relaxed))
  }
}

/// The data shared by all watches of the process.
private enum Interrupts {
  /// The number of signals so far, and the last signal. The watch that installs the handler has
  /// already accessed these variables. The handler therefore performs only a few memory operations,
  /// which are async-signal-safe.
  static let count = Atomic(0)
  static let last = Atomic(0)
  static let countAtFirstWatch = Atomic(0)
  static let watches = Lock(Watches())

  struct Watches: @unchecked Sendable {
    var count = 0
    /// The handlers of the signals before the first watch.
    var former: [sig_t?] = []
  }
}

private func heard(_ signal: Int32) {
  Interrupts.last.store(Int(signal), ordering: .relaxed)
  let first = Interrupts.countAtFirstWatch.load(ordering: .relaxed)
  if Interrupts.count.add(1, ordering: .releasing).newValue - first > 1 { _exit(128 + signal) }
}
