import Datasets
import Inference
import LatentGraphs
import VariationalAutoencoders

/// The distributions of pixels that an experiment can have.
package enum ObservationKind: String, CaseIterable, Sendable {
  /// Bits.
  case bernoulli
  /// Dequantized pixels, independent normal variables.
  case normal
  /// Dequantized pixels that may correlate along a graph.
  case logitNormal = "logit-normal"
}

/// The graphs that the pixels of an image can have.
package enum PixelStructure: String, CaseIterable, Sendable {
  case independent, chain
  case extendedGrid = "extended-grid"
  case grid

  /// The graph of images of this size. Planes of colour follow each other in a chain; the grids are for
  /// one plane.
  package func graph(of images: ImageDataset) -> GraphStructure {
    let (height, width) = (images.height * images.channels, images.width)
    return switch self {
    case .independent: .diagonal(height * width)
    case .chain: .chain(height * width)
    case .extendedGrid: .extendedGrid(height: height, width: width)
    case .grid: .grid(height: height, width: width)
    }
  }

  /// Whether its edges are those of a plane.
  package var isPlanar: Bool { self == .extendedGrid || self == .grid }
}

/// How an experiment's model observes images.
package struct PixelObservation: Sendable {
  /// The distribution.
  package var kind: ObservationKind
  /// The graph, where the distribution has one.
  package var structure: PixelStructure
  /// What of the precision is the image's own, where there is a precision.
  package var precision: ObservationPrecision

  /// An observation of this kind.
  package init(
    _ kind: ObservationKind, structure: PixelStructure = .independent,
    precision: ObservationPrecision = .scaled
  ) {
    self.kind = kind
    self.structure = structure
    self.precision = precision
  }

  /// What a model takes the pixels of these images for.
  package func pixelKind(of images: ImageDataset) -> PixelKind {
    switch kind {
    case .bernoulli: .binary
    case .normal: .continuous
    case .logitNormal: .logitNormal(structure.graph(of: images), precision)
    }
  }
}
