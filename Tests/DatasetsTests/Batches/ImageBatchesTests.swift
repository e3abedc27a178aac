import Datasets
import TestSupport
import Testing

@Suite("Images as observations")
struct ImageBatchesTests {
  let digits = Digits.load().training

  @Test(
    "Each preparation of the pixels has its own recipe, by which a run is not continued with another"
  )
  func recipes() {
    let preparations: [PixelPreparation] = [
      .scaled, .binarized(.dynamic), .binarized(.static(seed: 1)), .binarized(.static(seed: 2)),
      .binarized(.threshold), .dequantized(.dynamic), .dequantized(.static(seed: 1)),
    ]
    let recipes = preparations.map { ImageBatches<Float>(digits, $0).recipe }
    #expect(Set(recipes).count == recipes.count, "\(recipes)")
  }

  @Test("Grey values are the pixels divided by their maximum")
  func grey() {
    var generator = Philox(seed: 1)
    let batch = ImageBatches<Double>(digits, .scaled).batch([3, 0], using: &generator)
    #expect(batch.shape == [2, 64])
    #expect(batch.slice(at: 0).scalars == digits.image(3).map { Double($0) / 16 })
    #expect(batch.slice(at: 1).scalars == digits.image(0).map { Double($0) / 16 })
  }

  @Test(
    "A batch of no images has no rows for every preparation",
    arguments: [
      PixelPreparation.scaled, .binarized(.threshold), .binarized(.dynamic),
      .binarized(.static(seed: 1)), .dequantized(.dynamic), .dequantized(.static(seed: 1)),
    ])
  func nothing(preparation: PixelPreparation) {
    var generator = Philox(seed: 1)
    let batch = ImageBatches<Float>(digits, preparation).batch([], using: &generator)
    #expect(batch.shape == [0, 64])
  }

  @Test("Dynamic bits differ between visits, and their mean is the grey value")
  func dynamic() {
    var generator = Philox(seed: 2)
    let source = ImageBatches<Double>(digits, .dynamic)
    let visits = source.batch([Int](repeating: 5, count: 20_000), using: &generator)
    #expect(visits.slice(at: 0).scalars != visits.slice(at: 1).scalars)
    #expect(visits.scalars.allSatisfy { $0 == 0 || $0 == 1 })
    expectCalibrated { statistics in
      for (mean, pixel) in zip(visits.mean(axis: 0).scalars, digits.image(5)) {
        let p = Double(pixel) / 16
        statistics.compare(mean, p, error: (p * (1 - p) / 20_000).squareRoot(), "pixel \(pixel)")
      }
    }
  }

  @Test("Static bits depend on the seed and the image only")
  func fixed() {
    let source = ImageBatches<Float>(digits, .static(seed: 7))
    var (first, second) = (Philox(seed: 3), Philox(seed: 4))
    let alone = source.batch([9], using: &first)
    let among = source.batch([2, 9, 4], using: &second)
    #expect(alone.scalars == among.slice(at: 1).scalars)
    #expect(first == Philox(seed: 3))
    let other = ImageBatches<Float>(digits, .static(seed: 8)).batch([9], using: &first)
    #expect(other.scalars != alone.scalars)
  }

  @Test("The threshold of binarized pixels is half of the maximum")
  func threshold() {
    var generator = Philox(seed: 5)
    let batch = ImageBatches<Float>(digits, .threshold).batch([1], using: &generator)
    #expect(batch.scalars == digits.image(1).map { $0 >= 8 ? 1 : 0 })
  }

  @Test("An image index that is out of range stops the program")
  func indexOutside() async {
    expectMessage(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        var generator = Philox(seed: 1)
        let source = ImageBatches<Float>(Digits.all, .scaled)
        _ = source.batch([Digits.all.count], using: &generator)
      }, "image \(Digits.all.count) of \(Digits.all.count)")
  }
}
