import Foundation

/// Where a data set's files lie: their official names, and the folder that holds them.
package struct DatasetFolder: Sendable {
  /// The data set's name in messages.
  package let dataset: String
  /// The name of its folder below a root of many data sets.
  package let name: String
  /// The official names of its files, without `.gz`.
  package let files: [String]
  /// Where a user gets them.
  package let source: String

  /// The environment variable that names the root of all data sets.
  package static let variable = "LATENTGRAPHS_DATA"

  /// The path of each file, by its official name: the file itself or, where there is none, `.gz`.
  ///
  /// The files lie in `root/name` or in `root`; `root` falls back on the environment's.
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
    let candidates = [join(root, name), root]
    let found = candidates.map(paths)
    if let complete = found.first(where: { $0.count == files.count }) { return complete }
    // A folder that holds some of the files is the one meant; else neither is more likely.
    let meant = found.firstIndex { !$0.isEmpty }
    throw DatasetError.filesMissing(
      dataset: dataset, files: files.filter { meant.map { found[$0] }?[$0] == nil },
      folders: meant.map { [candidates[$0]] } ?? candidates, source: source)
  }

  private func paths(in folder: String) -> [String: String] {
    var paths: [String: String] = [:]
    for file in files {
      let names = [file, file + ".gz"].map { join(folder, $0) }
      paths[file] = names.first(where: FileManager.default.fileExists)
    }
    return paths
  }

  private func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
