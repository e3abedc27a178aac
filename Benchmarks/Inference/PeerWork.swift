import Experiments
import Foundation
import Inference
import LatentGraphs
import Measurements
import Tensors

/// The work that the peers' programs time, on their data, other than operations on a precision.
enum PeerWork: String, CaseIterable {
  /// The smoother of a state-space model with its likelihood, as in statsmodels.
  case smoother
  /// The graphical lasso, as in scikit-learn.
  case graphicalLasso = "graphical-lasso"

  /// Times it and prints a line of JSON.
  ///
  /// - Parameters:
  ///   - dimension: For the smoother, the total dimension of all states; for the lasso, the number
  ///     of variables.
  ///   - blockSize: The dimension of a state.
  func measure(dimension: Int, blockSize: Int, _ scalar: ScalarKind, budget: Double) throws {
    switch (self, scalar) {
    case (.smoother, .float): try smoother(Float.self, dimension, blockSize, budget)
    case (.smoother, .double): try smoother(Double.self, dimension, blockSize, budget)
    case (.graphicalLasso, _): try lasso(dimension, budget)
    }
  }

  /// `x′ = 0.9 x + N(0, I)`, `y = x + N(0, ½ I)`, from the stationary distribution.
  private func smoother<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ dimension: Int, _ d: Int, _ budget: Double
  ) throws {
    let steps = dimension / d
    var generator = Philox(seed: 0)
    let observations = Tensor<Scalar>.normal([steps, d], using: &generator)
    let identity = Tensor<Scalar>.identity(d)
    let seconds = try medianSeconds(budget: budget) {
      let model = try LinearGaussianStateSpaceModel(
        stationaryTransition: 0.9 * identity, transitionCovariance: identity,
        observation: identity, observationCovariance: 0.5 * identity)
      return try model.smoothed(observations)
    }
    emit([
      "peer": "latentgraphs", "work": "smoother and likelihood", "blocks": steps, "block_dim": d,
      "ms": seconds * 1e3, "scalar": "\(Scalar.self)".lowercased(), "threads": Threads.limit,
    ])
  }

  /// A penalty of 0.05 for 2,000 samples in which each variable is correlated with the next.
  private func lasso(_ variables: Int, _ budget: Double) throws {
    var generator = Philox(seed: 0)
    let noise = Tensor<Double>.normal([2000, variables], using: &generator)
    let before = noise.slice(0..<variables - 1, axis: -1)
    let x = noise + 0.6 * Tensor.concatenated([.zeros([2000, 1]), before], axis: -1)
    let centred = x - x.mean(axis: 0)
    let covariance = matrixProduct(centred, centred, transposingLeft: true) / 1999.0
    let lasso = GraphicalLasso(penalty: 0.05)
    let seconds = try medianSeconds(budget: budget) { try lasso.fit(covariance: covariance) }
    let fit = try lasso.fit(covariance: covariance)
    emit([
      "peer": "latentgraphs", "work": "graphical lasso", "blocks": variables, "block_dim": 1,
      "ms": seconds * 1e3, "edges": fit.graph.edges.count, "objective": fit.objective,
      "duality_gap": fit.dualityGap, "threads": Threads.limit,
    ])
  }
}
