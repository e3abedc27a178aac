import Synchronization

/// The memory of a tensor: a buffer that returns to a pool when its last reference is released.
package final class Storage<Scalar: BitwiseCopyable> {
  package let pointer: UnsafeMutablePointer<Scalar>
  package let count: Int
  private let block: MemoryPool.Block
  /// The number of times the elements were overwritten in place. It is 0 for all memory but a
  /// parameter's, because only parameters are written after they are initialized.
  private let overwrites = Atomic(0)

  /// Uninitialized memory for `count` elements, aligned to 64 bytes.
  package init(count: Int) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    require(
      count >= 0 && !overflow && bytes <= MemoryPool.mostBytes,
      "a tensor of \(count) elements of \(MemoryLayout<Scalar>.stride) bytes exceeds the address space"
    )
    block = MemoryPool.shared.withLock { $0.take(bytes: bytes) }
    pointer = block.address.bindMemory(to: Scalar.self, capacity: max(count, 1))
    self.count = count
  }

  var overwriteCount: Int { overwrites.load(ordering: .relaxed) }

  func markOverwritten() { overwrites.add(1, ordering: .relaxed) }

  deinit { MemoryPool.shared.withLock { $0.put(block) } }
}

/// A pool of memory blocks that are kept for reuse.
///
/// A training step allocates the same sizes again and again; after the first steps it takes every
/// buffer from the pool. Sizes are rounded up to a multiple of a quarter of a power of two, so that
/// any block of a size class serves any request of that class. Beyond 64 bytes at most a fifth of a
/// block is unused.
public struct MemoryPool: ~Copyable {
  struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let sizeClass: Int
  }

  static let shared = Lock(MemoryPool())

  private var free: [[Block]] = []
  private var cachedBytes = 0
  private var allocations = 0

  /// The most bytes that are kept for reuse; blocks beyond it are returned to the system.
  private let limit = 512 << 20

  /// An upper bound on the bytes of any address space.
  static let mostBytes = 1 << 56

  /// The number of bytes that are kept for reuse.
  public static var bytesCached: Int { shared.withLock { $0.cachedBytes } }

  /// The number of allocations from the system since the start of the program.
  public static var systemAllocations: Int { shared.withLock { $0.allocations } }

  /// Returns all memory that is kept for reuse to the system.
  public static func drain() {
    shared.withLock { pool in
      for block in pool.free.joined() { block.address.deallocate() }
      pool.free = []
      pool.cachedBytes = 0
    }
  }

  /// The size class of a number of bytes, and the block size of that class:
  /// `(4 + c % 4)·2^(c / 4)·16`.
  package static func sizeClass(bytes: Int) -> (index: Int, bytes: Int) {
    if bytes <= 64 { return (0, 64) }
    let octave = (bytes - 1).bitWidth - (bytes - 1).leadingZeroBitCount - 7
    let quarter = 16 << octave
    let steps = (bytes + quarter - 1) / quarter
    return ((octave << 2) + steps - 4, steps * quarter)
  }

  mutating func take(bytes: Int) -> Block {
    let (index, size) = Self.sizeClass(bytes: bytes)
    if index < free.count, let block = free[index].popLast() {
      cachedBytes -= size
      return block
    }
    allocations += 1
    // A system that overcommits memory would kill the process later, without a message.
    if size >= 1 << 30, let available = SystemMemory.shortage(for: size) {
      stop(
        "a tensor of \(SystemMemory.text(size)) needs more than the \(SystemMemory.text(available)) "
          + "of memory that are available")
    }
    return Block(
      address: .allocate(byteCount: size, alignment: 64), sizeClass: index)
  }

  mutating func put(_ block: Block) {
    let size = Self.bytes(ofClass: block.sizeClass)
    guard cachedBytes + size <= limit else { return block.address.deallocate() }
    while free.count <= block.sizeClass { free.append([]) }
    free[block.sizeClass].append(block)
    cachedBytes += size
  }

  package static func bytes(ofClass index: Int) -> Int { (4 + index & 3) * (16 << (index >> 2)) }
}
