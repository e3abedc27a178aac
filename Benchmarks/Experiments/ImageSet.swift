import Datasets
import Tensors
import VariationalAutoencoders

/// The image data sets for experiments.
package enum ImageSet: String, CaseIterable, Sendable {
  case digits, mnist
  case staticMNIST = "mnist-static"
  case omniglot, cifar10

  /// Reads the images; `root` is the folder of `--data`.
  /// - Throws: `DatasetError` if files are missing or damaged.
  package func load(from root: String?) throws -> DatasetSplit {
    switch self {
    case .digits: Digits.load()
    case .mnist: try MNIST.load(from: root)
    case .staticMNIST: try StaticMNIST.load(from: root)
    case .omniglot: try Omniglot.load(from: root)
    case .cifar10: try CIFAR10.load(from: root)
    }
  }

  /// The number of elements of an image, including channels.
  package var pixels: Int {
    switch self {
    case .digits: 8 * 8
    case .mnist, .staticMNIST, .omniglot: 28 * 28
    case .cifar10: 3 * 32 * 32
    }
  }

  /// The default observation model: Bernoulli, except for CIFAR-10.
  package var observation: ObservationKind { self == .cifar10 ? .normal : .bernoulli }
}

/// The images of an experiment as batches for training and for evaluation.
package struct ExperimentImages: Sendable {
  /// The images.
  package let split: DatasetSplit
  /// The training batches.
  package let training: ImageBatches<Float>
  /// The test batches. Their bits or noise are the same in every epoch, so that scores differ only
  /// by the model.
  package let test: ImageBatches<Float>
  /// The batches for choosing the best epoch, with fixed bits or noise too; `nil` if no images are
  /// held out.
  package let validation: ImageBatches<Float>?
  /// The kind of pixels that a model generates.
  package let pixelKind: PixelKind

  /// Loads a data set.
  ///
  /// - Parameters:
  ///   - observation: The distribution of the pixels; `nil` for the default of the data set.
  ///   - binarization: How training pixels become bits. Pixels with a density are instead
  ///     dequantized with new noise in each epoch.
  ///   - testSeed: The seed of the bits or the noise of the test and validation images.
  ///   - heldOut: The number of training images, from the end, that are held out for validation;
  ///     `nil` for the validation images of the data set itself, if any.
  /// - Throws: `DatasetError` if files are missing or damaged.
  package init(
    _ set: ImageSet, from root: String?, observation: PixelObservation? = nil,
    binarization: Binarization = .dynamic, testSeed: UInt64, heldOut: Int? = nil
  ) throws {
    let files = try set.load(from: root)
    if let heldOut, heldOut >= files.training.count {
      throw TooFewImages(asked: heldOut, training: files.training.count)
    }
    split = heldOut.map(files.holdingOut) ?? files
    pixelKind = (observation ?? PixelObservation(set.observation)).pixelKind(of: split.training)
    let (training, test): (PixelPreparation, PixelPreparation) =
      switch (pixelKind.isContinuous, binarization) {
      case (true, _): (.dequantized(.dynamic), .dequantized(.static(seed: testSeed)))
      case (false, .dynamic): (.binarized(.dynamic), .binarized(.static(seed: testSeed)))
      case (false, let rule): (.binarized(rule), .binarized(rule))
      }
    self.training = ImageBatches(split.training, training)
    self.test = ImageBatches(split.test, test)
    validation = split.validation.map { ImageBatches($0, test) }
  }

  /// The number of pixels of an image, channels included.
  package var pixels: Int { split.training.pixelsPerImage }

  /// A log-density in nats an image, converted to bits per dimension; `nil` if pixels have no
  /// density.
  package func bitsPerDimension(_ logDensity: Double) -> Double? {
    guard pixelKind.isContinuous else { return nil }
    return Datasets.bitsPerDimension(
      logDensity: logDensity, dimension: pixels, levels: Int(split.test.maximum) + 1)
  }
}

/// The error for holding out more images than there are for training.
package struct TooFewImages: Error, CustomStringConvertible {
  let asked, training: Int

  package var description: String {
    "--validation \(asked) leaves no image to train on: there are \(training)"
  }
}
