import LatentGraphs
import Tensors

/// A lower bound of the memory for training, computed from the sizes of a model before it is
/// created: the parameters of its networks, their gradients, Adam's two averages, and the values
/// that a batch stores for the gradient.
package struct TrainingMemory {
  /// The number of parameters of all networks.
  private var parameters = 0.0
  /// The number of values that an observation stores.
  private var perObservation = 0.0

  /// The poster's model: one node whose precision has a structure (`GaussianGraphVAE`).
  package init(pixels: Int, structure: GraphStructure, hidden: Int) {
    let k = structure.dimension
    addLayers([pixels, hidden, hidden, k])
    addLayers([hidden, structure.elementCount])
    addLayers([k, hidden, hidden, pixels])
    // A dense factor is a square matrix, and so is its gradient.
    if case .dense = structure { perObservation += 2 * Double(k) * Double(k) }
  }

  /// A model of several nodes with the networks of He et al. (2019); `parents` is the number of
  /// parents of a node, given its index.
  package init(pixels: Int, nodes: Int, dimension: Int, parents: (Int) -> Int) {
    addLayers([pixels, 512, 512, 256, 128])
    for node in 0..<nodes {
      addLayers([128, 128, 2 * dimension])
      // The prior and the posterior have separate networks of the parents.
      for _ in 0..<2 where parents(node) > 0 {
        addLayers([parents(node) * dimension, 128, 2 * dimension])
      }
    }
    addLayers([nodes * dimension, 256, 512, 512, pixels])
  }

  private mutating func addLayers(_ sizes: [Int]) {
    for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
      parameters += Double(inputs) * Double(outputs)
      perObservation += Double(outputs)
    }
  }

  /// The bytes for batches of this size in `Float`.
  package func bytes(batch: Int) -> Double {
    4 * (4 * parameters + Double(batch) * perObservation)
  }

  /// The reason why a model of these sizes cannot be trained on this system; `nil` if it can, or if
  /// the available memory is not known.
  package func shortage(batch: Int) -> String? {
    let bytes = Int(min(bytes(batch: batch), 0x1p60))
    return SystemMemory.shortage(for: bytes).map { available in
      "training this takes \(SystemMemory.text(bytes)) of memory at least, and "
        + "\(SystemMemory.text(available)) are available: ask for smaller sizes"
    }
  }
}
