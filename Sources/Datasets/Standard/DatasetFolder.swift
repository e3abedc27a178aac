import Foundation

/// The location of a data set's files: their official names, and the names of their folder.
package struct DatasetFolder: Sendable {
  /// The data set's name in messages.
  package let dataset: String
  /// The names of the folder in a root of many data sets, the usual one first: those that unpacking
  /// the official archive gives, and those that other programs use.
  package let names: [String]
  /// The official names of the required files, without `.gz`. A name with `-idx` is also found with
  /// `.idx`, as in some archives.
  package let files: [String]
  /// Names of files of which at least one must exist; empty if all required files are in `files`.
  package let parts: [String]
  /// Where to download the files.
  package let source: String
  /// Other forms in which the data set is distributed and which are not supported, each with
  /// advice.
  package let otherForms: [(name: String, advice: String)]

  package init(
    dataset: String, names: [String], files: [String], parts: [String] = [], source: String,
    otherForms: [(name: String, advice: String)] = []
  ) {
    self.dataset = dataset
    self.names = names
    self.files = files
    self.parts = parts
    self.source = source
    self.otherForms = otherForms
  }

  /// The environment variable that names the root of all data sets.
  package static let variable = "LATENTGRAPHS_DATA"

  /// The path of each file by its official name: the file itself or, if it does not exist, the one
  /// with `.gz`.
  ///
  /// The files are in `root`, in a folder of it with one of `names`, or in the folder `raw` of one
  /// of these, where PyTorch puts them. If `root` is `nil`, the environment variable gives it. All
  /// of `files` are found, and those of `parts` that exist.
  ///
  /// - Throws: `DatasetError.folderNotGiven`, `.folderMissing`, `.filesMissing` or `.otherForm`.
  package func locate(
    root: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> [String: String] {
    let set = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    guard let root = root ?? set else {
      throw DatasetError.folderNotGiven(
        dataset: dataset, variable: Self.variable, folder: names[0], source: source)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw DatasetError.folderMissing(dataset: dataset, folder: root, source: source)
    }
    let folders = names.map { join(root, $0) } + [root]
    let candidates = folders.flatMap { [$0, join($0, "raw")] }
    let found = candidates.map(paths)
    if let complete = found.first(where: { missing(among: $0).isEmpty }) { return complete }
    // The intended folder is the first that contains some of the files, if any does.
    let meant = found.firstIndex { !$0.isEmpty }
    if meant == nil, let error = otherForm(in: candidates) { throw error }
    throw DatasetError.filesMissing(
      dataset: dataset, files: missing(among: meant.map { found[$0] } ?? [:]),
      folders: meant.map { [candidates[$0]] } ?? folders, source: source)
  }

  /// The error for the data set in another form, if one of the folders contains it.
  private func otherForm(in folders: [String]) -> DatasetError? {
    for folder in folders {
      for (name, advice) in otherForms {
        let path = join(folder, name)
        if FileManager.default.fileExists(atPath: path) {
          return .otherForm(dataset: dataset, file: path, advice: advice)
        }
      }
    }
    return nil
  }

  private func paths(in folder: String) -> [String: String] {
    var paths: [String: String] = [:]
    for file in parts + files {
      let spellings = file.contains("-idx") ? [file, file.replacing("-idx", with: ".idx")] : [file]
      let names = spellings.flatMap { [$0, $0 + ".gz"] }.map { join(folder, $0) }
      paths[file] = names.first(where: FileManager.default.fileExists)
    }
    return paths
  }

  private func missing(among paths: [String: String]) -> [String] {
    let lacksParts = parts.allSatisfy { paths[$0] == nil }
    return (lacksParts ? parts : []) + files.filter { paths[$0] == nil }
  }

  private func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
