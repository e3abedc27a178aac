import CKernels

/// A seeded, splittable, counter-based generator of random numbers: Philox4x32-10.
///
/// A number is the encryption of a counter under a 64-bit key, so that the generator's state is
/// three words: it can be saved, compared and restored, and filling a large buffer gives the same
/// values for any number of threads. The state consists of the key and the low half of the counter
/// (the position). The high half of the counter distinguishes the purposes (drawing numbers,
/// `split()`, `split(_:)`), so that children never repeat their parent's numbers.
///
/// The keys of children are pseudorandom 64-bit numbers: among `n` generators two have the same key
/// with a probability of about `n² / 2⁶⁵`. A generator's period is 2⁶⁴ blocks of two `UInt64` each.
///
/// ```swift
/// var generator = Philox(seed: 7)
/// let x = Double.random(in: 0..<1, using: &generator)
/// var noise = generator.split()        // one of a sequence of children
/// var epoch = generator.split(3)       // the child labelled 3, whenever it is asked for
/// ```
///
/// J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011.
public struct Philox: RandomNumberGenerator, Sendable, Hashable {
  /// Selects one of 2⁶⁴ independent streams.
  package let key: UInt64

  /// The next block of the stream.
  package private(set) var position: UInt64

  /// The second half of the last block that `next()` encrypted, if it has not been returned yet.
  private var buffered: UInt64?

  /// The generator for a seed. The same seed gives the same bits on every machine.
  public init(seed: UInt64) {
    self.init(key: seed, position: 0, buffered: nil)
  }

  private init(key: UInt64, position: UInt64, buffered: UInt64?) {
    self.key = key
    self.position = position
    self.buffered = buffered
  }

  /// 64 uniformly distributed bits.
  ///
  /// Complexity: O(1), about 10 ns; filling a buffer is ten times as fast for each number.
  public mutating func next() -> UInt64 {
    if let word = buffered {
      buffered = nil
      return word
    }
    let (first, second) = Self.block(key: key, position: position, purpose: .draw)
    position &+= 1
    buffered = second
    return first
  }

  /// Removes `blocks` blocks from the stream and returns the position of the first.
  package mutating func advance(blocks: Int) -> UInt64 {
    let first = position
    position &+= UInt64(blocks)
    return first
  }
}

// MARK: - Splitting

extension Philox {
  /// A new, independent generator; each call returns a different one.
  ///
  /// It depends on the key and the position, and advances this generator by one block.
  public mutating func split() -> Philox {
    let child = Self.block(key: key, position: position, purpose: .split).0
    position &+= 1
    return Philox(seed: child)
  }

  /// The independent generator with this label, such as an epoch or a step.
  ///
  /// It depends on the key and the label alone: not on the numbers drawn from this generator, whose
  /// state does not change.
  public func split(_ label: UInt64) -> Philox {
    Philox(seed: Self.block(key: key, position: label, purpose: .labelledSplit).0)
  }

  /// The independent generator with this label.
  ///
  /// Stops if the label is negative.
  public func split(_ label: Int) -> Philox {
    require(label >= 0, "split(\(label)): a label must not be negative")
    return split(UInt64(label))
  }

  /// The high half of the counter, which distinguishes the purposes.
  private enum Purpose: UInt32 {
    case draw, split, labelledSplit
  }

  private static func block(
    key: UInt64, position: UInt64, purpose: Purpose
  ) -> (UInt64, UInt64) {
    var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &words) {
      lg_philox_block(
        key, position, UInt64(purpose.rawValue),
        $0.assumingMemoryBound(to: UInt32.self).baseAddress!)
    }
    return (
      UInt64(words.0) << 32 | UInt64(words.1), UInt64(words.2) << 32 | UInt64(words.3)
    )
  }
}

// MARK: - State

extension Philox {
  /// The complete state of a generator, for checkpoints.
  public struct State: Sendable, Hashable {
    /// The stream.
    public var key: UInt64

    /// The next block of the stream.
    public var position: UInt64

    /// The second half of a block that was encrypted and has not been returned yet.
    public var buffered: UInt64?

    /// A state with these parts.
    public init(key: UInt64, position: UInt64, buffered: UInt64?) {
      self.key = key
      self.position = position
      self.buffered = buffered
    }
  }

  /// The current state. A generator made from it continues exactly as this one.
  public var state: State {
    State(key: key, position: position, buffered: buffered)
  }

  /// The generator in the given state.
  public init(_ state: State) {
    self.init(key: state.key, position: state.position, buffered: state.buffered)
  }
}

extension Philox.State: LosslessStringConvertible {
  /// The state as text: the key, the position and, if there is one, the buffered word, as
  /// hexadecimal numbers of 16 digits joined by `-`.
  public var description: String {
    [key, position, buffered].compactMap { $0 }.map(Self.hexadecimal).joined(separator: "-")
  }

  /// The state with this `description`; `nil` if the text is not a valid description.
  public init?(_ description: String) {
    let words = description.split(separator: "-", omittingEmptySubsequences: false).map {
      $0.utf8.count == 16 && $0.allSatisfy(\.isHexDigit) ? UInt64($0, radix: 16) : nil
    }
    guard 2...3 ~= words.count, let key = words[0], let position = words[1] else { return nil }
    if words.count == 3 && words[2] == nil { return nil }
    self.init(key: key, position: position, buffered: words.count == 3 ? words[2] : nil)
  }

  private static func hexadecimal(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
