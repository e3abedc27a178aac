import Foundation
import Synchronization

/// Notices SIGINT while it exists, so that a run can end at a step's end. A second SIGINT ends the
/// process at once.
///
/// By a handler, which the system calls in whatever thread: a dispatch source would need a thread of
/// its own, and on Linux a second one, made after the first is gone, hears nothing.
final class InterruptWatch {
  private let start: Int

  init() {
    start = Interrupts.count.load(ordering: .relaxed)
    Interrupts.watches.withLock { watches in
      if watches.count == 0 {
        Interrupts.countAtFirstWatch.store(start, ordering: .relaxed)
        watches.former = signal(SIGINT, heard)
      }
      watches.count += 1
    }
  }

  deinit {
    Interrupts.watches.withLock { watches in
      watches.count -= 1
      if watches.count == 0 { signal(SIGINT, watches.former) }
    }
  }

  /// Whether a signal has come.
  var isInterrupted: Bool { Interrupts.count.load(ordering: .relaxed) > start }
}

/// What the process's watches share.
private enum Interrupts {
  /// The signals so far. The watch that installs the handler has used both numbers before: what the
  /// handler does is two operations on memory, and safe at any moment.
  static let count = Atomic(0)
  static let countAtFirstWatch = Atomic(0)
  static let watches = Mutex(Watches())

  struct Watches: @unchecked Sendable {
    var count = 0
    /// What was done at the signal before the first watch.
    var former: sig_t?
  }
}

private func heard(_ signal: Int32) {
  let first = Interrupts.countAtFirstWatch.load(ordering: .relaxed)
  if Interrupts.count.add(1, ordering: .relaxed).newValue - first > 1 { _exit(130) }
}
