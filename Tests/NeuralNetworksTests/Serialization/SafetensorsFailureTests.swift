import Foundation
import NeuralNetworks
import TestSupport
import Testing

/// Failures of the system: the previous file is kept, no temporary file remains, and the error
/// states the cause.
@Suite struct SafetensorsFailureTests {
  private struct Interruption: Error {}

  @Test func replacesThePreviousFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("file")
      for text in ["first, the longer", "second"] {
        try writeAtomically(to: url) { try $0.write(Array(text.utf8)) }
        #expect(try String(contentsOf: url, encoding: .utf8) == text)
      }
      #expect(try contents(of: folder) == ["file"])
    }
  }

  @Test func errorOfTheBodyLeavesThePreviousFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("file")
      try Data("previous".utf8).write(to: url)
      #expect(throws: Interruption.self) {
        try writeAtomically(to: url) { output in
          try output.write(Array("half of the n".utf8))
          #expect(try contents(of: folder).count == 2)
          throw Interruption()
        }
      }
      #expect(try String(contentsOf: url, encoding: .utf8) == "previous")
      #expect(try contents(of: folder) == ["file"])
    }
  }

  /// For such a URL, Foundation gives an empty path, or one with U+FFFD, which names another
  /// folder.
  @Test(
    "A file name that is not UTF-8 is refused",
    arguments: ["file:///tmp/caf%E9/a", "file:///tmp/caf%EF%BF%BD/a"])
  func damagedNames(_ text: String) throws {
    let url = try #require(URL(string: text))
    for write in [
      { try writeAtomically(to: url) { _ in } }, { try createFolder(url) },
    ] as [() throws -> Void] {
      let error = #expect(throws: FileError.self) { try write() }
      #expect(error?.code == EILSEQ && error?.description.contains("UTF-8") == true)
      #expect(error?.path.isEmpty == false)
    }
  }

  /// Renaming a file to a device's name would take the device away.
  @Test("A pipe is not replaced by a file")
  func pipe() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("pipe")
      #expect(mkfifo(url.path, 0o600) == 0)
      let error = #expect(throws: FileError.self) { try referenceFile().write(to: url) }
      #expect(error?.description.contains("give the path of a file") == true)
      var status = stat()
      #expect(lstat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
      let names = try contents(of: folder)
      #expect(names == ["pipe"])
    }
  }

  @Test func missingFolderIsNamed() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("absent/model.safetensors")
      let error = #expect(throws: FileError.self) { try referenceFile().write(to: url) }
      #expect(error?.code == ENOENT)
      #expect(error?.path == url.path)
      #expect(error?.description.contains("No such file or directory") == true)
      let reading = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: url) }
      #expect(reading?.code == ENOENT)
      #expect(reading?.operation == "open")
    }
  }

  @Test func folderInTheFilesPlaceIsKept() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      let error = #expect(throws: FileError.self) { try referenceFile().write(to: url) }
      #expect(error?.code == EISDIR)
      #expect(try contents(of: folder) == ["model.safetensors"])
      #expect(throws: SafetensorsError(path: url.path, problem: .notARegularFile)) {
        try SafetensorsFile(contentsOf: url)
      }
    }
  }

  @Test("Pipes and devices are refused without waiting for data", arguments: ["pipe", "/dev/zero"])
  func specialFilesAreRefused(_ name: String) throws {
    try withTemporaryFolder { folder in
      let path = name.hasPrefix("/") ? name : folder.appendingPathComponent(name).path
      if !name.hasPrefix("/") { #expect(mkfifo(path, 0o600) == 0) }
      #expect(throws: SafetensorsError(path: path, problem: .notARegularFile)) {
        try SafetensorsFile(contentsOf: URL(fileURLWithPath: path))
      }
    }
  }

  #if os(Linux)
    @Test func fullDeviceIsNamed() throws {
      let output = try OutputFile(opening: "/dev/full", flags: 0)
      let error = #expect(throws: FileError.self) { try output.write([1, 2, 3]) }
      #expect(error == FileError(path: "/dev/full", operation: "write", code: ENOSPC))
      #expect(
        error?.localizedDescription
          == "/dev/full: cannot write: No space left on device (errno 28); make room, or write to "
          + "another disk")
      try output.close()
    }
  #endif

  /// A limit on the size of files simulates a full disk: the write fails after a part of the data.
  @Test func diskThatFillsUpLeavesThePreviousFile() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("model.safetensors")
        try referenceFile().write(to: url)
        let previous = try Data(contentsOf: url)

        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
        try #require(setFileSizeLimit(&limit) == 0)
        var file = referenceFile()
        file["large"] = SafetensorsArray([Float](repeating: 1, count: 100_000))
        let error = #expect(throws: FileError.self) { try file.write(to: url) }
        #expect(error == FileError(path: url.path, operation: "write", code: EFBIG))
        #expect(try Data(contentsOf: url) == previous)
        #expect(try contents(of: folder) == ["model.safetensors"])
      }
    }
  }

  /// Runs in a process of its own, which gives up the rights of root if it has them.
  @Test func unwritableFolderLeavesThePreviousFile() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("model.safetensors")
        try referenceFile().write(to: url)
        let previous = try Data(contentsOf: url)
        try #require(chmod(folder.path, 0o555) == 0)
        let user = geteuid()
        if user == 0 { try #require(seteuid(65534) == 0) }

        let error = #expect(throws: FileError.self) { try referenceFile().write(to: url) }
        #expect(error?.code == EACCES)
        #expect(error?.path == url.path)
        #expect(try Data(contentsOf: url) == previous)
        #expect(try contents(of: folder) == ["model.safetensors"])

        try #require(seteuid(user) == 0)
        try #require(chmod(folder.path, 0o755) == 0)
      }
    }
  }

  /// Runs in a process of its own, in which no other test opens files.
  @Test func failuresLeaveNoFileOpen() async {
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("model.safetensors")
        try Data([1, 2, 3]).write(to: url)
        func failOnce() {
          #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: url) }
          #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: folder) }
          #expect(throws: CancellationError.self) {
            try writeAtomically(to: url) { _ in throw CancellationError() }
          }
        }
        failOnce()
        let descriptors = URL(fileURLWithPath: "/dev/fd")
        let before = try contents(of: descriptors).count
        for _ in 0..<50 { failOnce() }
        #expect(try contents(of: descriptors).count == before)
      }
    }
  }
}

/// `RLIMIT_FSIZE` is a case of an enumeration on Linux and an integer elsewhere.
private func setFileSizeLimit(_ limit: inout rlimit) -> Int32 {
  #if canImport(Glibc)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  #else
    setrlimit(RLIMIT_FSIZE, &limit)
  #endif
}
