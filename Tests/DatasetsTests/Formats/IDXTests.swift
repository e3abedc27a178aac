import Datasets
import TestSupport
import Testing

@Suite struct IDXTests {
  @Test func readsWhatWasWritten() throws {
    let dataset = try read()
    #expect(dataset.pixels == smallPixels)
    #expect(dataset.labels == [7, 0, 9])
    #expect([dataset.height, dataset.width, dataset.channels] == [2, 4, 1])
    #expect(dataset.maximum == 255)
  }

  @Test func readsLabelsOfTwoBytes() throws {
    let labels = idx(type: 0x0B, dimensions: [3], content: [0, 7, 1, 0x2C, 0x03, 0xE7])
    let dataset = try ImageDataset(
      images: MemorySource(smallImages, name: "images"),
      labels: MemorySource(labels, name: "labels"), classCount: 1000)
    #expect(dataset.labels == [7, 300, 999])
  }

  @Test func readsLabelsOfOtherIntegers() throws {
    for (type, content) in [
      (0x09 as UInt8, [0, 7, 9] as [UInt8]), (0x0C, [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 9]),
    ] {
      #expect(
        try read(labels: idx(type: type, dimensions: [3], content: content)).labels == [0, 7, 9])
    }
    for (type, content, found) in [
      (0x09 as UInt8, [0, 0xFF, 9] as [UInt8], "-1"),
      (0x0C, [0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 9], "-2147483648"),
    ] {
      let error = #expect(throws: DatasetError.self) {
        try read(labels: idx(type: type, dimensions: [3], content: content))
      }
      guard case .unexpected("labels", _, .label, _, found) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("Labels or images of a wrong type or number of dimensions are refused with the field named")
  func refusesOtherTypes() throws {
    for (images, labels, field) in [
      (
        smallImages, idx(type: 0x0D, dimensions: [3], content: smallPixels),
        DatasetError.Field.elementType
      ),
      (smallImages, idx(type: 0x0C, dimensions: [3, 8], content: []), .dimensionCount),
      (idx(dimensions: [0, 4, 5], content: []), smallLabels, .dimension),
      (idx(dimensions: [4, 5], content: smallPixels), smallLabels, .dimensionCount),
      (idx(dimensions: [3, 2, 4, 1], content: smallPixels), smallLabels, .dimensionCount),
      (idx(type: 0x0D, dimensions: [3, 2, 4], content: smallPixels), smallLabels, .elementType),
    ] {
      let error = #expect(throws: DatasetError.self) { try read(images: images, labels: labels) }
      guard case .unexpected(_, _, field, _, _) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test(arguments: [
    // The bytes, and the error that they cause as an image file.
    ([1, 0, 8, 3], 0, DatasetError.Field.magicNumber, "01 00"),
    ([0, 8, 8, 3], 0, .magicNumber, "00 08"),
    ([0x1F, 0x8B, 8, 3], 0, .magicNumber, "1F 8B"),
    ([0, 0, 0x0D, 3], 2, .elementType, "0D"),
    ([0, 0, 0x0B, 3], 2, .elementType, "0B"),
    ([0, 0, 8, 1], 3, .dimensionCount, "1"),
    ([0, 0, 8, 255], 3, .dimensionCount, "255"),
    ([0, 0, 8, 3, 0, 0, 0, 0], 4, .dimension, "0"),
    ([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 0], 8, .dimension, "0"),
    ([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0], 12, .dimension, "0"),
  ])
  func refusesHeaders(
    bytes: [UInt8], offset: Int, field: DatasetError.Field, found: String
  ) throws {
    let error = #expect(throws: DatasetError.self) { try read(images: bytes) }
    guard case .unexpected("images", offset, field, _, found) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(
      "\(try #require(error))".hasPrefix("images: byte \(offset): the \(field.rawValue) must"))
  }

  @Test func refusesEveryTruncation() throws {
    for length in smallImages.indices {
      let expected = length < 16 ? nil : smallImages.count
      let error = #expect(throws: DatasetError.self) {
        try read(images: Array(smallImages.prefix(length)))
      }
      guard case .truncated("images", length, let announced) = error else {
        Issue.record("\(length) bytes: \(String(describing: error))")
        continue
      }
      #expect(announced > length)
      if let expected { #expect(announced == expected) }
    }
    for length in smallLabels.indices {
      let error = #expect(throws: DatasetError.self) {
        try read(labels: Array(smallLabels.prefix(length)))
      }
      guard case .truncated("labels", length, _) = error else {
        Issue.record("\(length) bytes: \(String(describing: error))")
        continue
      }
    }
  }

  @Test func refusesTrailingBytes() {
    #expect(throws: DatasetError.trailingBytes(file: "images", offset: 40)) {
      try read(images: smallImages + [0])
    }
    #expect(throws: DatasetError.trailingBytes(file: "labels", offset: 11)) {
      try read(labels: smallLabels + [1, 2])
    }
  }

  /// Memory of these sizes is never allocated: 2⁹⁶ bytes overflow an integer, and 2⁶² bytes exceed
  /// any memory.
  @Test func refusesAbsurdDimensionsBeforeAllocating() {
    let most = UInt32.max
    #expect(
      throws: DatasetError.tooLarge(
        file: "images", offset: 4, dimensions: [Int(most), Int(most), Int(most)], limit: 40)
    ) {
      try read(images: idx(dimensions: [most, most, most], content: smallPixels))
    }
    #expect(
      throws: DatasetError.truncated(file: "images", offset: 40, expected: 1 << 62 + 16)
    ) {
      try read(images: idx(dimensions: [1 << 31, 1 << 31, 1], content: smallPixels))
    }
  }

  @Test func refusesLabelsThatDoNotFit() {
    #expect(
      throws: DatasetError.unexpected(
        file: "labels", offset: 4, field: .labelCount, expected: "3, one for each image",
        found: "2")
    ) {
      try read(labels: idx(dimensions: [2], content: [7, 0]))
    }
    #expect(
      throws: DatasetError.unexpected(
        file: "labels", offset: 10, field: .label, expected: "from 0 to below 10", found: "10")
    ) {
      try read(labels: idx(dimensions: [3], content: [7, 0, 10]))
    }
    #expect(
      throws: DatasetError.unexpected(
        file: "labels", offset: 10, field: .label, expected: "from 0 to below 10", found: "-1")
    ) {
      try read(labels: idx(type: 0x0B, dimensions: [3], content: [0, 7, 0xFF, 0xFF, 0, 1]))
    }
  }

  @Test func refusesImagesOfAnotherSize() {
    #expect(
      throws: DatasetError.unexpected(
        file: "images", offset: 12, field: .dimension, expected: "28", found: "4")
    ) {
      try ImageDataset(
        images: MemorySource(smallImages, name: "images"),
        labels: MemorySource(smallLabels, name: "labels"), size: (2, 28), classCount: 10)
    }
  }

  /// A mutated file is refused with a typed error, or its contents are exactly its bytes. It never
  /// causes a crash.
  @Test(arguments: [1, 2, 3, 4])
  func survivesMutations(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    var outcomes = (values: 0, errors: 0)
    for _ in 0..<5_000 {
      let images = mutated(smallImages, using: &generator)
      let labels =
        Bool.random(using: &generator) ? smallLabels : mutated(smallLabels, using: &generator)
      do {
        let dataset = try read(images: images, labels: labels)
        #expect(dataset.pixels == Array(images[16...]))
        #expect(dataset.labels.count == dataset.count)
        outcomes.values += 1
      } catch is DatasetError {
        outcomes.errors += 1
      }
    }
    // Both outcomes must be frequent, so that the mutations are neither too weak nor too strong.
    #expect(outcomes.values > 100)
    #expect(outcomes.errors > 100)
  }
}
