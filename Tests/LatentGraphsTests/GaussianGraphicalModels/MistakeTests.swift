import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Mistakes of the caller with models stop the program") struct Mistakes {
    private static let mistakes: [Mistake] = [
      // A chain whose bands do not fit stops the program with their shapes.
      .init("a chain", "[2, 5]", "[batch…, k − 1]") {
        _ = ChainPrecision<Float>(
          factorDiagonal: .ones([2, 5]), factorOffDiagonal: .ones([2, 5]))
      },
      // A factor whose diagonal is not positive stops the program with the element.
      .init("a chain", "-2.5", "at 1") {
        _ = ChainPrecision<Float>(
          factorDiagonal: Tensor([1, -2.5, 1]), factorOffDiagonal: .ones([2]))
      },
      .init("an extended grid", "nan", "at 2") {
        _ = ExtendedGridPrecision<Float>(
          height: 1, width: 3, factorDiagonal: Tensor([1, 1, .nan]), factorRight: .ones([2]),
          factorDown: .ones([0]))
      },
      .init("a dense precision", "0.0", "at 0") {
        _ = DensePrecision<Float>(factor: Tensor([0, 0, 1, 1], shape: [2, 2]))
      },
      // A grid whose links do not fit stops the program with their shapes.
      .init("2×3", "[3]", "[4]") {
        _ = ExtendedGridPrecision<Float>(
          height: 2, width: 3, factorDiagonal: .ones([6]), factorRight: .ones([3]),
          factorDown: .ones([4]))
      },
      .init("0×3") {
        _ = ExtendedGridPrecision<Float>(
          height: 0, width: 3, factorDiagonal: .ones([0]), factorRight: .ones([0]),
          factorDown: .ones([0]))
      },
      // A dense factor that is not square or a diagonal without an axis stops the program.
      .init("a dense precision", "[2, 3]") {
        _ = DensePrecision<Float>(factor: .ones([2, 3]))
      },
      .init("a diagonal precision") {
        _ = DiagonalPrecision<Float>(logFactor: .ones([]))
      },
      // A value that does not fit a distribution stops the program with the shapes.
      .init("normal", "[3]", "[2]") {
        _ = Normal<Float>(mean: .zeros([3, 2]), logStandardDeviation: .zeros([2]))
          .logDensity(of: .zeros([2, 2]))
      },
      .init("Gaussian graphical model", "[4, 2]", "[3]") {
        _ = GaussianGraphicalModel<Float>.standard(3).sample(noise: .zeros([4, 2]))
      },
      .init("diagonal precision", "[3, 2]", "[2]") {
        _ = DiagonalPrecision<Float>(logFactor: .zeros([3, 2])).whiten(.zeros([2]))
      },
      .init("dense precision", "[4, 1]") {
        _ = DensePrecision<Float>(factor: .identity(2)).unwhiten(.zeros([4, 1]))
      },
      // A value that does not fit a Bernoulli stops the program, even where it would broadcast.
      .init("Bernoulli", "[1]", "[5, 4]") {
        _ = Bernoulli<Float>(logits: .zeros([1])).logDensity(of: .zeros([5, 4]))
      },
      .init("Bernoulli", "[5, 4]", "[5, 1]") {
        _ = Bernoulli<Float>(logits: .zeros([5, 4])).logDensity(of: .zeros([5, 1]))
      },
      // A mean that does not fit its precision stops the program with the shapes.
      .init("mean", "[2]", "[4]") {
        _ = GaussianGraphicalModel<Float>(
          mean: .zeros([2, 3]), precision: DiagonalPrecision(logFactor: .zeros([4, 3])))
      },
      .init("mean", "[2]", "3 variables") {
        _ = GaussianGraphicalModel<Float>(
          mean: .zeros([2]), precision: DiagonalPrecision(logFactor: .zeros([3])))
      },
      .init("normal", "[2]", "[3]") {
        _ = Normal<Float>(mean: .zeros([2]), logStandardDeviation: .zeros([3]))
      },
      // A KL divergence of models, or noise for its trace, that do not fit stops the program.
      .init("a KL", "3", "2") {
        _ = GaussianGraphicalModel<Float>.standard(3).klDivergence(
          from: GaussianGraphicalModel.standard(2))
      },
      .init("a KL", "[3]", "[2]") {
        let models = [[3, 2], [2, 2]].map {
          GaussianGraphicalModel<Float>(
            precision: DiagonalPrecision(logFactor: .zeros(Shape($0))))
        }
        _ = models[0].klDivergence(from: models[1])
      },
      .init("stochastic trace", "[4, 2]", "[3, 2]") {
        let q = GaussianGraphicalModel<Float>.standard(2)
        let p = GaussianGraphicalModel<Float>(
          precision: DiagonalPrecision(logFactor: .zeros([3, 2])))
        // Three draws for a single q cannot be used as one draw for each p.
        _ = q.klDivergence(from: p, trace: .stochastic(noise: .zeros([4, 2])))
      },
      // A request for no draws or for a band that a structure lacks stops the program.
      .init("the number of draws is 0") {
        var generator = Philox(seed: 1)
        _ = Normal<Float>.standard(2).sample(0, using: &generator)
      },
      .init("[1]") {
        _ = DiagonalPrecision<Float>(logFactor: .zeros([3])).precisionBands([1])
      },
      .init("no band 2") {
        _ = ChainPrecision<Float>(factorDiagonal: .ones([3]), factorOffDiagonal: .ones([2]))
          .precisionBands([2])
      },
      .init("no band 2") {
        _ = ExtendedGridPrecision<Float>(
          height: 3, width: 4, factorDiagonal: .ones([12]), factorRight: .ones([9]),
          factorDown: .ones([8])
        ).precisionBands([2])
      },
    ]

    @Test(
      "A mistake with models stops the program with a message that shows the values",
      arguments: mistakes.indices)
    func stops(index: Int) async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        [index] in
        try GraphTests.Mistakes.mistakes[index].commit()
      }
      expectMessage(result, Self.mistakes[index])
    }
  }
}
