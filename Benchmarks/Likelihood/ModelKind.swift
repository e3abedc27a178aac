import Experiments
import LatentGraphs

/// The models that can be trained.
enum ModelKind: String, CaseIterable, Sendable {
  // The poster's: one node, whose posterior has this precision.
  case diagonal, chain
  case extendedGrid = "extended-grid"
  case grid, dense
  // Those of He et al. (2019), with the networks of their appendix B.
  case vae
  case ladderVAE = "ladder-vae"
  case fullyConnectedVAE = "fc-vae"
  case graphVAE = "graph-vae"
  case graphVAEFullyConnectedEncoder = "graph-vae-fc-encoder"

  /// The model of He et al.; `nil` for the poster's.
  var latentGraph: LatentGraphKind? { LatentGraphKind(rawValue: rawValue) }

  /// Whether it is one of the poster's.
  var isPoster: Bool { latentGraph == nil }

  /// Whether its latents are several nodes.
  var hasNodes: Bool { !isPoster && self != .vae }

  /// Whether its structure is learned.
  var learnsStructure: Bool { latentGraph?.learnsStructure ?? false }

  /// Whether its variables are those of a square grid: the extended one, whose factor has the grid's
  /// links, or the regular one, whose precision has.
  var isGrid: Bool { self == .extendedGrid || self == .grid }

  /// The poster's precision over this many variables; `nil` for the other models, and for a grid of a
  /// number that is no square.
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
