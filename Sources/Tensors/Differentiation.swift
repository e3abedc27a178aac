/// The gradients of a scalar with respect to variables, in the order and with the shapes of the
/// variables.
///
/// `output` has one element. If it does not depend on a variable, that gradient is zero. Gradients
/// are not differentiable themselves: an output that depends on a gradient is refused, unless the
/// gradient was made a constant by `detached`.
///
/// The graph of operations is not changed: the same output, or another one that shares parts of the
/// graph, can be differentiated again, also by several tasks at the same time.
/// - Complexity: a small multiple of the cost of computing `output`.
public func gradients<Scalar: TensorScalar>(
  of output: Tensor<Scalar>, withRespectTo variables: [Tensor<Scalar>]
) -> [Tensor<Scalar>] {
  let nodes = variables.map { variable in
    guard let node = variable.node, !node.isGradient else {
      stop("a gradient was asked for with respect to a constant; make it a variable: tracked()")
    }
    return node
  }
  return zip(nodes, backpropagate(from: output, keeping: nodes)).map { node, gradient in
    (gradient ?? .zeros(node.shape)).asGradient()
  }
}

/// The value and the gradient of a function at a point; neither is differentiable itself.
public func valueWithGradient<Scalar: TensorScalar>(
  at point: Tensor<Scalar>, of function: (Tensor<Scalar>) throws -> Tensor<Scalar>
) rethrows -> (value: Tensor<Scalar>, gradient: Tensor<Scalar>) {
  let variable = point.detached.tracked()
  let value = try function(variable)
  let gradient = gradients(of: value, withRespectTo: [variable])[0]
  return (value.detached.asGradient(), gradient)
}

/// The gradients of `output` with respect to the nodes in `kept`; `nil` stands for zero. If
/// `destinations` are given, one for each node, the gradients are accumulated in their memory.
@specialized(where Scalar == Float)
package func backpropagate<Scalar: TensorScalar>(
  from output: Tensor<Scalar>, keeping kept: [Node<Scalar>],
  in destinations: [Tensor<Scalar>] = []
) -> [Tensor<Scalar>?] {
  require(
    output.count == 1,
    "the gradient of a tensor of shape \(output.shape) is not a gradient but a Jacobian; reduce the "
      + "tensor to one element, for example by sum()")
  guard let end = output.node else { return kept.map { _ in nil } }
  return BackwardPass(from: end).gradients(keeping: kept, in: destinations)
}
