/// 19,280 and 13,180 handwritten characters of 28×28 pixels, 0 to 255, read from IDX files.
///
/// B. M. Lake, R. Salakhutdinov and J. B. Tenenbaum, "Human-level concept learning through
/// probabilistic program induction", Science 350 (2015); MIT licence. The data set has 1,623
/// characters of 50 alphabets, each drawn by 20 people. Models are trained on the 30 background
/// alphabets, classes 0 to 963, and tested on the 20 evaluation alphabets, classes 964 to 1,622:
/// neither the test alphabets nor their characters occur in training.
///
/// The images are the original drawings of 105×105 points, averaged over areas of 3.75×3.75 points.
/// Each point is divided into sixteenths: if `k` of the 225 parts of an area are ink, the pixel is
/// `255·k/225`, rounded. Ink is thus 255 and paper 0, the reverse of the original files. The order
/// is that of the original files: drawing 3 of character 108, `0108_03.png`, is image `107·20 + 2`
/// of the training part, in class 107.
///
/// These are not the 24,345 and 8,070 images on which the importance-weighted autoencoder and its
/// successors are evaluated (Burda et al., 2016). Those are split at random and scaled differently,
/// so that likelihoods on the two sets cannot be compared.
public enum Omniglot {
  /// Reads the four files, gzipped or not.
  ///
  /// - Parameter root: The folder of the files, or a folder that contains it under the name
  ///   `omniglot`; if it is `nil`, the environment variable `LATENTGRAPHS_DATA` gives the folder.
  /// - Throws: `DatasetError` if files are missing or damaged.
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
