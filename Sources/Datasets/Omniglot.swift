/// 19,280 and 13,180 handwritten characters of 28×28 pixels, 0 to 255, read from IDX files.
///
/// B. M. Lake, R. Salakhutdinov and J. B. Tenenbaum, "Human-level concept learning through
/// probabilistic program induction", Science 350 (2015); MIT licence. 1,623 characters of 50
/// alphabets, each drawn by 20 people. One trains on the 30 background alphabets, classes 0 to 963,
/// and tests on the 20 evaluation alphabets, classes 964 to 1,622: characters, and alphabets, that
/// the training has not seen.
///
/// The images are the original drawings of 105×105 points, averaged over areas of 3.75×3.75: where
/// `k` of an area's 225 sixteenths of a point are ink, a pixel is `255·k/225`, rounded. So ink is 255
/// and paper 0, the reverse of the original files. They are in the order of those: drawing 3 of
/// character 108, `0108_03.png`, is image `107·20 + 2` of the training part, and of class 107.
///
/// They are not the 24,345 and 8,070 images on which the importance-weighted autoencoder and its
/// successors report (Burda et al., 2016): those are split at random and scaled in another way, so
/// likelihoods on these files do not compare with theirs.
public enum Omniglot {
  /// Reads the four files, gzipped or not.
  ///
  /// - Parameter root: the folder of the files, or one that holds it as `omniglot`; where it is
  ///   `nil`, the environment variable `LATENTGRAPHS_DATA` says where.
  /// - Throws: `DatasetError`, where files are missing or damaged.
  /// - Complexity: O(bytes) in time; the memory of the images and labels alone, 26 MB.
  public static func load(from root: String? = nil) throws -> DatasetSplit {
    try DatasetSplit(
      idxFilesOf: folder, root: root, size: (height: 28, width: 28), classCount: 1623)
  }

  package static let folder = DatasetFolder(
    dataset: "Omniglot", names: ["omniglot", "Omniglot"],
    files: [
      "train-images-idx3-ubyte", "train-labels-idx1-short", "test-images-idx3-ubyte",
      "test-labels-idx1-short",
    ],
    source: """
      images_background.zip (train) and images_evaluation.zip (test) of \
      https://github.com/brendenlake/omniglot, averaged from 105×105 to 28×28 pixels, ink as 255, \
      with int16 labels, and written as IDX
      """,
    otherForms: [
      (
        "chardata.mat",
        "It is a MATLAB file of other images, the split and scale of Burda et al. (2016), on which "
          + "likelihoods do not compare with those of this data set. Make the four IDX files from the "
          + "images of https://github.com/brendenlake/omniglot, or write those of this file as IDX "
          + "(scipy.io.loadmat reads it) and read them by ImageDataset(idxImages:idxLabels:classCount:)"
      )
    ]
      + ["images_background", "images_evaluation", "images_background.zip"].map {
        (
          $0,
          "Average the drawings from 105×105 to 28×28 pixels, ink as 255, and write them as IDX with "
            + "int16 labels"
        )
      })
}
