import Foundation
import LatentGraphs
import Programs
import Tensors

/// Compares the same Gaussian as a chain and as a dense matrix: values and times.
struct DenseComparison {
  let dimension: Int
  let chain: Run
  let dense: Run

  /// The results of one structure for given noise, and the time to compute them.
  struct Run {
    let draws: Tensor<Float>
    let logDensities: Tensor<Float>
    let entropy: Double
    let time: Duration

    /// Factors the precision, samples and scores; the time is the shortest of three runs.
    init(
      noise: Tensor<Float>, precision: () throws -> any PrecisionStructure<Float>
    ) throws {
      let clock = ContinuousClock()
      var times: [Duration] = []
      var model: GaussianGraphicalModel<Float>
      var draws, logDensities: Tensor<Float>
      repeat {
        let start = clock.now
        model = GaussianGraphicalModel(precision: try precision())
        draws = model.sample(noise: noise)
        logDensities = model.logDensity(of: draws)
        times.append(clock.now - start)
      } while times.count < 3
      self.draws = draws
      self.logDensities = logDensities
      entropy = Double(model.entropy.scalar)
      time = times.min()!
    }
  }

  /// Runs both structures with the same noise. The Cholesky factor of a matrix is unique, so that
  /// the samples are the same.
  init(of dimension: Int, using generator: inout Philox) throws {
    self.dimension = dimension
    let noise = Tensor<Float>.normal([64, dimension], using: &generator)
    let matrix = try couplingPrecision(dimension).matrix  // [k, k]
    chain = try Run(noise: noise) { try couplingPrecision(dimension) }
    dense = try Run(noise: noise) { try DensePrecision(matrix: matrix) }
  }

  /// The result of the comparison as text.
  var report: String {
    let draws = (chain.draws - dense.draws).abs().scalars.max() ?? 0
    let scores = (chain.logDensities - dense.logDensities).abs().scalars.max() ?? 0
    var table = TextTable([.text("k = \(dimension)"), .number("time"), .number("entropy (nats)")])
    table.add("chain", milliseconds(chain.time), decimal(chain.entropy, places: 3))
    table.add("dense", milliseconds(dense.time), decimal(dense.entropy, places: 3))
    return """
      The same with a dense matrix: factor P, draw 64 samples with the same noise, score them.
      \(table)
      The chain is \(decimal(dense.time / chain.time, places: 0)) times as fast. The samples differ by \
      at most \(scientific(draws)), their log-densities
      by at most \(scientific(scores)) nats of \
      \(decimal(Double(chain.logDensities[0]), places: 0)): the rounding of single precision.
      """
  }

  /// An estimate of the dense cost at another size: memory grows as `k²`, time as `k³`.
  func forecast(dimension k: Int) -> String {
    let megabytes = Double(k * k) * 4 / 1e6
    let seconds = dense.time / .seconds(1) * pow(Double(k) / Double(dimension), 3)
    return """
      For k = \(k), a dense P takes \(decimal(megabytes, places: 0)) MB and its factor as much again, \
      where the chain takes \(decimal(Double(4 * k) * 4 / 1e6, places: 2)) MB for
      both; extrapolated with the cube of k, a dense P would need about \(decimal(seconds, places: 1)) s.
      """
  }
}

/// A number with two significant digits: `1.2e-06`.
private func scientific(_ value: Float) -> String { String(format: "%.1e", Double(value)) }
