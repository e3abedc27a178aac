import Batches
import Tensors

/// Images as observations: rows of pixels in [0, 1], which may be binarized or dequantized.
///
/// The images are stored as bytes until they are used in a batch. The elements of a row are in the
/// order of `ImageDataset.pixels`: one plane of the image after another.
///
/// Random numbers come from the given generator, or only from a seed and the image's index: a
/// training run that is resumed with the same generators sees the same batches.
public struct ImageBatches<Scalar: TensorScalar>: BatchSource {
  /// The images.
  public let images: ImageDataset
  /// How bytes are converted to numbers.
  public let preparation: PixelPreparation

  /// Batches of these images with this preparation.
  public init(_ images: ImageDataset, _ preparation: PixelPreparation) {
    self.images = images
    self.preparation = preparation
  }

  /// Batches of these images, binarized.
  public init(_ images: ImageDataset, _ binarization: Binarization) {
    self.init(images, .binarized(binarization))
  }

  /// The number of images.
  public var count: Int { images.count }

  /// The number of pixels of an image, channels included.
  public var dimension: Int { images.pixelsPerImage }

  /// The preparation as text for a checkpoint.
  public var recipe: String {
    switch preparation {
    case .scaled: "scaled"
    case .binarized(.dynamic): "binarized(dynamic)"
    case .binarized(.static(let seed)): "binarized(static, seed \(seed))"
    case .binarized(.threshold): "binarized(threshold)"
    case .dequantized(.dynamic): "dequantized(dynamic)"
    case .dequantized(.static(let seed)): "dequantized(static, seed \(seed))"
    }
  }

  /// The images with these indices, `[indices.count, pixels]`.
  public func batch(_ indices: [Int], using generator: inout Philox) -> Tensor<Scalar> {
    switch preparation {
    case .scaled:
      scaled(indices)
    case .binarized(.threshold):
      scaled(indices) .>= 0.5
    case .binarized(.dynamic):
      .bernoulli(scaled(indices), using: &generator)
    case .binarized(.static(let seed)):
      oneByOne(indices, seed: seed) { .bernoulli(scaled([$0]), using: &$1) }
    case .dequantized(.dynamic):
      dequantized(indices, using: &generator)
    case .dequantized(.static(let seed)):
      oneByOne(indices, seed: seed) { dequantized([$0], using: &$1) }
    }
  }

  /// Rows that depend only on the seed and the image's index, not on the other rows of the batch.
  private func oneByOne(
    _ indices: [Int], seed: UInt64, _ row: (Int, inout Philox) -> Tensor<Scalar>
  ) -> Tensor<Scalar> {
    if indices.isEmpty { return .zeros([0, dimension]) }
    let root = Philox(seed: seed)
    return .concatenated(
      indices.map { index in
        var stream = root.split(index)
        return row(index, &stream)
      })
  }

  /// `pixel / maximum`.
  @specialized(where Scalar == Float)
  private func scaled(_ indices: [Int]) -> Tensor<Scalar> {
    let scale = 1 / Scalar(images.maximum)
    return Tensor([indices.count, dimension]) { out in
      forEachRow(indices, out) { pixels, row, width in
        for j in 0..<width { row[j] = Scalar(pixels[j]) * scale }
      }
    }
  }

  /// `(pixel + u) / levels`, where rounding does not reach the next pixel value.
  @specialized(where Scalar == Float)
  private func dequantized(
    _ indices: [Int], using generator: inout Philox
  ) -> Tensor<Scalar> {
    let noise = Tensor<Scalar>.uniform([indices.count, dimension], using: &generator)
    let levels = Scalar(images.maximum) + 1
    let ends = (0...images.maximum).map { (Scalar($0) + 1).nextDown }
    return noise.withScalars { noise in
      Tensor([indices.count, dimension]) { out in
        forEachRow(indices, out) { pixels, row, width in
          let u = noise.baseAddress! + (row - out)
          for j in 0..<width {
            row[j] = min(Scalar(pixels[j]) + u[j], ends[Int(pixels[j])]) / levels
          }
        }
      }
    }
  }

  private func forEachRow(
    _ indices: [Int], _ out: UnsafeMutablePointer<Scalar>,
    _ body: (UnsafePointer<UInt8>, UnsafeMutablePointer<Scalar>, _ width: Int) -> Void
  ) {
    let width = dimension
    images.pixels.withUnsafeBufferPointer { pixels in
      for (row, index) in indices.enumerated() {
        require(images.labels.indices.contains(index), "image \(index) of \(count)")
        body(pixels.baseAddress! + index * width, out + row * width, width)
      }
    }
  }
}
