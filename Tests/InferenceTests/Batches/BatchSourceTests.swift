import Inference
import Testing

@Suite("Batches of observations")
struct BatchSourceTests {
  @Test("A NaN in the data causes an error that names its row and column")
  func notANumber() throws {
    var scalars = [Double](repeating: 1, count: 12)
    scalars[7] = .nan
    let error = #expect(throws: NonFiniteData.self) {
      try TensorRows(Tensor(scalars, shape: [4, 3]))
    }
    #expect(error?.row == 2)
    #expect(error?.column == 1)
    #expect(error.map { "\($0)" }?.contains("row 2, column 1") == true)
  }

  @Test(
    "An epoch uses each observation once, and a single remaining one joins the last batch",
    arguments: [
      (10, 3, [3, 3, 4]), (10, 4, [4, 4, 2]), (9, 3, [3, 3, 3]), (1, 5, [1]),
      (5, 1, [1, 1, 1, 1, 1]),
    ])
  func order(count: Int, batchSize: Int, sizes: [Int]) {
    let data = CountingRows(count: count)
    let trainer = Trainer(
      FactorAnalysis(latents: 1, pixels: 1), strategy: VariationalInference(),
      settings: TrainingSettings(batchSize: batchSize, seed: 4))
    try? trainer.fit(data, epochs: 1)
    #expect(data.taken.map(\.count) == sizes)
    #expect(data.taken.joined().sorted() == Array(0..<count))
  }

  /// Records which observations were requested.
  final class CountingRows: BatchSource, @unchecked Sendable {
    let count: Int
    let dimension = 1
    private(set) var taken: [[Int]] = []

    init(count: Int) { self.count = count }

    func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Double> {
      taken.append(indices)
      return Tensor(indices.map { Double($0) }, shape: [indices.count, 1])
    }
  }
}
