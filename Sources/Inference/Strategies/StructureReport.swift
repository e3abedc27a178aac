import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// The distribution of the gates of a model's edges.
public struct StructureReport: Sendable {
  /// The probability of each edge, in the order of the graph's edges.
  public let probabilities: [Double]
  /// Whether each edge is in the most probable structure.
  public let mostProbable: [Bool]

  /// The structure of edges with these probabilities in `0 ... 1`, for example those in
  /// `EpochMetrics`.
  public init(probabilities: [Double]) {
    require(
      probabilities.allSatisfy { (0...1).contains($0) },
      "the probabilities of edges are \(probabilities), which are not all in 0 ... 1")
    self.probabilities = probabilities
    mostProbable = probabilities.map { $0 >= 0.5 }
  }

  /// The structure of a model; `nil` if the structure is not learned.
  public init?(_ model: some LatentVariableModel) {
    guard let logits = model.edgeLogits?.value, let probabilities = model.edgeProbabilities else {
      return nil
    }
    self.probabilities = probabilities
    // Computed from the log-odds, as in the model: a probability below ½ may be rounded to ½.
    mostProbable = logits.scalars.map { $0 >= 0 }
  }

  /// The entropy of the distribution over structures, in nats. It is 0 if all edges are decided.
  public var entropy: Double {
    func term(_ p: Double) -> Double { p > 0 ? p * log(p) : 0 }
    return probabilities.reduce(0) { $0 - (term($1) + term(1 - $1)) }
  }

  /// The probability of the most probable structure.
  public var probabilityOfMostProbable: Double {
    probabilities.reduce(1) { $0 * max($1, 1 - $1) }
  }
}
