import Foundation
import Measurements
import Programs
import Synchronization

/// The result of reading a mutated input.
enum FuzzOutcome: Equatable {
  case accepted
  case refused(String)
}

/// The counts for a reader, and its slowest input.
struct FuzzReport {
  private let kind: FuzzedReader.Kind
  private let seed: Int
  private var (accepted, refused) = (0, 0)
  private var slowest = (seconds: 0.0, input: 0)
  private var total = 0.0

  init(_ kind: FuzzedReader.Kind, seed: Int) {
    (self.kind, self.seed) = (kind, seed)
    FuzzWatch.start(kind.rawValue, seed: seed)
  }

  /// Reads and times one input; `FuzzWatch` names it if it crashes.
  mutating func measure(_ index: Int, _ read: () throws -> FuzzOutcome) throws {
    FuzzWatch.enter(index)
    let start = processorSeconds()
    let outcome = try read()
    let seconds = processorSeconds() - start
    total += seconds
    if seconds > slowest.seconds { slowest = (seconds, index) }
    if outcome == .accepted { accepted += 1 } else { refused += 1 }
  }

  /// Prints the line of JSON.
  ///
  /// - Throws: `SlowInput` if an input took more than a second.
  func finish() throws {
    emit([
      "reader": kind.rawValue, "seed": seed, "inputs": accepted + refused, "accepted": accepted,
      "refused": refused, "seconds": total, "slowest_seconds": slowest.seconds,
      "slowest_input": slowest.input, "peak_mib": peakMemoryMiB(),
    ])
    if slowest.seconds > 1 {
      throw SlowInput(
        reader: kind.rawValue, seed: seed, input: slowest.input, seconds: slowest.seconds)
    }
  }
}

/// An input that took too long.
private struct SlowInput: Error, CustomStringConvertible {
  let reader: String
  let seed, input: Int
  let seconds: Double

  var description: String {
    "an input took \(decimal(seconds, places: 2)) s of processor time, more than 1: "
      + "--seed \(seed) --reader \(reader) --input \(input)"
  }
}

/// The processor time of this thread, in seconds.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Reports the input at which a crash or an endless loop occurred, by signal handlers, which only
/// write memory that was prepared in advance.
enum FuzzWatch {
  /// The processor time in seconds after which an input counts as an endless loop.
  private static let limit = 10

  static func start(_ reader: String, seed: Int) {
    let text = Array("\nfuzz-readers: ended at --seed \(seed) --reader \(reader) --input ".utf8)
    // Never deallocated, because a signal handler must neither allocate nor release memory.
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count)
    memory.initialize(from: text, count: text.count)
    Message.count.store(text.count, ordering: .relaxed)
    Message.address.store(UInt(bitPattern: memory), ordering: .releasing)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGPROF] {
      signal(number, tell)
    }
  }

  /// Records the input that is about to be read.
  static func enter(_ index: Int) {
    Message.input.store(index, ordering: .relaxed)
    guard index % 64 == 0 else { return }
    // The timer is restarted once every 64 inputs, which together have the time of one.
    var timer = itimerval()
    timer.it_value.tv_sec = limit
    #if canImport(Glibc)
      setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
    #else
      setitimer(ITIMER_PROF, &timer, nil)
    #endif
  }
}

/// The handler's message. `start` initializes it before it installs a handler.
private enum Message {
  static let address = Atomic<UInt>(0)
  static let count = Atomic(0)
  static let input = Atomic(0)
}

private func tell(_ signal: Int32) {
  if let memory = UnsafeRawPointer(bitPattern: Message.address.load(ordering: .acquiring)) {
    _ = write(STDERR_FILENO, memory, Message.count.load(ordering: .relaxed))
  }
  // The digits of the input's number, last digit first.
  var rest = Message.input.load(ordering: .relaxed)
  var scale = 1
  while rest / scale >= 10 { scale *= 10 }
  while scale > 0 {
    var digit = UInt8(ascii: "0") + UInt8(rest / scale)
    _ = write(STDERR_FILENO, &digit, 1)
    rest %= scale
    scale /= 10
  }
  var end = UInt8(ascii: "\n")
  _ = write(STDERR_FILENO, &end, 1)
  _exit(1)
}
