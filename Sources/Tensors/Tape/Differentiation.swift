import Synchronization

/// The gradients of a scalar with respect to variables, in their order and shapes.
///
/// `output` has one element. A variable on which it does not depend has a gradient of zeros. The
/// gradients are not differentiable themselves: an output that depends on one is refused, unless it is
/// `detached` and so made a constant.
/// The graph stays as it is: the same output, or another that shares parts of it, can be
/// differentiated again. One thread at a time: gradients collect in the variables themselves, so
/// that graphs which share one, such as a model's parameters, are not to be differentiated at once.
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
  backpropagate(from: output, keeping: nodes)
  // A variable may be listed twice: the gradients are forgotten when all have been read.
  defer { for node in nodes { node.gradient = nil } }
  return nodes.map { ($0.gradient ?? .zeros($0.shape)).asGradient() }
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

private let walks = Atomic<UInt64>(0)

/// Walks from `output` back to the leaves; afterwards the nodes in `kept` and no others hold their
/// gradients, `nil` for zero.
///
/// Where `destinations` are given, one for each of `kept`, the gradients collect in their memory.
@specialized(where Scalar == Float)
package func backpropagate<Scalar: TensorScalar>(
  from output: Tensor<Scalar>, keeping kept: [Node<Scalar>],
  in destinations: [Tensor<Scalar>] = []
) {
  require(
    output.count == 1,
    "the gradient of a tensor of shape \(output.shape) is not a gradient; reduce it to one element")
  for node in kept {
    node.gradient = nil
    node.isKept = true
  }
  for (node, destination) in zip(kept, destinations) { node.destination = destination }
  defer {
    for node in kept {
      node.destination = nil
      node.isKept = false
    }
  }
  guard let end = output.node else { return }
  refuseGradient(end)
  end.accumulate(.full(1, output.shape))
  for node in nodesInOrder(endingAt: end).reversed() {
    guard let upstream = node.gradient else { continue }
    node.checkInputs()
    node.adjoint?(upstream, Gradients(inputs: node.inputs))
    if !node.isKept { node.gradient = nil }
  }
}

private func refuseGradient<Scalar>(_ node: Node<Scalar>) {
  require(
    !node.isGradient,
    "the output depends on a gradient, or on a value beside one; there are no second derivatives "
      + "(where a constant is meant, take its .detached)")
}

/// The nodes on which `end` depends, each behind its inputs.
@specialized(where Scalar == Float)
private func nodesInOrder<Scalar>(endingAt end: Node<Scalar>) -> [Node<Scalar>] {
  let walk = walks.add(1, ordering: .relaxed).newValue
  var ordered = [Node<Scalar>]()
  var path: [(node: Node<Scalar>, next: Int)] = [(end, 0)]
  end.walk = walk
  while let (node, next) = path.last {
    if next == node.inputs.count {
      ordered.append(node)
      path.removeLast()
      continue
    }
    path[path.count - 1].next += 1
    if let input = node.inputs[next], input.walk != walk {
      refuseGradient(input)
      input.walk = walk
      path.append((input, 0))
    }
  }
  return ordered
}
