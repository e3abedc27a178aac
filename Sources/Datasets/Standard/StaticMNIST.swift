/// MNIST with fixed bits: 50,000 training, 10,000 validation and 10,000 test images of 28×28 pixels
/// that are 0 or 255, read from IDX files.
///
/// H. Larochelle and I. Murray, "The neural autoregressive distribution estimator" (2011), sampled
/// each pixel once with the probability of its grey value, as R. Salakhutdinov and I. Murray (2008)
/// had done. Use `Binarization.threshold`: the pixels are bits already. Likelihoods on these images
/// are comparable with those that the literature reports for "binarized MNIST", but not with those
/// of dynamic binarization.
public enum StaticMNIST {
  /// Reads the six files, gzipped or not.
  ///
  /// - Parameter root: The folder of the files, or a folder that contains it under the name
  ///   `mnist-static`; if it is `nil`, the environment variable `LATENTGRAPHS_DATA` gives the
  ///   folder.
  /// - Throws: `DatasetError` if files are missing or damaged.
  /// - Complexity: O(bytes) in time; the memory of the images and labels alone, 55 MB.
  public static func load(from root: String? = nil) throws -> DatasetSplit {
    try DatasetSplit(
      idxFilesOf: folder, root: root, size: (height: 28, width: 28), classCount: 10)
  }

  package static let folder = DatasetFolder(
    dataset: "Static MNIST", names: ["mnist-static"],
    files: [
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
      "t10k-labels-idx1-ubyte", "validation-images-idx3-ubyte", "validation-labels-idx1-ubyte",
    ],
    source: """
      binarized_mnist_train.amat, _valid.amat and _test.amat of \
      http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/, written as IDX with \
      ones as 255 and labels of 0 to 9 (or zeros, which training does not use)
      """)
}
