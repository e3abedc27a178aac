extension DatasetSplit {
  /// Reads a data set of four or six IDX files, each gzipped or not.
  ///
  /// The folder's `files` must be, in this order, the images and labels of the training part, those
  /// of the test part, and those of the validation part if there is one.
  ///
  /// - Throws: `DatasetError` if files are missing or damaged.
  package init(
    idxFilesOf folder: DatasetFolder, root: String?, size: (height: Int, width: Int),
    classCount: Int
  ) throws {
    let paths = try folder.locate(root: root)
    func part(images: Int, labels: Int) throws -> ImageDataset {
      try ImageDataset(
        idxImages: paths[folder.files[images]]!, idxLabels: paths[folder.files[labels]]!,
        size: size, classCount: classCount)
    }
    self.init(
      name: folder.dataset, training: try part(images: 0, labels: 1),
      test: try part(images: 2, labels: 3),
      validation: folder.files.count > 4 ? try part(images: 4, labels: 5) : nil)
  }
}
