import Datasets
import Figures
import Foundation
import Inference
import LatentGraphs
import Tensors
import VariationalAutoencoders

/// Draws all pictures into a folder and returns their paths.
func drawPictures(
  of results: [Result], test: ImageBatches<Float>, seed: UInt64, folder: String
) throws -> [String] {
  var generator = Philox(seed: seed)
  let image = test.batch([0], using: &generator)
  var pictures: [(String, any Figure)] = [
    ("training-curves.svg", trainingCurves(results)),
    ("factor-diagonals.svg", factorDiagonals(results, image: image)),
    ("precision-matrices.svg", precisionMatrices(results, image: image)),
  ]
  // A run that was resumed after its last epoch has no recorded means.
  let observed = results.filter { !$0.means.isEmpty }
  if !observed.isEmpty { pictures.append(("posterior-means.svg", posteriorMeans(observed))) }
  for result in results {
    pictures.append(
      ("images-\(result.structure).png", try imageGrid(result, test: test, using: &generator)))
  }
  return try pictures.map { name, figure in
    let path = folder + "/" + name
    try figure.write(to: path)
    return path
  }
}

/// The test ELBO over the epochs.
private func trainingCurves(_ results: [Result]) -> LinePlot {
  LinePlot(
    title: "Evidence lower bound on the test images",
    xAxis: Axis("epoch"), yAxis: Axis("ELBO", unit: "nats an image"),
    series: results.map { result in
      Series(
        "\(result.structure)", x: result.history.map { Double($0.epoch) },
        y: result.history.map { $0.testELBO ?? .nan })
    })
}

/// The posterior mean of one image during training (the poster's figure 5).
private func posteriorMeans(_ results: [Result]) -> FigureGrid {
  FigureGrid(
    title: "Means of the posterior of one test image",
    panels: results.map { result in
      LinePlot(
        title: "\(result.structure)", xAxis: Axis("epoch"), yAxis: Axis("mean of zᵢ"),
        series: (0..<result.structure.dimension).map { index in
          Series(
            x: result.means.map { Double($0.epoch) },
            y: result.means.map { Double($0.values[index]) })
        },
        legend: .none, size: Size(width: 330, height: 300))
    })
}

/// The elements of the factor of the posterior precision for one image (the poster's figure 4).
private func factorDiagonals(_ results: [Result], image: Tensor<Float>) -> FigureGrid {
  let factors = results.map {
    bands(of: $0.model.graphicalModel(of: image).precision)
  }
  // One range for all panels makes them comparable; leave room for the legends above the data.
  let elements = factors.joined().flatMap(\.values).filter(\.isFinite).map { Double($0) }
  let (lowest, highest) = (elements.min() ?? 0, elements.max() ?? 1)
  let span = max(highest - lowest, 1e-3)
  let range = lowest - 0.05 * span...highest + 0.55 * span
  return FigureGrid(
    title: "Elements of the Cholesky factor of one test image's precision",
    panels: zip(results, factors).map { result, bands in
      LinePlot(
        title: "\(result.structure)", xAxis: Axis("variable i"),
        yAxis: Axis("element of L", range: range),
        series: bands.map { Series($0.name, y: $0.values, style: .markedLine) },
        legend: .automatic, size: Size(width: 330, height: 340))
    })
}

/// The bands of a factor, each element at the index of its column's variable.
private func bands(
  of precision: any PrecisionStructure<Float>
) -> [(name: String, values: [Float])] {
  switch precision {
  case let chain as ChainPrecision<Float>:
    return [
      ("L[i, i]", chain.factorDiagonal.scalars), ("L[i+1, i]", chain.factorOffDiagonal.scalars),
    ]
  case let grid as ExtendedGridPrecision<Float>:
    // The last variable of a grid row has no right neighbour: leave a gap.
    let right = grid.factorRight.scalars
    let links = (0..<grid.dimension).map { index in
      let (row, column) = (index / grid.width, index % grid.width)
      return column < grid.width - 1 ? right[row * (grid.width - 1) + column] : .nan
    }
    return [
      ("L[i, i]", grid.factorDiagonal.scalars), ("L[i+1, i]", links),
      ("L[i+w, i]", grid.factorDown.scalars),
    ]
  case let diagonal as DiagonalPrecision<Float>:
    return [("L[i, i]", diagonal.logFactor.exp().scalars)]
  default: return []
  }
}

/// The posterior precision for one image.
private func precisionMatrices(_ results: [Result], image: Tensor<Float>) -> FigureGrid {
  FigureGrid(
    title: "Precision of the posterior of one test image",
    panels: results.map { result in
      let matrix = result.model.graphicalModel(of: image).precision.matrix
      let k = result.structure.dimension
      return MatrixPlot(
        title: "\(result.structure)", values: matrix.scalars, rows: k, columns: k,
        style: .heatMap(label: "precision"))
    })
}

/// Rows of test images, their reconstructions, and samples from the prior.
private func imageGrid(
  _ result: Result, test: ImageBatches<Float>, using generator: inout Philox
) throws -> ImageGrid {
  let columns = 12
  let model = result.model
  let images = test.batch(Array(0..<columns), using: &generator)
  func pixels(_ latents: Tensor<Float>) throws -> [Float] {
    try model.observation(given: latents, mode: .evaluation).mean.scalars
  }
  let height = test.images.height
  let values =
    try images.scalars + pixels(model.graphicalModel(of: images).mean)
    + pixels(model.samplePrior(2 * columns, using: &generator))
  return ImageGrid(
    title: "\(result.structure)", values: values, height: height, width: test.images.width,
    columns: columns, scale: max(1, 64 / height),
    rowLabels: ["data", "reconstruction", "prior draw", "prior draw"])
}
