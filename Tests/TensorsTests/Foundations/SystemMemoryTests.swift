import Foundation
import Tensors
import Testing

@Suite("Memory of the system")
struct SystemMemoryTests {
  @Test("Sizes are written in the largest unit that is not above them, rounded down")
  func texts() {
    for (bytes, text) in [
      (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (1 << 20 - 1, "1023.9 KiB"),
      (3 << 29, "1.5 GiB"), (3 << 40, "3.0 TiB"), (Int.max, "8.0 EiB"),
    ] {
      #expect(SystemMemory.text(bytes) == text)
    }
  }

  @Test(
    "A shortage is reported for a request that does not fit, and small requests are not checked")
  func shortage() {
    SystemMemory.$stated.withValue(1 << 30) {
      #expect(SystemMemory.shortage(for: 1 << 30) == nil)
      #expect(SystemMemory.shortage(for: 1 << 30 + 1) == 1 << 30)
    }
    SystemMemory.$stated.withValue(0) {
      #expect(SystemMemory.shortage(for: 1 << 26) == 0)
      #expect(SystemMemory.shortage(for: 1 << 26 - 1) == nil)
    }
  }

  #if os(Linux)
    @Test("The system reports a plausible amount of available memory")
    func available() throws {
      let available = try #require(SystemMemory.available)
      #expect(available > 1 << 24)
      let physical = Int(ProcessInfo.processInfo.physicalMemory)
      // Swap space is rarely larger than the physical memory.
      #expect(available < 4 * physical)
    }

    @Test("A memory limit of the process reduces the available memory")
    func limit() async {
      await #expect(processExitsWith: .success) {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = try #require(Int(text.split(separator: " ")[0]))
        let most = rlim_t(pages * Int(getpagesize()) + 1 << 29)
        var limit = rlimit(rlim_cur: most, rlim_max: most)
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
        let available = try #require(SystemMemory.available)
        #expect(available <= 1 << 29 && available > 1 << 27)
      }
    }
  #endif

  @Test("The product of sizes is exact, and nil if it overflows or a size is negative")
  func products() {
    #expect(product(of: 3, 4, 5) == 60 && product(of: 7) == 7 && product(of: 0, .max, .max) == 0)
    #expect(product(of: .max, 2) == nil && product(of: -1, -1) == nil && product(of: -1, 0) == nil)
    #expect(product(of: 1 << 31, 1 << 31, 1) == 1 << 62)
  }
}
