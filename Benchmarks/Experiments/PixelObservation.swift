import Datasets
import Inference
import LatentGraphs
import VariationalAutoencoders

/// The distributions of pixels in experiments.
package enum ObservationKind: String, CaseIterable, Sendable {
  /// Bits.
  case bernoulli
  /// Dequantized pixels, independent normal variables.
  case normal
  /// Dequantized pixels, logit-normal variables that may be correlated along a graph.
  case logitNormal = "logit-normal"
}

/// The graphs of an image's pixels.
package enum PixelStructure: String, CaseIterable, Sendable {
  case independent, chain
  case extendedGrid = "extended-grid"
  case grid

  /// The graph for images of this size. Colour planes are concatenated in a chain; grids support
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

  /// Whether it is a grid, which supports a single plane.
  package var isPlanar: Bool { self == .extendedGrid || self == .grid }
}

/// The observation model of an experiment.
package struct PixelObservation: Sendable {
  /// The distribution.
  package var kind: ObservationKind
  /// The graph, for distributions with a graph.
  package var structure: PixelStructure
  /// The part of the precision that is separate for each image.
  package var precision: ObservationPrecision

  /// An observation model with these properties.
  package init(
    _ kind: ObservationKind, structure: PixelStructure = .independent,
    precision: ObservationPrecision = .scaled
  ) {
    self.kind = kind
    self.structure = structure
    self.precision = precision
  }

  /// The kind of pixels for these images.
  package func pixelKind(of images: ImageDataset) -> PixelKind {
    switch kind {
    case .bernoulli: .binary
    case .normal: .continuous
    case .logitNormal: .logitNormal(structure.graph(of: images), precision)
    }
  }
}
