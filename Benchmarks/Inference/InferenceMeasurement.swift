import Experiments
import Foundation
import Measurements
import Tensors

/// The time of one case in one scalar type.
struct InferenceMeasurement {
  let inference: InferenceCase
  let scalar: ScalarKind
  let seconds: Double

  /// Times a case.
  init(_ inference: InferenceCase, _ scalar: ScalarKind, budget: Double) throws {
    // Idle threads of BLAS spin for about a tenth of a second and would occupy a core.
    Thread.sleep(forTimeInterval: min(0.3, budget))
    self.inference = inference
    self.scalar = scalar
    seconds =
      switch scalar {
      case .float: try Self.seconds(inference, Float.self, budget)
      case .double: try Self.seconds(inference, Double.self, budget)
      }
  }

  private static func seconds<Scalar: TensorScalar>(
    _ inference: InferenceCase, _ type: Scalar.Type, _ budget: Double
  ) throws -> Double {
    let parameters: [Tensor<Scalar>] = inference.example.parameters(rows: [])
    let task = try inference.task(parameters)
    return try medianSeconds(budget: budget, task)
  }

  var milliseconds: Double { seconds * 1e3 }

  /// Prints a line of JSON on standard output, with the same fields as the peers.
  func emitLine() {
    let example = inference.example
    let block = example.family == .blockChain ? example.blockSize : 1
    emit([
      "structure": example.family.rawValue, "peer": "latentgraphs",
      "work": inference.work.rawValue, "k": example.dimension,
      "blocks": example.dimension / block, "block_dim": block, "batch": inference.batch,
      "from": example.source.rawValue, "ms": milliseconds,
      "ns_per_element": seconds * 1e9 / Double(example.dimension * inference.batch),
      "scalar": scalar.rawValue, "threads": Threads.limit, "blas": blasCoreName(),
    ])
  }
}

/// The scalar type; the raw value is its name on the command line.
enum ScalarKind: String, CaseIterable { case float, double }
