import Foundation
import LatentGraphs
import Tensors
import TestSupport
import Testing

extension GraphTests {
  @Suite("Mistakes of the caller with models stop the program") struct Mistakes {
    @Test("A chain whose bands do not fit stops the program with their shapes")
    func chainShapes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ChainPrecision<Float>(
            factorDiagonal: .ones([2, 5]), factorOffDiagonal: .ones([2, 5]))
        }, "a chain", "[2, 5]", "[batch…, k − 1]")
    }

    @Test("A factor whose diagonal is not positive stops the program with the element")
    func nonPositive() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ChainPrecision<Float>(
            factorDiagonal: Tensor([1, -2.5, 1]), factorOffDiagonal: .ones([2]))
        }, "a chain", "-2.5", "at 1")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ExtendedGridPrecision<Float>(
            height: 1, width: 3, factorDiagonal: Tensor([1, 1, .nan]), factorRight: .ones([2]),
            factorDown: .ones([0]))
        }, "an extended grid", "nan", "at 2")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DensePrecision<Float>(factor: Tensor([0, 0, 1, 1], shape: [2, 2]))
        }, "a dense precision", "0.0", "at 0")
    }

    @Test("A grid whose links do not fit stops the program with their shapes")
    func gridShapes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ExtendedGridPrecision<Float>(
            height: 2, width: 3, factorDiagonal: .ones([6]), factorRight: .ones([3]),
            factorDown: .ones([4]))
        }, "2×3", "[3]", "[4]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ExtendedGridPrecision<Float>(
            height: 0, width: 3, factorDiagonal: .ones([0]), factorRight: .ones([0]),
            factorDown: .ones([0]))
        }, "0×3")
    }

    @Test("A dense factor that is not square or a diagonal without an axis stops the program")
    func otherShapes() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DensePrecision<Float>(factor: .ones([2, 3]))
        }, "a dense precision", "[2, 3]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DiagonalPrecision<Float>(logFactor: .ones([]))
        }, "a diagonal precision")
    }

    @Test("A value that does not fit a distribution stops the program with the shapes")
    func values() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Normal<Float>(mean: .zeros([3, 2]), logDeviation: .zeros([2]))
            .logDensity(of: .zeros([2, 2]))
        }, "normal", "[3]", "[2]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = GaussianGraphicalModel<Float>.standard(3).sample(noise: .zeros([4, 2]))
        }, "Gaussian graphical model", "[4, 2]", "[3]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DiagonalPrecision<Float>(logFactor: .zeros([3, 2])).whiten(.zeros([2]))
        }, "diagonal precision", "[3, 2]", "[2]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DensePrecision<Float>(factor: .identity(2)).unwhiten(.zeros([4, 1]))
        }, "dense precision", "[4, 1]")
    }

    @Test("A value that does not fit a Bernoulli stops the program, even where it would broadcast")
    func bernoulli() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Bernoulli<Float>(logits: .zeros([1])).logDensity(of: .zeros([5, 4]))
        }, "Bernoulli", "[1]", "[5, 4]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Bernoulli<Float>(logits: .zeros([5, 4])).logDensity(of: .zeros([5, 1]))
        }, "Bernoulli", "[5, 4]", "[5, 1]")
    }

    @Test("A mean that does not fit its precision stops the program with the shapes")
    func mean() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = GaussianGraphicalModel<Float>(
            mean: .zeros([2, 3]), precision: DiagonalPrecision(logFactor: .zeros([4, 3])))
        }, "mean", "[2]", "[4]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = GaussianGraphicalModel<Float>(
            mean: .zeros([2]), precision: DiagonalPrecision(logFactor: .zeros([3])))
        }, "mean", "[2]", "3 variables")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = Normal<Float>(mean: .zeros([2]), logDeviation: .zeros([3]))
        }, "normal", "[2]", "[3]")
    }

    @Test("A KL divergence of models, or noise for its trace, that do not fit stops the program")
    func divergence() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = GaussianGraphicalModel<Float>.standard(3).klDivergence(
            from: GaussianGraphicalModel.standard(2))
        }, "a KL", "3", "2")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let models = [[3, 2], [2, 2]].map {
            GaussianGraphicalModel<Float>(
              precision: DiagonalPrecision(logFactor: .zeros(Shape($0))))
          }
          _ = models[0].klDivergence(from: models[1])
        }, "a KL", "[3]", "[2]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          let q = GaussianGraphicalModel<Float>.standard(2)
          let p = GaussianGraphicalModel<Float>(
            precision: DiagonalPrecision(logFactor: .zeros([3, 2])))
          // Three draws for a single q cannot be used as one draw for each p.
          _ = q.klDivergence(from: p, trace: .stochastic(noise: .zeros([4, 2])))
        }, "stochastic trace", "[4, 2]", "[3, 2]")
    }

    @Test("A request for no draws or for a band that a structure lacks stops the program")
    func others() async {
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          var generator = Philox(seed: 1)
          _ = Normal<Float>.standard(2).sample(0, using: &generator)
        }, "the number of draws is 0")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = DiagonalPrecision<Float>(logFactor: .zeros([3])).precisionBands([1])
        }, "[1]")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ChainPrecision<Float>(factorDiagonal: .ones([3]), factorOffDiagonal: .ones([2]))
            .precisionBands([2])
        }, "no band 2")
      expectMessage(
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
          _ = ExtendedGridPrecision<Float>(
            height: 3, width: 4, factorDiagonal: .ones([12]), factorRight: .ones([9]),
            factorDown: .ones([8])
          ).precisionBands([2])
        }, "no band 2")
    }
  }
}
