import Tensors
import Testing

/// Compares shapes with arrays of their sizes, up to ranks whose sizes are not stored inline.
@Suite("Shape")
struct ShapeTests {
  private static let ranks = Array(0...7)

  private func sizes(_ rank: Int, from first: Int = 2) -> [Int] { (0..<rank).map { first + $0 } }

  @Test("A shape returns the sizes from which it was made", arguments: ranks)
  func sizes(rank: Int) {
    let (sizes, shape) = (sizes(rank), Shape(sizes(rank)))
    #expect(shape.sizes == sizes && shape.rank == rank)
    #expect(shape.count == sizes.reduce(1, *))
    #expect(shape.description == sizes.description)
    for axis in 0..<rank {
      #expect(shape[axis] == sizes[axis] && shape[axis - rank] == sizes[axis])
    }
  }

  @Test("Two shapes are equal exactly if their ranks and sizes are equal", arguments: ranks)
  func equality(rank: Int) {
    let shape = Shape(sizes(rank))
    #expect(shape == Shape(sizes(rank)) && shape.hashValue == Shape(sizes(rank)).hashValue)
    #expect(shape != shape + [1] && shape != [1] + shape)
    for axis in 0..<rank { #expect(shape != shape.replacing(axis: axis, with: 9)) }
  }

  @Test("Shapes are joined, truncated and changed like arrays", arguments: ranks)
  func parts(rank: Int) {
    let (sizes, shape) = (sizes(rank), Shape(sizes(rank)))
    for other in Self.ranks {
      let more = self.sizes(other, from: 11)
      #expect((shape + Shape(more)).sizes == sizes + more)
      #expect(shape.dropLast(other).sizes == Array(sizes.dropLast(other)))
      #expect(shape.last(other).sizes == Array(sizes.suffix(other)))
    }
    for axis in 0..<rank {
      var changed = sizes
      changed[axis] = 0
      #expect(shape.replacing(axis: axis - rank, with: 0).sizes == changed)
      #expect(shape.replacing(axis: axis, with: 0).count == 0)
    }
  }

  @Test(
    "Axes are removed from and inserted into a tensor's shape at any position", arguments: 1...7)
  func axes(rank: Int) {
    let tensor = Tensor<Float>.ones(
      Shape(
        [Int](repeating: 2, count: rank).enumerated().map {
          $0.offset + 1
        }))
    for axis in 0..<rank {
      var (removed, inserted) = (tensor.shape.sizes, tensor.shape.sizes)
      removed.remove(at: axis)
      inserted.insert(1, at: axis)
      let sum = tensor.sum(axis: axis)
      #expect(sum.shape.sizes == removed)
      #expect(sum.scalars.allSatisfy { $0 == Float(axis + 1) })
      #expect(tensor.addingAxis(at: axis).shape.sizes == inserted)
    }
  }
}
