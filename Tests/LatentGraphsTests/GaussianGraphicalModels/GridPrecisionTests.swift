import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Precisions of regular grids") struct RegularGrids {
    @Test(
      "A grid with a given excess equals the grid with the resulting diagonal",
      arguments: [(1, 1), (1, 4), (4, 1), (3, 5)])
    func dominant(_ height: Int, _ width: Int) throws {
      var generator = Philox(seed: 30)
      let k = height * width
      let free = Tensor<Double>.normal([3, k], using: &generator)
      let right = Tensor<Double>.normal([3, height * (width - 1)], using: &generator)
      let down = Tensor<Double>.normal([3, (height - 1) * width], using: &generator)
      let grid = GridPrecision(
        height: height, width: width, excess: free, right: right, down: down)
      let elements = grid.elements
      var expected = free.softplus().scalars
      for row in 0..<3 {
        for (place, edge) in elements.graph.edges.enumerated() {
          let size = abs(elements.offDiagonal[row, place])
          expected[row * k + edge.first] += size
          expected[row * k + edge.second] += size
        }
      }
      expectClose(elements.diagonal, expected, within: 1e-14)
      expectClose(
        elements.offDiagonal, StructureCase.edgeValues(height, width, [right, down]).scalars,
        within: 0)
      let given = try GridPrecision(
        height: height, width: width, diagonal: elements.diagonal, right: right, down: down)
      expectClose(given.logDeterminant, grid.logDeterminant.scalars, within: 0)
      let noise = Tensor<Double>.normal([3, k], using: &generator)
      expectGradients(at: [free, right, down], step: 1e-3, within: 1e-7) {
        let grid = GridPrecision(
          height: height, width: width, excess: $0[0], right: $0[1], down: $0[2])
        return weightedSum([grid.unwhiten(noise), grid.logDeterminant, grid.marginalVariances])
      }
    }

    @Test(
      "A grid with parameters that are NaN or infinite has a density that is not finite",
      arguments: [(2, 2), (40, 40), (1, 6), (6, 1), (1, 1)])
    func diverging(height: Int, width: Int) {
      let k = height * width
      for bad in [Float.nan, .infinity] {
        for place in [0, k / 2, k - 1] {
          var free = [Float](repeating: 0, count: k)
          free[place] = bad
          let grid = GridPrecision(
            height: height, width: width, excess: Tensor(free), right: .ones([k - height]),
            down: .ones([k - width]))
          let model = GaussianGraphicalModel(precision: grid)
          let draw = model.sample(noise: .ones([k]))
          #expect(!model.logDensity(of: draw).isFinite)
        }
      }
    }

    @Test("A grid that is not positive definite is refused with the variable named")
    func failure() {
      let diagonal = Tensor<Double>([1, 1, 1, 1, 1, 1, 0.1, 1, 1, 1, 1, 1], shape: [2, 6])
      #expect(throws: NotPositiveDefinite(pivot: 0, matrix: 1)) {
        try GridPrecision(
          height: 2, width: 3, diagonal: diagonal - 0.2, right: .zeros([2, 4]),
          down: .zeros([2, 3]))
      }
    }

    @Test("A grid refuses links of wrong sizes")
    func mistakes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = GridPrecision<Double>(
            height: 2, width: 3, excess: .zeros([6]), right: .zeros([3]), down: .zeros([3]))
        }, "a grid of 2×3 got a diagonal of shape [6]", "right of shape [3]")
    }
  }
}
