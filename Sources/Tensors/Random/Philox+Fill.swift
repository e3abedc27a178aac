import CKernels

/// Functions that fill buffers with random numbers.
///
/// Each takes whole chunks of 16 blocks from the stream and leaves a word that `next()` has
/// buffered untouched. Large buffers are filled on several threads, with the same values for any
/// number of threads.
///
/// Complexity: O(n). On one core with AVX2 an element takes, in nanoseconds, for `Float` and
/// `Double`: uniform 0.7 and 1.4, Bernoulli 1.0 and 1.6, normal 1.2 and 3.4, Gumbel 1.7 and 5.
extension Philox {
  /// Uniform numbers on the open interval (0, 1): odd multiples of 2⁻²⁴ (`Float`) or 2⁻⁵³
  /// (`Double`).
  package mutating func fillUniform<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>
  ) {
    fill(buffer) { key, first, out, count, _ in
      Scalar.kernels.random.uniform(key, first, out, count)
    }
  }

  /// Standard normal numbers, by the Box–Muller transform.
  package mutating func fillNormal<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>
  ) {
    fill(buffer) { key, first, out, count, _ in
      Scalar.kernels.random.normal(key, first, out, count)
    }
  }

  /// Standard Gumbel numbers: `-log(-log u)`, finite.
  package mutating func fillGumbel<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>
  ) {
    fill(buffer) { key, first, out, count, _ in
      Scalar.kernels.random.gumbel(key, first, out, count)
    }
  }

  /// Each element is 1 with the probability at the same index, and 0 otherwise. A probability of 0
  /// never gives 1, and a probability of 1 always does; other probabilities are resolved in steps
  /// of 2⁻²³ (`Float`) or 2⁻⁵² (`Double`).
  ///
  /// `probabilities` may be the same memory as `buffer`.
  package mutating func fillBernoulli<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>,
    probabilities: UnsafeBufferPointer<Scalar>
  ) {
    require(
      probabilities.count == buffer.count,
      "fillBernoulli: \(probabilities.count) probabilities for \(buffer.count) elements")
    guard let probability = probabilities.baseAddress else { return }
    fill(buffer) { key, first, out, count, start in
      Scalar.kernels.random.bernoulli(key, first, probability + start, 1, out, count)
    }
  }

  /// Each element is 1 with the one given probability, and 0 otherwise.
  package mutating func fillBernoulli<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, probability: Scalar
  ) {
    withUnsafePointer(to: probability) { probability in
      fill(buffer) { key, first, out, count, _ in
        Scalar.kernels.random.bernoulli(key, first, probability, 0, out, count)
      }
    }
  }

  /// Uniformly distributed 32-bit words.
  package mutating func fillBits(_ buffer: UnsafeMutableBufferPointer<UInt32>) {
    fill(buffer, elementsPerChunk: LG_RANDOM_FLOATS_PER_CHUNK) {
      key, first, out, count, _ in lg_fill_bits(key, first, out, count)
    }
  }

  private typealias Kernel<Element> = (
    _ key: UInt64, _ first: UInt64, _ out: UnsafeMutablePointer<Element>, _ count: Int,
    _ start: Int
  ) -> Void

  private mutating func fill<Scalar: TensorScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, with kernel: Kernel<Scalar>
  ) {
    fill(buffer, elementsPerChunk: Scalar.kernels.random.elementsPerChunk, with: kernel)
  }

  /// Calls `kernel` on parts of the buffer, each of which starts at a chunk.
  private mutating func fill<Element>(
    _ buffer: UnsafeMutableBufferPointer<Element>, elementsPerChunk: Int,
    with kernel: Kernel<Element>
  ) {
    guard let out = buffer.baseAddress, !buffer.isEmpty else { return }
    let blocksPerChunk = LG_RANDOM_BLOCKS_PER_CHUNK
    let chunks = (buffer.count + elementsPerChunk - 1) / elementsPerChunk
    let first = advance(blocks: chunks * blocksPerChunk)
    parallelFor(count: buffer.count, grain: Self.elementsPerThread) { part in
      let block = first &+ UInt64(part.lowerBound / elementsPerChunk * blocksPerChunk)
      kernel(key, block, out + part.lowerBound, part.count, part.lowerBound)
    }
  }

  /// The number of elements that justifies a thread: a multiple of the elements of a chunk for
  /// every kernel.
  private static let elementsPerThread = 1 << 14
}
