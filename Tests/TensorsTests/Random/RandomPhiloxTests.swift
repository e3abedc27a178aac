import CKernels
import Tensors
import TestSupport
import Testing

@Suite("Philox: the generator")
struct RandomPhiloxTests {
  static func block(_ key: [UInt32], _ counter: [UInt32]) -> [UInt32] {
    var out = [UInt32](repeating: 0, count: 4)
    func join(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(high) << 32 | UInt64(low) }
    lg_philox_block(
      join(key[0], key[1]), join(counter[0], counter[1]), join(counter[2], counter[3]), &out)
    return out
  }

  /// The three vectors for philox4x32-10 in the file `kat_vectors` of Random123 (D. E. Shaw
  /// Research).
  @Test(
    "Blocks agree with the known answers of Random123",
    arguments: [
      (
        [0, 0], [0, 0, 0, 0],
        [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
      ),
      (
        [0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0xa409_3822, 0x299f_31d0], [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func knownAnswers(key: [UInt32], counter: [UInt32], expected: [UInt32]) {
    #expect(Self.block(key, counter) == expected)
  }

  @Test("The words of successive blocks are returned by next(), the high half first")
  func next() {
    var generator = Philox(seed: 0)
    #expect(generator.next() == 0x6627_e8d5_e169_c58d)
    #expect(generator.next() == 0xbc57_ac4c_9b00_dbd8)
    let second = Self.block([0, 0], [1, 0, 0, 0])
    #expect(generator.next() == UInt64(second[0]) << 32 | UInt64(second[1]))
  }

  @Test("The position carries into its high half, and wraps around at its end")
  func carry() {
    var generator = Philox(.init(key: 0, position: 0xffff_ffff, buffered: nil))
    for counter: [UInt32] in [[0xffff_ffff, 0, 0, 0], [0, 1, 0, 0]] {
      let words = Self.block([0, 0], counter)
      #expect(generator.next() == UInt64(words[0]) << 32 | UInt64(words[1]))
      _ = generator.next()
    }
    var last = Philox(.init(key: 0, position: .max, buffered: nil))
    _ = (last.next(), last.next())
    #expect(last == Philox(seed: 0))
  }

  @Test("A child's key is computed from a block of a separate domain")
  func childKeys() {
    var parent = Philox(.init(key: 5 << 32 | 3, position: 9, buffered: nil))
    let labelled = Self.block([3, 5], [7, 0, 2, 0])
    #expect(parent.split(7 as UInt64).state.key == UInt64(labelled[0]) << 32 | UInt64(labelled[1]))
    let split = Self.block([3, 5], [9, 0, 1, 0])
    #expect(parent.split().state.key == UInt64(split[0]) << 32 | UInt64(split[1]))
    #expect(parent.state.position == 10)
  }

  @Test("Children of all kinds, and their children, are different generators")
  func childrenDiffer() {
    var parent = Philox(seed: 1)
    var keys: Set<UInt64> = [parent.state.key]
    for label in 0..<1000 {
      var child = parent.split()
      let labelled = parent.split(label)
      keys.formUnion([child, labelled, child.split(), child.split(label)].map(\.state.key))
    }
    #expect(keys.count == 1 + 4 * 1000)
  }

  @Test("A labelled child depends on key and label only; split() depends on the position too")
  func dependence() {
    var generator = Philox(seed: 2)
    let before = generator
    let labelled = generator.split(3)
    #expect(generator == before)
    let first = generator.split()
    let second = generator.split()
    #expect(first != second)
    _ = generator.next()
    #expect(generator.split(3) == labelled)
    #expect(Philox(seed: 3).split(3) != labelled)
    var again = before
    #expect(again.split() == first)
    #expect(again.split() == second)
  }

  @Test(
    "A restored state of a generator continues the sequence exactly, also from text",
    arguments: 0..<4)
  func restoring(drawn: Int) throws {
    var generator = Philox(seed: 0x0123_4567_89ab_cdef)
    for _ in 0..<drawn { _ = generator.next() }
    let text = generator.state.description
    let state = try #require(Philox.State(text))
    #expect(state == generator.state)
    #expect((state.buffered != nil) == (drawn % 2 == 1))
    var restored = Philox(state)
    for _ in 0..<5 { #expect(restored.next() == generator.next()) }
    #expect(restored.split() == generator.split())
  }

  @Test(
    "Text that is not the state of a generator is refused",
    arguments: [
      "", "0", "0000000000000000", "0000000000000000-", "0000000000000000-000000000000000g",
      "0000000000000000-+000000000000000", "0000000000000000-00000000000000000",
      "0000000000000000-0000000000000000-", "0000000000000000-0000000000000000-1",
      "0000000000000000-0000000000000000-0000000000000000-0000000000000000",
    ])
  func damagedState(text: String) {
    #expect(Philox.State(text) == nil)
  }

  @Test("Swift's own random methods draw from the generator: a die of six sides, by chi-square")
  func swiftMethods() {
    var generator = Philox(seed: 4)
    let rolls = 60_000
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<rolls { counts[Int.random(in: 0..<6, using: &generator)] += 1 }
    let expected = Double(rolls) / 6
    let chiSquare = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
    #expect(chiSquare / expected < FalseFailure.chiSquare(degrees: 5))
    let deck = Array(0..<52)
    let shuffled = deck.shuffled(using: &generator)
    #expect(shuffled != deck)
    #expect(shuffled.sorted() == deck)
  }

  @Test("A split with a negative label stops the program with the label in the message")
  func negativeLabel() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Philox(seed: 0).split(-1)
    }
    expectMessage(result, "split(-1)")
  }
}
