import Experiments
import Foundation
import LatentGraphs
import Measurements
import Tensors

/// The time of one case.
struct Measurement: Sendable {
  let sampling: SamplingCase
  /// The median time of a batch of samples.
  let seconds: Double

  var milliseconds: Double { seconds * 1e3 }
  var nanosecondsPerElement: Double {
    seconds * 1e9 / Double(sampling.dimension * sampling.batch)
  }
  var secondsPerSample: Double { seconds / Double(sampling.batch) }

  /// Prints a line of JSON on standard output.
  func emitLine() {
    emit([
      "structure": sampling.structure.rawValue, "peer": "latentgraphs",
      "k": sampling.dimension, "batch": sampling.batch,
      "block_dim": sampling.structure == .blockChain ? sampling.example.blockSize : 1,
      "from": sampling.example.source.rawValue, "ns_per_element": nanosecondsPerElement,
      "ms": milliseconds, "parameters": sampling.parameters.rawValue,
      "gradient": sampling.takesGradient, "threads": Threads.limit, "blas": blasCoreName(),
    ])
  }
}

extension SamplingCase {
  /// The median time to create the precision from its parameters, to sample the noise and the
  /// result and, if requested, to compute the gradient of `Σz²` with respect to the parameters.
  func measured(budget: Double) throws -> Measurement {
    var generator = Philox(seed: 0)
    // Idle threads of BLAS spin for about a tenth of a second after they start or finish the
    // product of an earlier case, and would occupy a core.
    Thread.sleep(forTimeInterval: min(0.3, budget))
    let rows: Shape = parameters == .perRow ? [batch] : []
    let tensors: [Tensor<Float>] = example.parameters(rows: rows)
      .map { takesGradient ? $0.tracked() : $0 }
    let seconds = try medianSeconds(budget: budget) {
      let model = GaussianGraphicalModel(precision: try example.precision(tensors))
      let z =
        parameters == .perRow
        ? model.sample(using: &generator) : model.sample(batch, using: &generator)
      guard takesGradient else { return [z] }
      return gradients(of: z.squared().sum(), withRespectTo: tensors)
    }
    return Measurement(sampling: self, seconds: seconds)
  }
}
