import Datasets
import Figures
import Foundation
import Inference
import LatentGraphs
import Programs
import Tensors

/// Draws all pictures into a folder; returns their subjects and paths.
func drawPictures(
  of results: [Result], test: ImageBatches<Float>, sweeps: Int, seed: UInt64, folder: String
) throws -> [(subject: String, path: String)] {
  let completed = try completions(results, test: test, sweeps: sweeps, seed: seed)
  let pictures: [(String, String, any Figure)] = [
    ("missing pixels filled in, with the names of the rows", "missing-pixels.svg", completed),
    ("the same without names", "missing-pixels.png", completed),
    (
      "one image and the noise of each model", "pixel-noise.svg",
      noise(results, test: test, seed: seed)
    ),
    (
      "correlations of the pixels' log-odds with the middle pixel's",
      "pixel-correlations.svg", correlations(results, test: test, seed: seed)
    ),
  ]
  return try pictures.map { subject, name, figure in
    let path = folder + "/" + name
    try figure.write(to: path)
    return (subject, path)
  }
}

/// Complete images, their observed parts, and for each model the mean of the missing part and a
/// sample.
private func completions(
  _ results: [Result], test: ImageBatches<Float>, sweeps: Int, seed: UInt64
) throws -> ImageGrid {
  let columns = 12
  let (height, width) = (test.images.height, test.images.width)
  var generator = Philox(seed: seed &+ 2)
  let x = test.batch(Array(0..<columns), using: &generator)
  let missing = missingPixels(height: height, width: width)
  var masked = x.scalars
  for image in 0..<columns {
    // Missing pixels have the grey of the gaps between images.
    for place in missing { masked[image * height * width + place] = 0.5 }
  }
  var (values, labels) = (x.scalars + masked, ["whole", "seen"])
  for result in [results[0], results.last!] {
    let progress = WorkProgress(label: result.name) { "sweep \($0) of \($1)" }
    let imputation = try impute(
      x, missing: missing, under: result.model, sweeps: sweeps, using: &generator,
      progress: progress.report)
    values += imputation.mean.scalars + imputation.draw.scalars
    labels += ["\(result.name): mean", "\(result.name): draw"]
  }
  return ImageGrid(
    title: "Missing pixels, filled in given the seen ones", values: values, height: height,
    width: width, columns: columns, scale: max(2, 56 / height), rowLabels: labels)
}

/// The lower half of the image.
private func missingPixels(height: Int, width: Int) -> [Int] {
  Array((height - height / 2) * width..<height * width)
}

/// One row for each model: the median of an image's pixels given the latents, and samples around
/// it.
private func noise(
  _ results: [Result], test: ImageBatches<Float>, seed: UInt64
) -> ImageGrid {
  let draws = 9
  let (height, width) = (test.images.height, test.images.width)
  var generator = Philox(seed: seed &+ 3)
  let image = test.batch([2], using: &generator)
  var values: [Float] = []
  for result in results {
    let pixels = result.pixels(result.model.graphicalModel(of: image).mean)
    values += image.scalars + pixels.median.scalars
    values += pixels.sample(draws, using: &generator).scalars
  }
  return ImageGrid(
    title: "A test image, its median given the latents, and draws given the latents",
    values: values, height: height, width: width, columns: draws + 2,
    scale: max(2, 56 / height), rowLabels: results.map(\.name))
}

/// The correlations of all log-odds with that of the middle pixel.
private func correlations(
  _ results: [Result], test: ImageBatches<Float>, seed: UInt64
) -> FigureGrid {
  let (height, width) = (test.images.height, test.images.width)
  var generator = Philox(seed: seed &+ 3)
  let image = test.batch([2], using: &generator)
  let middle = (height / 2) * width + width / 2
  return FigureGrid(
    title: "Correlation of the log-odds with the middle pixel's, given the latents",
    panels: results.map { result in
      let precision = result.pixels(result.model.graphicalModel(of: image).mean).logits.precision
      var unit = [Float](repeating: 0, count: height * width)
      unit[middle] = 1
      let covariance = precision.solve(Tensor(unit, shape: [1, height * width])).scalars
      let variances = precision.marginalVariances.scalars
      let values = covariance.indices.map {
        covariance[$0] / (variances[$0] * variances[middle]).squareRoot()
      }
      return MatrixPlot(
        title: result.name, values: values, rows: height, columns: width,
        style: .heatMap(label: "correlation"))
    })
}
