import Foundation
import Synchronization
import Tensors

/// Notices SIGINT and SIGTERM while it exists, so that a run can end at a step's end. A second signal
/// ends the process at once.
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

  /// The signal that has come; `nil` where none has.
  var interruption: Int32? {
    guard Interrupts.count.load(ordering: .acquiring) > start else { return nil }
    return Int32(Interrupts.last.load(ordering: .relaxed))
  }
}

/// What the process's watches share.
private enum Interrupts {
  /// The signals so far, and the last of them. The watch that installs the handler has used these
  /// numbers before: what the handler does is a few operations on memory, and safe at any moment.
  static let count = Atomic(0)
  static let last = Atomic(0)
  static let countAtFirstWatch = Atomic(0)
  static let watches = Lock(Watches())

  struct Watches: @unchecked Sendable {
    var count = 0
    /// What was done at each signal before the first watch.
    var former: [sig_t?] = []
  }
}

private func heard(_ signal: Int32) {
  Interrupts.last.store(Int(signal), ordering: .relaxed)
  let first = Interrupts.countAtFirstWatch.load(ordering: .relaxed)
  if Interrupts.count.add(1, ordering: .releasing).newValue - first > 1 { _exit(128 + signal) }
}
