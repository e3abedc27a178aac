import Datasets
import Foundation
import TestSupport
import Testing

/// The bytes of an IDX file.
func idx(type: UInt8 = 0x08, dimensions: [UInt32], content: [UInt8]) -> [UInt8] {
  var bytes: [UInt8] = [0, 0, type, UInt8(dimensions.count)]
  for dimension in dimensions {
    bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: dimension >> $0) }
  }
  return bytes + content
}

/// Three images of 2×4 pixels, and their labels.
let smallPixels = (0..<24).map { UInt8($0 * 10) }
let smallImages = idx(dimensions: [3, 2, 4], content: smallPixels)
let smallLabels = idx(dimensions: [3], content: [7, 0, 9])

/// Reads a data set of ten classes from bytes in memory.
func read(images: [UInt8] = smallImages, labels: [UInt8] = smallLabels) throws -> ImageDataset {
  try ImageDataset(
    images: MemorySource(images, name: "images"), labels: MemorySource(labels, name: "labels"),
    classCount: 10)
}

/// The sum of all bytes.
func sum(_ pixels: some Sequence<UInt8>) -> Int { pixels.reduce(0) { $0 + Int($1) } }

/// The bytes compressed by the gzip program.
func gzipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let folder = try TemporaryFolder()
  let file = try folder.write(bytes, "content")
  return try output(of: ["gzip", "-c", file])
}

/// The output of a command, which must succeed.
func output(of command: [String]) throws -> [UInt8] {
  let process = Process()
  let output = Pipe()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return [UInt8](data)
}

/// The bytes after one to three changes: a byte set, a bit flipped, or bytes removed, added or
/// repeated.
func mutated(_ bytes: [UInt8], using generator: inout SplitMix) -> [UInt8] {
  var bytes = bytes
  for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
    let place = Int.random(in: bytes.indices, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: bytes[place] = .random(in: 0...255, using: &generator)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator)!
    case 3: bytes.removeLast(bytes.count - place)
    case 4: bytes.remove(at: place)
    default: bytes.insert(contentsOf: bytes[place...].prefix(4), at: place)
    }
  }
  return bytes
}
