import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  /// Compares Float with Double at the sizes for which the structures are intended. Each step of a
  /// recursion has a relative error of about `ε = 6·10⁻⁸`, and the recursion contracts earlier
  /// errors. The total error is a small multiple of `ε` divided by one minus the contraction.
  @Suite("Large models in Float") struct Large {
    /// Expects that `|a − b|` is at most `tolerance` times the largest `|b|`.
    func expectAgreement(
      _ single: Tensor<Float>, _ double: Tensor<Double>, within tolerance: Double,
      _ comment: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      var (error, scale) = (0.0, 0.0)
      single.withScalars { single in
        double.withScalars { double in
          for i in single.indices {
            error = max(error, abs(Double(single[i]) - double[i]))
            scale = max(scale, abs(double[i]))
          }
        }
      }
      #expect(single.shape == double.shape && single.isFinite, sourceLocation: sourceLocation)
      #expect(
        error <= tolerance * scale, "\(comment): error \(error) of \(scale)",
        sourceLocation: sourceLocation)
    }

    func compare(
      _ structure: StructureCase, _ parameters: [Tensor<Double>], within tolerance: Double,
      hasVariances: Bool = true
    ) {
      var generator = Philox(seed: 80)
      let rounded = parameters.map { $0.converted(to: Float.self) }
      let single = GaussianGraphicalModel(precision: structure.precision(rounded))
      let double = GaussianGraphicalModel(
        precision: structure.precision(rounded.map { $0.converted(to: Double.self) }))
      let noise = Tensor<Float>.normal([structure.dimension], using: &generator)
      let sample = single.sample(noise: noise)
      expectAgreement(
        sample, double.sample(noise: noise.converted()), within: tolerance, "sample")
      expectAgreement(
        single.logDensity(of: sample), double.logDensity(of: sample.converted()),
        within: tolerance, "log-density")
      expectAgreement(single.entropy, double.entropy, within: tolerance, "entropy")
      guard hasVariances else { return }
      expectAgreement(
        single.variance, double.variance, within: tolerance, "variances")
    }

    @Test("Long chains in Float agree with Double", arguments: [10, 1000, 100_000, 1_000_000])
    func chains(_ k: Int) {
      var generator = Philox(seed: 81)
      let structure = StructureCase.chain(k)
      compare(structure, structure.parameters(batch: [], using: &generator), within: 2e-6)
    }

    /// The stationary process `u_i = (ε_i + u_{i+1})/1.0001` has a memory of 10⁴ steps and a
    /// variance of 5,000. The total error is 10⁴ times that of a step.
    @Test(
      "Chains close to a random walk in Float agree with Double",
      arguments: [10, 1000, 100_000, 1_000_000])
    func nearlySingular(_ k: Int) {
      let parameters = [Tensor<Double>.full(1.0001, [k]), .full(-1, [k - 1])]
      compare(.chain(k), parameters, within: 1e-3)
      // The variance in closed form is (1 − a²ⁿ)/(l² − 1) with a = 1/l, n steps from the end.
      let single = ChainPrecision(
        factorDiagonal: Tensor<Float>.full(1.0001, [k]), factorOffDiagonal: .full(-1, [k - 1]))
      let l = Double(Float(1.0001))
      let exact = -expm1(-2 * Double(k) * log(l)) / (l * l - 1)
      #expect(abs(Double(single.marginalVariances.scalars[0]) / exact - 1) < 1e-3)
    }

    /// Computed from elements, the trace would be a difference of numbers near 10⁹. The divergence
    /// was once wrong by hundreds for this reason.
    @Test(
      "The KL divergence of chains close to a random walk in Float agrees with Double",
      arguments: [10, 1000, 100_000, 1_000_000])
    func nearlySingularDivergence(_ k: Int) {
      func models<Scalar>(_: Scalar.Type) -> [GaussianGraphicalModel<Scalar>] {
        [Float(1.0001), 1.0002].map { l in
          GaussianGraphicalModel(
            precision: ChainPrecision(
              factorDiagonal: .full(Scalar(l), [k]), factorOffDiagonal: .full(-1, [k - 1])))
        }
      }
      let (single, double) = (models(Float.self), models(Double.self))
      #expect(single[0].klDivergence(from: single[0]).scalar == 0)
      for (q, p) in [(0, 1), (1, 0)] {
        expectAgreement(
          single[q].klDivergence(from: single[p]), double[q].klDivergence(from: double[p]),
          within: 1e-3,
          "KL")
      }
    }

    @Test(
      "The KL divergence of extended grids in Float agrees with Double",
      arguments: [(16, 16), (64, 64), (300, 20)])
    func gridDivergence(_ height: Int, _ width: Int) {
      let (k, structure) = (height * width, StructureCase.grid(height, width))
      func models<Scalar>(_: Scalar.Type) -> [GaussianGraphicalModel<Scalar>] {
        [Float(1.001), 1.002].map { l in
          GaussianGraphicalModel(
            precision: structure.precision([
              .full(Scalar(l), [k]), .full(-0.5, [k - height]), .full(-0.5, [k - width]),
            ]))
        }
      }
      let (single, double) = (models(Float.self), models(Double.self))
      #expect(single[0].klDivergence(from: single[0]).scalar == 0)
      for (q, p) in [(0, 1), (1, 0)] {
        expectAgreement(
          single[q].klDivergence(from: single[p]), double[q].klDivergence(from: double[p]),
          within: 1e-3,
          "KL")
      }
    }

    @Test(
      "Samples, densities and entropies of large extended grids in Float agree with Double",
      arguments: [(10, 10), (300, 400), (1000, 1000), (1, 4096), (4096, 1)])
    func grids(_ height: Int, _ width: Int) {
      var generator = Philox(seed: 82)
      let structure = StructureCase.grid(height, width)
      compare(
        structure, structure.parameters(batch: [], using: &generator), within: 2e-6,
        hasVariances: false)
    }

    @Test(
      "The variances of extended grids in Float agree with Double",
      arguments: [(8, 8), (32, 32), (64, 64), (20, 64)])
    func gridVariances(_ height: Int, _ width: Int) {
      var generator = Philox(seed: 83)
      let structure = StructureCase.grid(height, width)
      compare(structure, structure.parameters(batch: [], using: &generator), within: 2e-6)
    }

    @Test(
      "The variances of a strongly coupled grid in Float agree with Double", arguments: [16, 64])
    func smoothGrid(_ size: Int) {
      let k = size * size
      let parameters: [Tensor<Double>] = [
        .full(1.001, [k]), .full(-0.5, [k - size]), .full(-0.5, [k - size]),
      ]
      compare(.grid(size, size), parameters, within: 2e-5)
    }

    /// A factor with the diagonal `l = 1.2` and the off-diagonal `m = −½` gives variances of `v =
    /// 1/(l² − m²)`, except near the end. An element of the factor far from the ends has the
    /// derivative of `½ (v − 1) + log l`, the part of one variable in the KL divergence.
    @Test("The gradient of the KL divergence of a chain of 10⁶ variables has its closed form")
    func longDivergence() {
      let (k, l, m) = (1_000_000, 1.2, -0.5)
      let parameters = [Tensor<Float>.full(1.2, [k]), .full(-0.5, [k - 1])].map { $0.tracked() }
      let model = GaussianGraphicalModel(
        precision: ChainPrecision(factorDiagonal: parameters[0], factorOffDiagonal: parameters[1]))
      let divergence = model.klDivergence(from: GaussianGraphicalModel.standard(k))
      let v = 1 / (l * l - m * m)
      #expect(abs(Double(divergence.scalar) / Double(k) - (0.5 * (v - 1) + log(l))) < 1e-5)
      let found = gradients(of: divergence, withRespectTo: parameters)
      for (gradient, exact) in zip(found, [1 / l - l * v * v, m * v * v]) {
        let inner = gradient.slice(100..<k - 100).scalars
        #expect(gradient.isFinite && inner.allSatisfy { abs(Double($0) - exact) < 1e-5 })
      }
    }

    /// Draws `L⁻ᵀ ε` are homogeneous of degree −1 in `L`. By Euler's theorem `Σ L_ij ∂f/∂L_ij =
    /// −2 f` for a mean square `f` of draws; every element contributes.
    @Test("The gradient of the draws of a chain of 10⁶ variables satisfies Euler's theorem")
    func longDraws() {
      var generator = Philox(seed: 84)
      let k = 1_000_000
      let parameters = [Tensor<Float>.full(1.2, [k]), .full(-0.5, [k - 1])].map { $0.tracked() }
      let model = GaussianGraphicalModel(
        precision: ChainPrecision(factorDiagonal: parameters[0], factorOffDiagonal: parameters[1]))
      let sample = model.sample(2, using: &generator)
      #expect(sample.shape == [2, k])
      let f = sample.squared().sum() / Float(2 * k)
      // The mean of 2·10⁶ squares of variance 2v², each correlated with its neighbours by m²/l².
      let v = 1 / (1.2 * 1.2 - 0.25)
      let correlation = 0.25 / (1.2 * 1.2)
      let error =
        v * ((1 + correlation) / (1 - correlation) / Double(k)).squareRoot()
      expectCalibrated { $0.compare(Double(f.scalar), v, error: error) }
      let found = gradients(of: f, withRespectTo: parameters)
      let sum = zip(found, [1.2, -0.5]).reduce(0) { sum, part in
        sum + part.1 * part.0.scalars.reduce(0) { $0 + Double($1) }
      }
      #expect(abs(sum / (-2 * Double(f.scalar)) - 1) < 1e-4)
    }
  }
}
