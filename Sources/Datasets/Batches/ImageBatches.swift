import Inference
import Tensors

/// Images as observations: rows of pixels from 0 to 1, binarized on request.
///
/// The images stay bytes until they are a batch.
public struct ImageBatches<Scalar: TensorScalar>: BatchSource {
  /// The images.
  public let images: ImageDataset
  /// How their pixels become zeros and ones.
  public let binarization: Binarization

  /// The images, in this way.
  public init(_ images: ImageDataset, _ binarization: Binarization) {
    self.images = images
    self.binarization = binarization
  }

  /// The number of images.
  public var count: Int { images.count }

  /// The number of pixels of an image, channels included.
  public var dimension: Int { images.pixelsPerImage }

  /// The images with these indices, `[indices.count, pixels]`.
  public func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar> {
    let grey = greyValues(indices)
    switch binarization {
    case .none: return grey
    case .dynamic: return .bernoulli(grey, using: &generator)
    case .threshold: return grey.isGreaterOrEqual(to: 0.5)
    case .static(let seed):
      let root = Philox(seed: seed)
      let rows = indices.enumerated().map { row, index in
        var stream = root.split(index)
        return Tensor.bernoulli(grey.slice(row..<row + 1), using: &stream)
      }
      return .concatenated(rows)
    }
  }

  private func greyValues(_ indices: [Int]) -> Tensor<Scalar> {
    let width = dimension
    let scale = 1 / Scalar(images.maximum)
    return Tensor([indices.count, width]) { out in
      images.pixels.withUnsafeBufferPointer { pixels in
        for (row, index) in indices.enumerated() {
          let source = pixels.baseAddress! + index * width
          let destination = out + row * width
          for j in 0..<width { destination[j] = Scalar(source[j]) * scale }
        }
      }
    }
  }
}
