/// 50,000 and 10,000 colour photographs of 32×32 pixels in ten classes, read from the official
/// binary files.
///
/// A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009). The classes 0 to
/// 9 are airplane, automobile, bird, cat, deer, dog, frog, horse, ship and truck.
///
/// The pixels are stored in the order of the files: an image is `[3, 32, 32]`, the planes of red,
/// green and blue, each row by row from the top. Element `1024·c + 32·y + x` is channel `c` of the
/// pixel in row `y` and column `x`.
public enum CIFAR10 {
  /// Reads the training batches `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`,
  /// gzipped or not.
  ///
  /// The training images are those of the batches that exist, at least one, in the order of their
  /// numbers. If some are missing, the name of the data set contains the number of batches:
  /// `CIFAR-10 (2 of 5 training batches)`.
  ///
  /// - Parameter root: The folder of the files, or a folder that contains it under the name
  ///   `cifar10` or `cifar-10-batches-bin`; if it is `nil`, the value of the environment variable
  ///   `LATENTGRAPHS_DATA`.
  /// - Throws: `DatasetError` if files are missing or damaged.
  /// - Complexity: O(bytes) in time; the memory of the images and labels, 185 MB for all batches,
  ///   and 31 MB for a batch while it is read.
  public static func load(from root: String? = nil) throws -> DatasetSplit {
    try load(from: root, imagesPerBatch: 10_000)
  }

  /// The same, for batches of another size.
  package static func load(from root: String?, imagesPerBatch: Int) throws -> DatasetSplit {
    let paths = try folder.locate(root: root)
    let batches = folder.parts.compactMap { paths[$0] }
    let all = folder.parts.count
    let note = batches.count == all ? "" : " (\(batches.count) of \(all) training batches)"
    func read(_ files: [String]) throws -> ImageDataset {
      try ImageDataset(cifar10: files.count, imagesPerBatch: imagesPerBatch) {
        try openSource(path: files[$0])
      }
    }
    return DatasetSplit(
      name: folder.dataset + note, training: try read(batches),
      test: try read(folder.files.map { paths[$0]! }))
  }

  package static let folder = DatasetFolder(
    dataset: "CIFAR-10", names: ["cifar10", "cifar-10-batches-bin"],
    files: ["test_batch.bin"], parts: (1...5).map { "data_batch_\($0).bin" },
    source: """
      cifar-10-binary.tar.gz, the "binary version" of https://www.cs.toronto.edu/~kriz/cifar.html
      """,
    otherForms: ["cifar-10-batches-py", "cifar-10-batches-mat", "data_batch_1", "data_batch_1.mat"]
      .map {
        (
          $0,
          "Get cifar-10-binary.tar.gz, the \"binary version\" of the same images, from "
            + "https://www.cs.toronto.edu/~kriz/cifar.html"
        )
      })
}
