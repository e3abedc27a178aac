import Tensors

/// A data set in parts: for training, for choosing settings, and for evaluation.
public struct DatasetSplit: Sendable, Equatable {
  /// The name of the data set in tables and figures.
  public let name: String
  /// The training images.
  public let training: ImageDataset
  /// The test images, which training does not use.
  public let test: ImageDataset
  /// The images for choosing settings and the best epoch, in neither of the other parts; `nil` if
  /// there are none.
  public let validation: ImageDataset?

  /// A data set with these parts; their images must agree in size, channels and classes.
  public init(
    name: String, training: ImageDataset, test: ImageDataset, validation: ImageDataset? = nil
  ) {
    for (part, images) in [("test", test), ("validation", validation)] {
      guard let images else { continue }
      require(
        training.height == images.height && training.width == images.width
          && training.channels == images.channels && training.maximum == images.maximum
          && training.classCount == images.classCount,
        "the training and the \(part) images of \(name) differ in kind")
    }
    self.name = name
    self.training = training
    self.test = test
    self.validation = validation
  }

  /// The data set with the last training images held out for validation, in place of an existing
  /// validation part.
  ///
  /// - Parameter count: The number of images, at least 1 and less than the training part has.
  public func holdingOut(_ count: Int) -> DatasetSplit {
    let all = training.count
    require(0 < count && count < all, "\(count) images for validation, of \(all) to train on")
    return DatasetSplit(
      name: name, training: training[0..<all - count], test: test,
      validation: training[all - count..<all])
  }
}
