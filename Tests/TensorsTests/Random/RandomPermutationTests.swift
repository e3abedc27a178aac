import Tensors
import TestSupport
import Testing

@Suite("Philox: permutations")
struct RandomPermutationTests {
  @Test(
    "A permutation contains each index exactly once",
    arguments: [0, 1, 2, 3, 100, 1024, 1025, 60_000])
  func isPermutation(count: Int) {
    var generator = Philox(seed: 30)
    let order = generator.permutation(count)
    #expect(order.sorted() == Array(0..<count))
    if count >= 100 { #expect(order != generator.permutation(count)) }
  }

  @Test("A permutation is determined by the generator's state")
  func deterministic() {
    var (a, b) = (Philox(seed: 31), Philox(seed: 31))
    #expect(a.permutation(5000) == b.permutation(5000))
    #expect(a == b)
  }

  @Test("All n! permutations are equally likely by a chi-square test", arguments: [2, 3, 4, 5])
  func uniform(count: Int) {
    var generator = Philox(seed: 32)
    let permutations = (1...count).reduce(1, *)
    let draws = 500 * permutations
    var counts: [[Int]: Int] = [:]
    for _ in 0..<draws { counts[generator.permutation(count), default: 0] += 1 }
    #expect(counts.count == permutations)
    let chiSquare = counts.values.reduce(0) { $0 + Double(($1 - 500) * ($1 - 500)) / 500 }
    #expect(chiSquare < FalseFailure.chiSquare(degrees: permutations - 1))
  }

  /// Computes χ² for the positions of the first 8 of 64 indices, over 20,000 permutations.
  @Test("An index is equally likely at every position of a permutation")
  func places() {
    var generator = Philox(seed: 33)
    let draws = 20_000
    var counts = [Int](repeating: 0, count: 64 * 64)
    for _ in 0..<draws {
      for (place, index) in generator.permutation(64).enumerated() {
        counts[64 * index + place] += 1
      }
    }
    let expected = Double(draws) / 64
    for index in 0..<8 {
      let chiSquare = counts[64 * index..<64 * (index + 1)].reduce(0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      #expect(chiSquare < FalseFailure.chiSquare(degrees: 63))
    }
  }

  @Test("A permutation of a negative count stops the program with the count in the message")
  func negative() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var generator = Philox(seed: 0)
      _ = generator.permutation(-2)
    }
    expectMessage(result, "permutation(-2)")
  }
}
