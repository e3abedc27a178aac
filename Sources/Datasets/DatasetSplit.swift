import Tensors

/// A data set in parts: what a model is trained on, what its settings are chosen by, and what it is
/// judged by.
public struct DatasetSplit: Sendable, Equatable {
  /// The data set's name, as a table or a figure shows it.
  public let name: String
  /// The images to train on.
  public let training: ImageDataset
  /// The images to evaluate on, none of which the training has seen.
  public let test: ImageDataset
  /// The images to choose settings and the best epoch by, in neither of the other parts; `nil` where
  /// none are set apart.
  public let validation: ImageDataset?

  /// The parts; their images have one size, number of channels and classes.
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

  /// The same data set with the last images of its training part set apart for validation, in place
  /// of those that were.
  ///
  /// - Parameter count: how many, at least 1 and fewer than the training part has.
  public func holdingOut(_ count: Int) -> DatasetSplit {
    let all = training.count
    require(0 < count && count < all, "\(count) images for validation, of \(all) to train on")
    return DatasetSplit(
      name: name, training: training[0..<all - count], test: test,
      validation: training[all - count..<all])
  }
}
