import Tensors

/// A data set in two parts: what a model is trained on, and what it is judged by.
public struct DatasetSplit: Sendable, Equatable {
  /// The data set's name, as a table or a figure shows it.
  public let name: String
  /// The images to train on.
  public let training: ImageDataset
  /// The images to evaluate on, none of which the training has seen.
  public let test: ImageDataset

  /// The two parts; their images have one size, number of channels and classes.
  public init(name: String, training: ImageDataset, test: ImageDataset) {
    require(
      training.height == test.height && training.width == test.width
        && training.channels == test.channels && training.maximum == test.maximum
        && training.classCount == test.classCount,
      "the training and the test images of \(name) differ in kind")
    self.name = name
    self.training = training
    self.test = test
  }
}
