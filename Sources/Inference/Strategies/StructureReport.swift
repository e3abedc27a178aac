import Foundation
import LatentGraphs
import NeuralNetworks
import Tensors

/// What a model knows of its structure: the distribution of the gates of its edges.
public struct StructureReport: Sendable {
  /// The probability of each edge, in the order of the graph's edges.
  public let probabilities: [Double]
  /// Whether each edge belongs to the most probable structure.
  public let mostProbable: [Bool]

  /// The structure of edges with these probabilities, each in `0 ... 1`, such as those of an epoch
  /// in `EpochMetrics`.
  public init(probabilities: [Double]) {
    require(
      probabilities.allSatisfy { (0...1).contains($0) },
      "probabilities of edges of \(probabilities), which do not all lie in 0 ... 1")
    self.probabilities = probabilities
    mostProbable = probabilities.map { $0 >= 0.5 }
  }

  /// The structure of a model; `nil` where it is given.
  public init?(_ model: some LatentVariableModel) {
    guard let logits = model.edgeLogits?.value, let probabilities = model.edgeProbabilities else {
      return nil
    }
    self.probabilities = probabilities
    // By the log-odds, as the model itself decides: a probability may round to ½ from below.
    mostProbable = logits.scalars.map { $0 >= 0 }
  }

  /// The entropy of the distribution over structures, in nats: 0 once every edge is decided.
  public var entropy: Double {
    probabilities.reduce(0) { sum, p in
      sum - [p, 1 - p].reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
    }
  }

  /// The probability of the most probable structure.
  public var probabilityOfMostProbable: Double {
    probabilities.reduce(1) { $0 * max($1, 1 - $1) }
  }
}

extension LatentVariableModel {
  /// The same model with the structure that is most probable now, whatever becomes of the log-odds.
  ///
  /// To train it further, take the strategy within `StructureLearning`, or its `.fixed` estimator:
  /// the others draw gates of their own.
  public func frozenStructure() -> Self {
    guard let report = StructureReport(self) else { return self }
    return gated(by: Tensor(report.mostProbable.map { $0 ? 1 : 0 }))
  }
}
