import Tensors
import Testing

@Suite("Memory", .serialized)
struct MemoryTests {
  @Test("A block is at least as large as the request, and at most a fifth of it is unused")
  func sizeClasses() {
    var last = -1
    let sizes = Array(0...5000) + (13...40).flatMap { [(1 << $0) - 1, 1 << $0, (1 << $0) + 1] }
    for bytes in sizes.sorted() {
      let (index, size) = MemoryPool.sizeClass(bytes: bytes)
      #expect(size >= bytes && size % 16 == 0, "\(bytes) bytes got a block of \(size)")
      #expect(MemoryPool.bytes(ofClass: index) == size, "class \(index) of \(bytes) bytes")
      #expect(bytes <= 64 || 5 * (size - bytes) < size, "\(bytes) bytes got a block of \(size)")
      #expect(index >= last, "the class of \(bytes) bytes lies below that of fewer")
      last = index
    }
  }

  @Test("Size classes are numbered without gaps, and each has a different size")
  func classes() {
    for index in 0..<150 {
      let bytes = MemoryPool.bytes(ofClass: index)
      #expect(MemoryPool.sizeClass(bytes: bytes) == (index, bytes))
      #expect(MemoryPool.sizeClass(bytes: bytes + 1).index == index + 1)
    }
  }

  /// Runs in a process of its own, because other tests would allocate memory at the same time.
  @Test("A repeated evaluation requests no memory from the system until the pool is drained")
  func warm() async {
    await #expect(processExitsWith: .success) {
      func evaluate() -> Double {
        var generator = Philox(seed: 1)
        let w = Tensor<Double>.normal([70, 30], using: &generator).tracked()
        let x = Tensor<Double>.normal([64, 70], using: &generator)
        let y = (matrixProduct(x, w).elu() * 0.5).logSumExp(axis: 1).mean()
        return gradients(of: y, withRespectTo: [w])[0].sum().scalar
      }
      let first = evaluate()
      _ = evaluate()
      let warm = MemoryPool.systemAllocations
      let cached = MemoryPool.bytesCached
      for _ in 0..<50 {
        let again = evaluate()
        require(again == first, "\(again) after \(first)")
      }
      require(
        MemoryPool.systemAllocations == warm,
        "\(MemoryPool.systemAllocations - warm) requests to the system")
      require(
        MemoryPool.bytesCached == cached && cached > 0, "\(MemoryPool.bytesCached), \(cached)")

      MemoryPool.drain()
      require(MemoryPool.bytesCached == 0, "\(MemoryPool.bytesCached) bytes after drain()")
      require(evaluate() == first, "another value after drain()")
      require(MemoryPool.systemAllocations > warm, "no memory was requested after drain()")
    }
  }

  @Test("Memory beyond the pool's limit is returned to the system")
  func limit() async {
    await #expect(processExitsWith: .success) {
      do {
        // The memory is not written to, so the system never maps it.
        let parts = (0..<5).map { _ in Storage<Float>(count: 40 << 20) }
        require(parts.count == 5, "")
      }
      let cached = MemoryPool.bytesCached
      require(cached > 0 && cached <= 512 << 20, "\(cached) bytes cached")
    }
  }

  @Test("The memory of a tensor that is not a view is aligned to 64 bytes")
  func alignment() {
    for count in [0, 1, 7, 16, 100, 1000] {
      let address = UInt(bitPattern: Tensor<Float>.zeros([count]).pointer)
      #expect(address % 64 == 0)
    }
  }
}
