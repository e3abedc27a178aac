import CKernels
import Tensors

extension ChainPrecision: BandedPrecision {
  /// The diagonal and the band of offset 1.
  package var pattern: BandPattern { BandPattern(dimension: dimension, offsets: [0, 1]) }

  /// The diagonal of `L` and the band below it.
  package var factorBands: [Int: Tensor<Scalar>] {
    dimension == 1 ? [0: factorDiagonal] : [0: factorDiagonal, 1: factorOffDiagonal]
  }

  /// `Pᵢᵢ = lᵢ² + mᵢ₋₁²`, `Pᵢ,ᵢ₊₁ = lᵢ mᵢ`.
  package func precisionBands(_ offsets: [Int]) -> [Tensor<Scalar>] {
    offsets.map { offset in
      switch offset {
      case 0: diagonal
      case 1: offDiagonal
      default: stop("a chain's precision has no band \(offset)")
      }
    }
  }

  /// The covariances on a pattern of up to four bands with offsets of up to 64, and `nil` for
  /// others. Variances and the covariances of neighbours are computed by a recursion in `O(k)`.
  /// Covariances at a larger distance are products along the chain, `O(k)` for each unit of
  /// distance.
  package func covarianceBands(on pattern: BandPattern) -> [Int: Tensor<Scalar>]? {
    // The products cost O(k) for each unit of distance. For distant pairs a factorization is
    // cheaper.
    guard pattern.isBanded, pattern.offsets.last! <= 64 else { return nil }
    return bands(at: pattern.offsets)
  }

  /// `Σᵢ,ᵢ₊ₒ = Πⱼ (−mⱼ/lⱼ) vᵢ₊ₒ`, with the variances `v` and `j` from `i` to `i + o − 1`.
  private func bands(at offsets: [Int]) -> [Int: Tensor<Scalar>] {
    let (variance, neighbours) = chainCovariance(
      factorDiagonal, factorOffDiagonal, withNeighbours: offsets.contains(1))
    var result = [0: variance]
    result[1] = neighbours
    guard let furthest = offsets.last, furthest > 1 else { return result }
    let k = dimension
    let step = -factorOffDiagonal / factorDiagonal.slice(0..<k - 1, axis: -1)
    var product = step
    for distance in 2...furthest {
      product =
        product.slice(0..<k - distance, axis: -1) * step.slice(distance - 1..<k - 1, axis: -1)
      if offsets.contains(distance) {
        result[distance] = product * variance.slice(distance..<k, axis: -1)
      }
    }
    return result
  }
}

/// The variances and, on request, the covariances of neighbours, as a recorded operation.
private func chainCovariance<Scalar>(
  _ l: Tensor<Scalar>, _ m: Tensor<Scalar>, withNeighbours: Bool
) -> (Tensor<Scalar>, Tensor<Scalar>?) {
  let kernels = Scalar.kernels.bidiagonal
  let k = l.shape[-1]
  let rows = l.shape.dropLast().count
  let grain = max(1, (1 << 14) / k)
  let split = rows * k
  let batch = GridBatch(height: 1, width: k, count: rows)
  let bands = Tensor<Scalar>([split + (withNeighbours ? rows * (k - 1) : 0)]) { out in
    parallelFor(count: rows, grain: grain) {
      kernels.covariance(
        batch.rows($0), LGGridFactor([l.pointer, m.pointer]), out,
        withNeighbours ? out + split : nil)
    }
  }
  let recorded = bands.recorded(from: [l, m]) { [l = l.detached, m = m.detached] g, gradients in
    let (dl, dm) = (Tensor<Scalar>(l.shape) { _ in }, Tensor<Scalar>(m.shape) { _ in })
    let memory = [dl.mutablePointer, dm.mutablePointer]
    parallelFor(count: rows, grain: grain) {
      kernels.covarianceAdjoint(
        batch.rows($0), LGGridFactor([l.pointer, m.pointer]), bands.pointer, g.pointer,
        withNeighbours ? g.pointer + split : nil, LGGridGradient(memory))
    }
    gradients.add(to: 0, dl)
    gradients.add(to: 1, dm)
  }
  guard withNeighbours else { return (recorded.reshaped(to: l.shape), nil) }
  let parts = recorded.split(sizes: [split, rows * (k - 1)])
  return (parts[0].reshaped(to: l.shape), parts[1].reshaped(to: m.shape))
}
