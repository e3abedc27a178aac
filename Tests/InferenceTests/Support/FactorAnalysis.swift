import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import TestSupport

/// The model `z ~ N(0, I)`, `x|z ~ N(W z, σ² I)`, for which everything is known in closed form.
///
/// The posterior is exact initially. `tilt` moves the posterior's mean away from the exact one, so
/// that importance weights vary. The parameters of the posterior are those of the model and
/// `offset`.
struct FactorAnalysis: LatentVariableModel {
  typealias Scalar = Double

  /// `Wᵀ`, `[latents, pixels]`.
  let weight: Parameter<Double>
  /// An offset `[latents]` that is added to the posterior's mean; initially zero.
  let offset: Parameter<Double>
  let deviation = 0.7
  var tilt = 0.0

  init(latents: Int, pixels: Int, seed: UInt64 = 1) {
    var generator = Philox(seed: seed)
    weight = Parameter(.normal([latents, pixels], using: &generator))
    offset = Parameter(.zeros([latents]))
  }

  var latents: Int { weight.value.shape[0] }
  var pixels: Int { weight.value.shape[1] }

  /// The precision of the posterior, `I + WᵀW/σ²`.
  private var precision: Tensor<Double> {
    matrixProduct(weight.value, weight.value, transposingRight: true)
      * (1 / (deviation * deviation)) + .identity(latents)
  }

  func posterior(of x: Tensor<Double>, mode: Mode) -> GaussianGraphicalModel<Double> {
    let structure = try! DensePrecision(matrix: precision)
    let target =
      matrixProduct(x, weight.value, transposingRight: true)
      * (1 / (deviation * deviation))
    let factor = structure.factor
    let half = triangularSolve(factor, target.transposed())
    let mean = triangularSolve(factor, half, transposing: true).transposed()
    return GaussianGraphicalModel(mean: mean + tilt + offset.value, precision: structure)
  }

  func sample(
    from posterior: GaussianGraphicalModel<Double>, draws: Int, mode: Mode,
    using generator: inout Philox
  ) -> LatentSample<Double> {
    let prior = GaussianGraphicalModel<Double>.standard(latents)
    let z = posterior.sample(draws, using: &generator)
    let held = GaussianGraphicalModel(
      mean: posterior.mean.detached,
      precision: DensePrecision(factor: (posterior.precision as! DensePrecision).factor.detached))
    return LatentSample(
      latents: z,
      divergences: { posterior.klDivergence(from: prior).addingAxis(at: 0) },
      logRatio: { prior.logDensity(of: z) - posterior.logDensity(of: z) },
      pathLogRatio: { prior.logDensity(of: $0) - held.logDensity(of: $0) })
  }

  func observation(given latents: Tensor<Double>, mode: Mode) -> any Distribution<Double> {
    let rows = latents.reshaped(to: [latents.shape.dropLast().count, latents.shape[-1]])
    let mean = matrixProduct(rows, weight.value)
      .reshaped(to: latents.shape.dropLast() + [pixels])
    return Observation(mean: mean, deviation: deviation)
  }

  func samplePrior(_ count: Int, using generator: inout Philox) -> Tensor<Double> {
    .normal([count, latents], using: &generator)
  }

  /// `log N(x | 0, W Wᵀ + σ² I)`, by the dense formula.
  func exactLogLikelihood(of x: Tensor<Double>) -> [Double] {
    let covariance =
      matrixProduct(weight.value, weight.value, transposingLeft: true)
      + deviation * deviation * .identity(pixels)
    let marginal = DenseGaussian(
      mean: Array(repeating: 0, count: pixels), covariance: Matrix(covariance.vectors))
    return x.vectors.map(marginal.logDensity)
  }

  /// Independent normal pixels. A value may lack the axis of draws.
  struct Observation: Distribution {
    let mean: Tensor<Double>
    let deviation: Double
    var batchShape: Shape { mean.shape.dropLast() }
    var dimension: Int { mean.shape[-1] }
    var support: Support<Double> { .real }
    var variance: Tensor<Double> { .full(deviation * deviation, mean.shape) }
    var entropy: Tensor<Double> {
      let each = 0.5 * (1 + Foundation.log(2 * Double.pi)) + Foundation.log(deviation)
      return .full(Double(dimension) * each, batchShape)
    }

    func sample(_ draws: Shape, using generator: inout Philox) -> Tensor<Double> {
      mean + deviation * .normal(draws + mean.shape, using: &generator)
    }

    func logDensity(of value: Tensor<Double>) -> Tensor<Double> {
      let scaled = (value - mean) * (1 / deviation)
      let constant = Foundation.log(deviation) + 0.5 * Foundation.log(2 * Double.pi)
      return -0.5 * scaled.squared().sum(axis: -1) - Double(dimension) * constant
    }
  }
}

/// Observations drawn from a linear-Gaussian model.
func linearGaussianData(_ model: FactorAnalysis, count: Int, seed: UInt64) -> TensorRows<
  Double
> {
  var generator = Philox(seed: seed)
  let z = model.samplePrior(count, using: &generator)
  let noise = Tensor<Double>.normal([count, model.pixels], using: &generator)
  return try! TensorRows(matrixProduct(z, model.weight.value.detached) + model.deviation * noise)
}
