import Foundation

/// Where a data set's files lie: their official names, and the folder that holds them.
package struct DatasetFolder: Sendable {
  /// The data set's name in messages.
  package let dataset: String
  /// The name of its folder below a root of many data sets.
  package let name: String
  /// What its folder may be called as well: the name that unpacking the official archive gives.
  package let otherName: String?
  /// The official names of its files, without `.gz`, each of which must be there.
  package let files: [String]
  /// Names of files of which at least one must be there; none where all that matter are in `files`.
  package let parts: [String]
  /// Where a user gets them.
  package let source: String

  package init(
    dataset: String, name: String, otherName: String? = nil, files: [String],
    parts: [String] = [], source: String
  ) {
    self.dataset = dataset
    self.name = name
    self.otherName = otherName
    self.files = files
    self.parts = parts
    self.source = source
  }

  /// The environment variable that names the root of all data sets.
  package static let variable = "LATENTGRAPHS_DATA"

  /// The path of each file, by its official name: the file itself or, where there is none, `.gz`.
  ///
  /// The files lie in `root/name`, in `root/otherName` or in `root`; `root` falls back on the
  /// environment's. All of `files` are found, and those of `parts` that are there.
  ///
  /// - Throws: `DatasetError.folderNotGiven`, `.folderMissing` or `.filesMissing`.
  package func locate(
    root: String?, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> [String: String] {
    let set = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    guard let root = root ?? set else {
      throw DatasetError.folderNotGiven(
        dataset: dataset, variable: Self.variable, folder: name, source: source)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue
    else {
      throw DatasetError.folderMissing(dataset: dataset, folder: root, source: source)
    }
    let candidates = [name, otherName].compactMap { $0 }.map { join(root, $0) } + [root]
    let found = candidates.map(paths)
    if let complete = found.first(where: { missing(among: $0).isEmpty }) { return complete }
    // A folder that holds some of the files is the one meant; else none is more likely.
    let meant = found.firstIndex { !$0.isEmpty }
    throw DatasetError.filesMissing(
      dataset: dataset, files: missing(among: meant.map { found[$0] } ?? [:]),
      folders: meant.map { [candidates[$0]] } ?? candidates, source: source)
  }

  private func paths(in folder: String) -> [String: String] {
    var paths: [String: String] = [:]
    for file in parts + files {
      let names = [file, file + ".gz"].map { join(folder, $0) }
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
