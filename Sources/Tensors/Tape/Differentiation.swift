/// The gradients of a scalar with respect to variables, in their order and shapes.
///
/// `output` has one element. A variable on which it does not depend has a gradient of zeros. The
/// gradients are not differentiable themselves: an output that depends on one is refused, unless it is
/// `detached` and so made a constant.
/// The graph stays as it is: the same output, or another that shares parts of it, can be
/// differentiated again, also by several tasks at the same time.
/// - Complexity: a small multiple of the computation of `output`.
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

/// A function's value and its gradient at a point, neither of which is differentiable itself.
public func valueWithGradient<Scalar: TensorScalar>(
  at point: Tensor<Scalar>, of function: (Tensor<Scalar>) throws -> Tensor<Scalar>
) rethrows -> (value: Tensor<Scalar>, gradient: Tensor<Scalar>) {
  let variable = point.detached.tracked()
  let value = try function(variable)
  let gradient = gradients(of: value, withRespectTo: [variable])[0]
  return (value.detached.asGradient(), gradient)
}

/// The gradients of `output` with respect to the nodes in `kept`, `nil` for zero. They collect in the
/// memory of `destinations` where these are given, one for each.
@specialized(where Scalar == Float)
package func backpropagate<Scalar: TensorScalar>(
  from output: Tensor<Scalar>, keeping kept: [Node<Scalar>],
  in destinations: [Tensor<Scalar>] = []
) -> [Tensor<Scalar>?] {
  require(
    output.count == 1,
    "the gradient of a tensor of shape \(output.shape) is not a gradient; reduce it to one element")
  guard let end = output.node else { return kept.map { _ in nil } }
  return Walk(from: end).gradients(keeping: kept, in: destinations)
}
