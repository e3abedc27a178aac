import CKernels
import Tensors

/// The values of a node's parents, each multiplied by the gate of its edge and concatenated:
/// `[rows…, Σ dimensions]`.
///
/// `gates` holds the gates of all edges, `[edges]`, of which the elements of `range` are used; it
/// is `nil` if all edges are open. All parents have the same rows. This is one operation, so that
/// the values are copied once. Gradients flow to the parents and the gates.
@specialized(where Scalar == Float)
package func gatedParents<Scalar>(
  _ parents: [Tensor<Scalar>], gates: Tensor<Scalar>?, range: Range<Int>
) -> Tensor<Scalar> {
  guard let gates else { return .concatenated(parents, axis: -1) }
  let batch = parents[0].shape.dropLast()
  require(
    parents.count == range.count && range.upperBound <= gates.count
      && parents.allSatisfy { $0.shape.dropLast() == batch },
    "parents of shapes \(parents.map(\.shape)) with the gates \(range) of \(gates.count)")
  let widths = parents.map { $0.shape[-1] }
  let (rows, total) = (batch.count, widths.reduce(0, +))
  let value = Tensor<Scalar>(batch + [total]) { out in
    var start = 0
    for (index, parent) in parents.enumerated() {
      let gate = gates.pointer[range.lowerBound + index]
      Scalar.kernels.networks.gate(
        LGGatedRows(rows: rows, width: widths[index], x_step: widths[index], y_step: total), gate,
        false, parent.pointer, out + start)
      start += widths[index]
    }
  }
  return value.recorded(from: parents + [gates]) {
    [parents = parents.map { $0.detached }, gates = gates.detached] g, gradients in
    var start = 0
    for (index, width) in widths.enumerated() {
      let first = start
      gradients.update(index) {
        Scalar.kernels.networks.gate(
          LGGatedRows(rows: rows, width: width, x_step: total, y_step: width),
          gates.pointer[range.lowerBound + index], $1, g.pointer + first, $0)
      }
      start += width
    }
    gradients.update(parents.count) { memory, accumulate in
      if !accumulate { memory.update(repeating: 0, count: gates.count) }
      var start = 0
      for (index, parent) in parents.enumerated() {
        memory[range.lowerBound + index] += Scalar.kernels.networks.gateSlope(
          LGGatedRows(rows: rows, width: widths[index], x_step: total, y_step: widths[index]),
          g.pointer + start, parent.pointer)
        start += widths[index]
      }
    }
  }
}
