import Batches
import Tensors

/// Observations sampled from a known latent graph.
///
/// The same seed gives the same observations, and a larger number of them starts with the same
/// ones. Different seeds give independent observations, for example for training and testing.
///
/// ```swift
/// let graph = LinearGaussianGraph(
///   dimensions: [1, 1, 1], edges: [(parent: 2, child: 1), (parent: 1, child: 0)], seed: 1)
/// let training = LinearGaussianGraphData<Float>(graph, count: 10_000, seed: 2)
/// ```
public struct LinearGaussianGraphData<Scalar: TensorScalar>: BatchSource {
  /// The graph of the observations.
  public let graph: LinearGaussianGraph
  /// The latent vectors behind the observations, `[count, latents]`.
  public let latents: Tensor<Scalar>
  /// The observations, `[count, observed]`.
  public let observations: Tensor<Scalar>

  /// This many independent samples of the graph; they are computed in `Double`.
  ///
  /// - Complexity: O(count · (latents² + latents · observed)).
  public init(_ graph: LinearGaussianGraph, count: Int, seed: UInt64) {
    require(count > 0, "\(count) observations of a graph; at least one is needed")
    let root = Philox(seed: seed)
    var (latentNoise, observationNoise) = (root.split(0), root.split(1))
    let z = graph.latents(
      noise: .normal([count, graph.latentDimension], using: &latentNoise))
    let noise = Tensor<Double>.normal([count, graph.observedDimension], using: &observationNoise)
    let x =
      matrixProduct(z, graph.loading, transposingRight: true)
      + noise * graph.observationStandardDeviations
    self.graph = graph
    latents = z.converted()
    observations = x.converted()
  }

  /// The number of observations.
  public var count: Int { observations.shape[0] }

  /// The length of an observation.
  public var dimension: Int { observations.shape[1] }

  /// The observations with these indices; the generator is not used.
  public func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar> {
    observations.gatheredRows(at: indices)
  }
}

extension LinearGaussianGraph {
  /// `z` as a function of standard normal noise of the same shape, `[count, latents]`: node by
  /// node, parents first.
  fileprivate func latents(noise: Tensor<Double>) -> Tensor<Double> {
    var values = noise.split(sizes: nodes.map(\.dimension))
    for child in topologicalOrder {
      values[child] *= Tensor(nodes[child].standardDeviation)
      for edge in edges where edge.child == child {
        values[child] += matrixProduct(values[edge.parent], edge.weight, transposingRight: true)
      }
    }
    return .concatenated(values, axis: 1)
  }
}
