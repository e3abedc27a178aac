import Foundation

/// The content of a gzipped file, from the system's `gzip -dc`.
///
/// gzip reads the file itself as its standard input, so that the name need not end in `.gz`; what
/// it writes goes straight into the reader's buffer.
final class GzipSource: ByteSource {
  let name: String
  let length: ContentLength
  /// Kept open: gzip reads it.
  private let file: FileSource
  private let process = Process()
  private let output = Pipe()
  private let messages: PipeCollector
  private let exited = DispatchSemaphore(value: 0)
  private var isFinished = false

  /// - Throws: `DatasetError.gzipNotFound`, or `.unreadable` where gzip cannot be started.
  init(_ file: FileSource, environment: [String: String]) throws {
    self.file = file
    name = file.name
    length = .atMost(file.size.multipliedReportingOverflow(by: mostBytesOfOne).partialValue)
    let errors = Pipe()
    process.executableURL = try gzip(in: environment["PATH"] ?? "", for: file.name)
    process.arguments = ["-dc"]
    process.standardInput = FileHandle(fileDescriptor: file.descriptor, closeOnDealloc: false)
    process.standardOutput = output
    process.standardError = errors
    process.terminationHandler = { [exited] _ in exited.signal() }
    do {
      try process.run()
    } catch {
      throw DatasetError.unreadable(
        file: file.name, reason: "gzip cannot be started: \(error.localizedDescription)")
    }
    messages = PipeCollector(errors)
  }

  deinit {
    // Whoever stops early has no use for the rest.
    if !isFinished && process.isRunning { process.terminate() }
    // Foundation on Linux may keep a finished process, and with it the pipes, for ever.
    try? output.fileHandleForReading.close()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try fill(buffer, from: output.fileHandleForReading.fileDescriptor, file: name)
    if count < buffer.count { try finish() }
    return count
  }

  /// At the end of the content: gzip's own verdict, since a checksum comes last.
  private func finish() throws {
    if !isFinished { exited.wait() }
    isFinished = true
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw DatasetError.gzipFailed(
        file: name, status: Int(process.terminationStatus), message: messages.text())
    }
  }
}

/// Deflate writes 258 bytes in two bits at best: no gzipped file holds more than so many times its
/// size.
private let mostBytesOfOne = 1032

/// The first `gzip` in the folders of `PATH`.
private func gzip(in path: String, for file: String) throws -> URL {
  for folder in path.split(separator: ":") {
    let candidate = "\(folder)/gzip"
    if FileManager.default.isExecutableFile(atPath: candidate) {
      return URL(fileURLWithPath: candidate)
    }
  }
  throw DatasetError.gzipNotFound(file: file, path: path)
}

/// Reads a pipe to its end beside the caller, so that its writer never waits for room in it.
private final class PipeCollector: @unchecked Sendable {
  private let done = DispatchGroup()
  /// Written before `done` is left, read after it was waited for.
  private var data = Data()

  init(_ pipe: Pipe) {
    DispatchQueue.global().async(group: done) {
      self.data = pipe.fileHandleForReading.readDataToEndOfFile()
      try? pipe.fileHandleForReading.close()
    }
  }

  /// What came through the pipe, on one line.
  func text() -> String {
    done.wait()
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
  }
}
