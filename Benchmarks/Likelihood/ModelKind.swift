import Experiments
import LatentGraphs

/// The models that can be trained.
enum ModelKind: String, CaseIterable, Sendable {
  // The poster's models: one node, whose posterior has this precision.
  case diagonal, chain
  case extendedGrid = "extended-grid"
  case grid, dense
  // The models of He et al. (2019), with the networks of their appendix B.
  case vae
  case ladderVAE = "ladder-vae"
  case fullyConnectedVAE = "fc-vae"
  case graphVAE = "graph-vae"
  case graphVAEFullyConnectedEncoder = "graph-vae-fc-encoder"

  /// The model of He et al.; `nil` for the poster's models.
  var latentGraph: LatentGraphKind? { LatentGraphKind(rawValue: rawValue) }

  /// Whether it is one of the poster's models.
  var isPoster: Bool { latentGraph == nil }

  /// Whether it has several latent nodes.
  var hasNodes: Bool { !isPoster && self != .vae }

  /// Whether its edges are learned.
  var learnsStructure: Bool { latentGraph?.learnsStructure ?? false }

  /// Whether its variables form a square grid: the extended one, whose factor has the edges of the
  /// grid, or the regular one, whose precision has them.
  var isGrid: Bool { self == .extendedGrid || self == .grid }

  /// The poster's precision over this many variables; `nil` for the other models, and for a grid
  /// whose number of variables is not a square.
  func structure(latents: Int) -> GraphStructure? {
    switch self {
    case .diagonal: return .diagonal(latents)
    case .chain: return .chain(latents)
    case .dense: return .dense(latents)
    case .extendedGrid, .grid:
      let side = Int(Double(latents).squareRoot().rounded())
      guard side * side == latents else { return nil }
      return self == .grid
        ? .grid(height: side, width: side) : .extendedGrid(height: side, width: side)
    default: return nil
    }
  }
}
