import Datasets
import Testing

/// The expected values were computed from the CSV file with Python's `csv` module.
@Suite struct DigitsTests {
  @Test func allHasTheKnownImages() {
    let all = Digits.all
    #expect(all.count == 1797)
    #expect([all.height, all.width, all.channels, all.classCount] == [8, 8, 1, 10])
    #expect(all.maximum == 16)
    #expect(all.pixels.max() == 16)
    #expect(all.pixels.reduce(0) { $0 + Int($1) } == 561_718)
    #expect(histogram(all) == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test func theFirstAndTheLastRowAreThoseOfTheFile() {
    #expect(
      Array(Digits.all.image(0).prefix(16)) == [
        0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0,
      ])
    #expect(
      Array(Digits.all.image(1796).prefix(16)) == [
        0, 0, 10, 14, 8, 1, 0, 0, 0, 2, 16, 14, 6, 1, 0, 0,
      ])
    #expect(Array(Digits.all.labels.prefix(3)) == [0, 1, 2])
    #expect(Digits.all.labels.last == 8)
  }

  @Test func theSplitIsByPosition() {
    let split = Digits.load()
    #expect(split.training.count == 1500)
    #expect(split.test.count == 297)
    #expect(split.training.pixels + split.test.pixels == Digits.all.pixels)
    #expect(split.training.labels + split.test.labels == Digits.all.labels)
    #expect(histogram(split.test) == [27, 31, 27, 30, 33, 30, 30, 30, 28, 31])
  }
}

/// The number of images of each class.
func histogram(_ dataset: ImageDataset) -> [Int] {
  dataset.labels.reduce(into: Array(repeating: 0, count: dataset.classCount)) { $0[$1] += 1 }
}
