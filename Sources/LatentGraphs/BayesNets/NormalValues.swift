import Tensors

/// The results of a `NormalNodes` operation: parts of one tensor, through which gradients flow.
final class NormalValues<Scalar: TensorScalar> {
  private let nodes: NormalNodes<Scalar>
  private let value: Tensor<Scalar>
  /// The values of the sampled nodes, by their first column.
  private lazy var drawn: [Int: Tensor<Scalar>] = {
    let members = nodes.nodes.filter { $0.isDrawn }.sorted { $0.column < $1.column }
    let parts = drawnValues.split(sizes: members.map { $0.dimension })
    return Dictionary(uniqueKeysWithValues: zip(members.map { $0.column }, parts))
  }()

  init(of nodes: NormalNodes<Scalar>, _ value: Tensor<Scalar>) {
    (self.nodes, self.value) = (nodes, value)
  }

  /// The sampled values, concatenated in the order of the graph's nodes: `[rows…, dimensions]`.
  var drawnValues: Tensor<Scalar> {
    value.part(0..<nodes.rows * nodes.drawnDimension, as: nodes.rowShape + [nodes.drawnDimension])
  }

  /// Whether the values of all nodes were sampled.
  var areAllDrawn: Bool {
    nodes.nodes[nodes.outside...].allSatisfy { $0.isDrawn }
  }

  /// `KL(first ‖ second)` of each node, in the order of the nodes: `[nodes, rows…]`.
  var divergences: Tensor<Scalar> {
    let (start, count) = (nodes.divergencesStart, nodes.nodes.count - nodes.outside)
    return value.part(start..<start + count * nodes.rows, as: [count] + nodes.rowShape)
  }

  /// The value of a node.
  func value(at place: Int) -> Tensor<Scalar> {
    let node = nodes.nodes[nodes.outside + place]
    if node.isDrawn { return drawn[node.column]! }
    return node.input.source.map { nodes.sources[$0] } ?? node.input.tensor
  }

  /// The distribution of a node in one of the nets.
  func distribution(at place: Int, side: Int) -> Normal<Scalar> {
    let node = nodes.nodes[nodes.outside + place]
    let (side, k) = (node.sides[side], node.dimension)
    guard side.prediction != nil else {
      let given = side.given!
      return Normal(moments: given.source.map { nodes.sources[$0] } ?? given.tensor)
    }
    let moments = side.moments..<side.moments + nodes.rows * 2 * k
    return Normal(moments: value.part(moments, as: nodes.rowShape + [2 * k]))
  }
}
