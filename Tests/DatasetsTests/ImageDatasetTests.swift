import Datasets
import TestSupport
import Testing

@Suite struct ImageDatasetTests {
  private let dataset = ImageDataset(
    pixels: smallPixels, labels: [7, 0, 9], height: 2, width: 2, channels: 2, classCount: 10)

  @Test func findsItsImages() {
    #expect(dataset.count == 3)
    #expect(dataset.pixelsPerImage == 8)
    #expect(Array(dataset.image(1)) == [80, 90, 100, 110, 120, 130, 140, 150])
  }

  @Test func aRangeKeepsPixelsAndLabelsTogether() {
    let part = dataset[1..<3]
    #expect(part.labels == [0, 9])
    #expect(part.pixels == Array(smallPixels[8...]))
    #expect(part.channels == 2)
    #expect(dataset[0..<3] == dataset)
  }

  @Test func pixelMeansAreIntensities() {
    let means = dataset.pixelMeans
    for j in 0..<8 {
      let expected = (0..<3).reduce(0.0) { $0 + Double(smallPixels[8 * $1 + j]) } / 3 / 255
      #expect(abs(means[j] - expected) <= 1e-15)
    }
  }

  @Test func imagesForValidationAreTheLastOfTheTrainingPart() {
    let split = DatasetSplit(name: "small", training: dataset, test: dataset)
    #expect(split.validation == nil)
    let parts = split.holdingOut(1)
    #expect(parts.training == dataset[0..<2] && parts.validation == dataset[2..<3])
    #expect(parts.test == dataset && parts.name == "small")
  }

  @Test(arguments: [0, 3, -1])
  func holdingOutNoneOrAllStops(count: Int) async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [count] in
        let dataset = ImageDataset(
          pixels: [0, 0, 0], labels: [0, 0, 0], height: 1, width: 1, classCount: 1)
        _ = DatasetSplit(name: "small", training: dataset, test: dataset).holdingOut(count)
      }, "\(count) images for validation, of 3 to train on")
  }

  @Test func pixelsThatDoNotFitTheImagesStop() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ImageDataset(pixels: [1, 2, 3], labels: [0], height: 2, width: 2, classCount: 1)
      }, "3 pixels for 1 images of 2×2×1")
  }

  @Test(
    "Sizes that overflow and invalid numbers of classes stop the program with the values",
    arguments: [
      (Int.max, 2, 1, "1 pixels for 1 images of 9223372036854775807×2×1"),
      (1 << 62, 2, 1, "1 pixels for 1 images of 4611686018427387904×2×1"),
      (1, 1, -1, "a data set of -1 classes"), (1, 1, 0, "a data set of 0 classes"),
    ])
  func sizesThatOverflowStop(height: Int, width: Int, classes: Int, message: String) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [height, width, classes] in
      _ = ImageDataset(
        pixels: [1], labels: [0], height: height, width: width, classCount: classes)
    }
    expectMessage(result, message)
  }

  @Test func aPixelAboveTheMaximumStops() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ImageDataset(pixels: [17], labels: [0], height: 1, width: 1, maximum: 16, classCount: 1)
      }, "a pixel of 17 above the maximum, 16")
  }

  @Test func aLabelOutsideTheClassesStops() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ImageDataset(pixels: [1], labels: [3], height: 1, width: 1, classCount: 3)
      }, "a label outside 0..<3")
  }
}
