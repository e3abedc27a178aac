import LatentGraphs
import Tensors

/// The memory that training takes at least, counted from the sizes of a model before it is made: the
/// numbers of its networks, their gradients and Adam's two averages, and what a batch leaves for the
/// gradient.
package struct TrainingMemory {
  /// The numbers of all networks.
  private var parameters = 0.0
  /// The numbers that an observation leaves.
  private var perObservation = 0.0

  /// The poster's model: one node whose precision has a structure (`GaussianGraphVAE`).
  package init(pixels: Int, structure: GraphStructure, hidden: Int) {
    let k = structure.dimension
    addLayers([pixels, hidden, hidden, k])
    addLayers([hidden, structure.factorCount])
    addLayers([k, hidden, hidden, pixels])
    // A dense factor is a square, and so is its gradient.
    if case .dense = structure { perObservation += 2 * Double(k) * Double(k) }
  }

  /// A model of several nodes with the networks of He et al. (2019), each node with so many parents as
  /// `parents` says of its place among the nodes.
  package init(pixels: Int, nodes: Int, dimension: Int, parents: (Int) -> Int) {
    addLayers([pixels, 512, 512, 256, 128])
    for node in 0..<nodes {
      addLayers([128, 128, 2 * dimension])
      // The prior and the posterior see the parents by networks of their own.
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

  /// The bytes for batches of a size, in `Float`.
  package func bytes(batch: Int) -> Double {
    4 * (4 * parameters + Double(batch) * perObservation)
  }

  /// Why a model of these sizes cannot be trained here; `nil` where it can, or the system does not say
  /// what it has.
  package func shortage(batch: Int) -> String? {
    let bytes = Int(min(bytes(batch: batch), 0x1p60))
    return SystemMemory.shortage(for: bytes).map { available in
      "training this takes \(SystemMemory.text(bytes)) of memory at least, and "
        + "\(SystemMemory.text(available)) are available: ask for smaller sizes"
    }
  }
}
