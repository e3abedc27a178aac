import NeuralNetworks
import Tensors

/// Where the parts of an `AncestralPass` lie, as they are laid out one after the other.
struct AncestralLayout<Scalar: TensorScalar> {
  let rowShape: Shape
  let rows: Int
  private(set) var sources: [Tensor<Scalar>]
  private(set) var bufferCount = 0
  private(set) var valueCount = 0

  init(rowShape: Shape, gates: Tensor<Scalar>?) {
    (self.rowShape, rows) = (rowShape, rowShape.count)
    sources = gates.map { [$0] } ?? []
  }

  mutating func placeInBuffer(_ count: Int) -> Int {
    defer { bufferCount += (count + 15) / 16 * 16 }
    return bufferCount
  }

  mutating func placeInValue(_ count: Int) -> Int {
    defer { valueCount += count }
    return valueCount
  }

  /// What a conditional has at a node whose parents have so many variables; `nil` where it is no normal
  /// by heads, or where it and the evidence do not fit each other.
  @specialized(where Scalar == Float)
  mutating func side(
    of conditional: any Conditional<Scalar>, at node: LatentGraph.Node, parents: Int,
    evidence: Tensor<Scalar>?, input: Int, isGated: Bool
  ) -> AncestralPass<Scalar>.Side? {
    let momentCount = 2 * node.dimension
    if let standard = conditional as? StandardNormal<Scalar> {
      guard standard.dimension == node.dimension, evidence == nil else { return nil }
      return .init(prediction: nil, given: (.zeros([momentCount]), nil), moments: 0)
    }
    guard let headed = conditional.headed, (headed.bottomUp != nil) == (evidence != nil),
      evidence.map({ fits($0, momentCount) }) ?? true
    else { return nil }
    let given = evidence.map { ($0.detached, addSources([$0]) as Int?) }
    guard let head = headed.topDown else {
      return given.map { .init(prediction: nil, given: $0, moments: 0) }
    }
    let pass = head.perceptron.pass(rows: rows)
    guard pass.inputs == parents, pass.outputs == momentCount else { return nil }
    let predicted = placeInValue(rows * momentCount)
    return .init(
      prediction: .init(
        pass: pass, source: addSources(pass.parameters.map { $0.value }), isGated: isGated,
        input: input, memory: placeInBuffer(pass.bufferCount), moments: predicted),
      given: given, moments: given == nil ? predicted : placeInValue(rows * momentCount))
  }

  private func fits(_ evidence: Tensor<Scalar>, _ momentCount: Int) -> Bool {
    let batch = evidence.shape.droppingLast()
    return evidence.shape[-1] == momentCount && rowShape.last(batch.rank) == batch
  }

  /// The index of the first of these.
  private mutating func addSources(_ tensors: [Tensor<Scalar>]) -> Int {
    defer { sources.append(contentsOf: tensors) }
    return sources.count
  }
}
