import Dispatch
import Foundation
import Synchronization

/// Notices SIGINT while it exists, so that a run can end at a step's end. A second SIGINT ends the
/// process at once.
final class InterruptWatch {
  private let count = Counter()
  private let source: any DispatchSourceSignal

  init() {
    signal(SIGINT, SIG_IGN)
    // A queue of its own gets a thread even where those of the global queues are all at work.
    source = DispatchSource.makeSignalSource(
      signal: SIGINT, queue: DispatchQueue(label: "interrupts", qos: .userInteractive))
    source.setEventHandler { [count] in
      if count.signals.add(1, ordering: .relaxed).newValue > 1 { exit(130) }
    }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }

  /// Whether a signal has come.
  var isInterrupted: Bool { count.signals.load(ordering: .relaxed) > 0 }

  private final class Counter: Sendable {
    let signals = Atomic(0)
  }
}
