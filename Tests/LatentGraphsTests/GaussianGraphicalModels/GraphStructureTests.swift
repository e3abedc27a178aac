import Foundation
import LatentGraphs
import TestSupport
import Testing

extension GraphTests {
  @Suite("Precisions computed from the outputs of a network") struct FromElements {
    static let structures: [GraphStructure] =
      [
        .diagonal(1), .diagonal(4), .chain(1), .chain(2), .chain(5), .dense(1), .dense(2),
        .dense(4),
      ]
      + [(1, 1), (1, 4), (4, 1), (2, 2), (2, 3), (3, 2)].map {
        .extendedGrid(height: $0.0, width: $0.1)
      }
      + [(1, 1), (1, 4), (4, 1), (2, 2), (2, 3), (3, 2)].map { .grid(height: $0.0, width: $0.1) }

    /// The dense `P` for one row of elements, in the documented order.
    static func twin(_ structure: GraphStructure, _ elements: [Double]) -> Matrix {
      let k = structure.dimension
      if case .grid = structure {
        var precision = Matrix(zeros: k, k)
        for i in 0..<k { precision.rows[i][i] = log1p(Foundation.exp(elements[i])) }
        for (place, element) in zip(links(structure), elements.dropFirst(k)) {
          precision.rows[place.row][place.column] = element
          precision.rows[place.column][place.row] = element
          precision.rows[place.row][place.row] += abs(element)
          precision.rows[place.column][place.column] += abs(element)
        }
        return precision
      }
      var factor = Matrix(zeros: k, k)
      for i in 0..<k { factor.rows[i][i] = Foundation.exp(elements[i]) }
      for (place, element) in zip(links(structure), elements.dropFirst(k)) {
        factor.rows[place.row][place.column] = element
      }
      return factor * factor.transposed
    }

    /// The positions below the diagonal, in the order of the elements.
    static func links(_ structure: GraphStructure) -> [(row: Int, column: Int)] {
      switch structure {
      case .diagonal: return []
      case .chain(let k): return (1..<k).map { ($0, $0 - 1) }
      case .dense(let k): return (0..<k).flatMap { i in (0..<i).map { (i, $0) } }
      case .extendedGrid(let h, let w), .grid(let h, let w):
        let right = (0..<h * w).filter { $0 % w != w - 1 }.map { (row: $0 + 1, column: $0) }
        let down = (0..<(h - 1) * w).map { (row: $0 + w, column: $0) }
        return right + down
      }
    }

    @Test(
      "The elements of a structure are at the documented positions", arguments: structures,
      [[], [2], [2, 3]] as [Shape])
    func matrix(_ structure: GraphStructure, _ batch: Shape) {
      var generator = Philox(seed: 80)
      let count = structure.elementCount
      #expect(count == structure.dimension + Self.links(structure).count)
      let elements = Tensor<Double>.uniform(batch + [count], in: -0.7..<0.7, using: &generator)
      let precision = structure.precision(elements)
      #expect(precision.batchShape == batch && precision.dimension == structure.dimension)
      let expected = elements.vectors.flatMap { Self.twin(structure, $0).rows.joined() }
      expectClose(precision.matrix, expected, within: 1e-13, "\(structure)")
    }

    @Test(
      "The gradients with respect to all elements agree with central differences",
      arguments: structures, [[], [2]] as [Shape])
    func gradients(_ structure: GraphStructure, _ batch: Shape) {
      var generator = Philox(seed: 81)
      let elements = Tensor<Double>.uniform(
        batch + [structure.elementCount], in: -0.7..<0.7, using: &generator)
      let noise = Tensor<Double>.normal([2] + batch + [structure.dimension], using: &generator)
      expectGradients(at: [elements], within: 1e-7, "\(structure)") {
        let precision = structure.precision($0[0])
        return weightedSum([
          precision.whiten(noise), precision.unwhiten(noise), precision.multiplyFactor(noise),
          precision.logDeterminant, precision.matrix,
        ])
      }
    }

    @Test(
      "Network outputs without a valid precision give a density or draw that is not finite",
      arguments: [.diagonal(4), .chain(4), .extendedGrid(height: 2, width: 2), .dense(4)]
        as [GraphStructure],
      [Float.nan, -200])
    func divergence(_ structure: GraphStructure, _ element: Float) { diverge(structure, element) }

    @Test(
      "NaN network outputs for a regular grid give a density or draw that is not finite",
      arguments: [
        .grid(height: 2, width: 2), .grid(height: 1, width: 4), .grid(height: 4, width: 1),
      ] as [GraphStructure])
    func gridDivergence(_ structure: GraphStructure) { diverge(structure, .nan) }

    private func diverge(_ structure: GraphStructure, _ element: Float) {
      var elements = [Float](repeating: 0.1, count: structure.elementCount)
      elements[1] = element
      let model = GaussianGraphicalModel(precision: structure.precision(Tensor(elements)))
      let draw = model.sample(noise: .ones([4]))
      let isFinite = model.logDensity(of: draw).isFinite && draw.isFinite
      #expect(!isFinite)
    }
  }
}
