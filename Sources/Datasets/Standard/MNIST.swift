/// 60,000 and 10,000 handwritten digits of 28×28 pixels, 0 to 255, read from the official files.
///
/// Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits" (1998). Data sets
/// with the same file names and image size, such as Fashion-MNIST, can be read too.
public enum MNIST {
  /// Reads the four files, gzipped or not.
  ///
  /// - Parameter root: The folder of the files, or a folder that contains it under the name `mnist`
  ///   or `MNIST`; the files may also be in its folder `raw`. If it is `nil`, the environment
  ///   variable `LATENTGRAPHS_DATA` gives the folder. `train-images.idx3-ubyte` is found as well as
  ///   `train-images-idx3-ubyte`.
  /// - Throws: `DatasetError` if files are missing or damaged.
  /// - Complexity: O(bytes) in time; the memory of the images and labels alone, 55 MB.
  public static func load(from root: String? = nil) throws -> DatasetSplit {
    try DatasetSplit(
      idxFilesOf: folder, root: root, size: (height: 28, width: 28), classCount: 10)
  }

  package static let folder = DatasetFolder(
    dataset: "MNIST", names: ["mnist", "MNIST"],
    files: [
      "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
      "t10k-labels-idx1-ubyte",
    ],
    source: """
      http://yann.lecun.com/exdb/mnist/ or its mirrors \
      https://storage.googleapis.com/cvdf-datasets/mnist/ and \
      https://ossci-datasets.s3.amazonaws.com/mnist/
      """,
    otherForms: ["mnist.npz", "mnist.pkl.gz", "mnist.pkl", "mnist_train.csv"].map {
      ($0, "Get the four IDX files, of the same images, from its official source")
    })
}
