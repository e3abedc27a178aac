import Foundation
import Programs
import Testing

/// If the message of an interruption cannot be written, the exit status is still right and the
/// process ends.
@Suite("Interruption of a program whose standard error cannot be written")
struct InterruptMessageTests {
  @Test(
    "An interrupted program with a closed pipe as standard error ends with the right status",
    arguments: [SIGINT, SIGTERM])
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

  @Test(
    "An interrupted program with a full pipe as standard error ends with the right status",
    arguments: [SIGINT, SIGTERM])
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

@Suite("Progress of long work") struct WorkProgressTests {
  @Test("An interruption ends the work with a message that begins with the label")
  func interruption() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(128 + SIGINT), observing: [\.standardErrorContent]
    ) {
      let progress = WorkProgress(label: "chain") { "\($0) of \($1) images" }
      progress.report(1, of: 2)
      endBySignal(SIGINT, progress)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("chain  interrupted"))
  }
}

/// Sends a signal to the process, and exits with another status if the handler has not ended it.
/// The signal is sent by `kill`, because some threads block signals and `raise` could wait forever.
/// The tests have no time limit, which would include the time in which other tests use the threads.
private func endBySignal(_ number: Int32, _ message: AnyObject) -> Never {
  kill(getpid(), number)
  withExtendedLifetime(message) { _ = sleep(20) }
  _exit(1)
}
