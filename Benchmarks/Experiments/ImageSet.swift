import Datasets
import Tensors
import VariationalAutoencoders

/// The images that an experiment can be run on.
package enum ImageSet: String, CaseIterable, Sendable {
  case digits, mnist
  case staticMNIST = "mnist-static"
  case omniglot, cifar10

  /// Reads the images; `root` is the folder of `--data`.
  /// - Throws: `DatasetError`, where files are missing or damaged.
  package func load(from root: String?) throws -> DatasetSplit {
    switch self {
    case .digits: Digits.load()
    case .mnist: try MNIST.load(from: root)
    case .staticMNIST: try StaticMNIST.load(from: root)
    case .omniglot: try Omniglot.load(from: root)
    case .cifar10: try CIFAR10.load(from: root)
    }
  }

  /// The numbers of an image, channels included.
  package var pixels: Int {
    switch self {
    case .digits: 8 * 8
    case .mnist, .staticMNIST, .omniglot: 28 * 28
    case .cifar10: 3 * 32 * 32
    }
  }

  /// How its images are observed by default: as bits, but for the photographs.
  package var observation: ObservationKind { self == .cifar10 ? .normal : .bernoulli }
}

/// The images of an experiment as batches to train on and to be judged by.
package struct ExperimentImages: Sendable {
  /// The images.
  package let split: DatasetSplit
  /// What is trained on.
  package let training: ImageBatches<Float>
  /// What is judged by: its bits, or its noise, stay from epoch to epoch, so that only the model
  /// differs.
  package let test: ImageBatches<Float>
  /// What the best epoch is chosen by, likewise; `nil` where no images are set apart for it.
  package let validation: ImageBatches<Float>?
  /// What a model takes the pixels for.
  package let pixelKind: PixelKind

  /// The images of a set.
  ///
  /// - Parameters:
  ///   - observation: how the model observes them; the set's default where it is `nil`.
  ///   - binarization: how bits are made of training pixels; what has a density is dequantized anew at
  ///     each visit in place of it.
  ///   - testSeed: what the bits or the noise of the test and validation images come from.
  ///   - heldOut: how many of the last training images are set apart for validation; those of the set
  ///     itself, if any, where it is `nil`.
  /// - Throws: `DatasetError`, where files are missing or damaged.
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

  /// Bits per dimension of a log-density in nats an image, where pixels have one.
  package func bitsPerDimension(_ logDensity: Double) -> Double? {
    guard pixelKind.isContinuous else { return nil }
    return Datasets.bitsPerDimension(
      logDensity: logDensity, dimension: pixels, levels: Int(split.test.maximum) + 1)
  }
}

/// More images were to be set apart for validation than there are to train on.
package struct TooFewImages: Error, CustomStringConvertible {
  let asked, training: Int

  package var description: String {
    "--validation \(asked) leaves no image to train on: there are \(training)"
  }
}
