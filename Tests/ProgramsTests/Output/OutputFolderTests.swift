import Foundation
import Programs
import TestSupport
import Testing

@Suite struct OutputFolderTests {
  private let folder: TemporaryFolder
  private var root: String { folder.path + "/new" }

  init() throws { folder = try TemporaryFolder() }

  @Test func makesAFolderWithThoseAroundIt() throws {
    try prepareFolder(root + "/a/b")
    try prepareFolder(root + "/a/b/")
    #expect(FileManager.default.createFile(atPath: root + "/a/b/c", contents: nil))
  }

  @Test func namesAFileInTheWay() throws {
    try prepareFolder(root)
    let file = root + "/file"
    #expect(FileManager.default.createFile(atPath: file, contents: nil))
    #expect(throws: FolderError.unusable(path: file, reason: "a file is in its way")) {
      try prepareFolder(file)
    }
    #expect(throws: FolderError.unusable(path: file + "/sub", reason: "Not a directory")) {
      try prepareFolder(file + "/sub")
    }
  }

  @Test func overwritesNoRun() throws {
    try prepareFolder(root)
    let checkpoint = URL(fileURLWithPath: root + "/checkpoint")
    func begin(_ resumes: Bool, epochs: Int = 3) throws {
      try beginRun(checkpoint: checkpoint, resumes: resumes, epochs: epochs) { 3 }
    }
    try begin(false)
    try begin(true)
    #expect(FileManager.default.createFile(atPath: checkpoint.path, contents: nil))
    #expect(throws: FolderError.occupied(path: checkpoint.path)) { try begin(false) }
    try begin(true)
    #expect(throws: FolderError.finished(path: checkpoint.path, done: 3, epochs: 2)) {
      try begin(true, epochs: 2)
    }
  }
}
