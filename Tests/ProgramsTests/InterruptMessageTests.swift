import Foundation
import Programs
import Testing

/// A message of an interruption that nobody reads neither changes the exit status nor keeps the process.
@Suite("Interruptions of a program whose standard error takes nothing")
struct InterruptMessageTests {
  @Test("a closed pipe", arguments: [SIGINT, SIGTERM])
  func closedPipe(number: Int32) async {
    await #expect(processExitsWith: .exitCode(128 + number)) { [number] in
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      dup2(ends[1], STDERR_FILENO)
      close(ends[0])
      let message = InterruptMessage("interrupted")
      endBySignal(number, message)
    }
  }

  @Test("a full pipe", arguments: [SIGINT, SIGTERM])
  func fullPipe(number: Int32) async {
    await #expect(processExitsWith: .exitCode(128 + number)) { [number] in
      var ends: [Int32] = [0, 0]
      pipe(&ends)
      let flags = fcntl(ends[1], F_GETFL)
      _ = fcntl(ends[1], F_SETFL, flags | O_NONBLOCK)
      let bytes = [UInt8](repeating: 0, count: 4096)
      while write(ends[1], bytes, bytes.count) > 0 {}
      _ = fcntl(ends[1], F_SETFL, flags)
      dup2(ends[1], STDERR_FILENO)
      let message = InterruptMessage("interrupted")
      endBySignal(number, message)
    }
  }
}

/// Sends the process a signal, and ends it with another status where the handler has not done so. Some
/// threads block signals, so that `raise` could wait for ever; nothing is written in any case. The
/// tests need no limit of their own: one would count the time in which other tests have the threads.
private func endBySignal(_ number: Int32, _ message: InterruptMessage) -> Never {
  kill(getpid(), number)
  withExtendedLifetime(message) { _ = sleep(20) }
  _exit(1)
}
