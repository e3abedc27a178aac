import Tensors

import Tensors

/// A dense layer and what follows it: a batch norm with its activation, or an activation.
package struct PerceptronLevel<Scalar: TensorScalar> {
  package let dense: Dense<Scalar>
  package let norm: BatchNorm<Scalar>?
  package let activation: Activation

  package init(
    _ dense: Dense<Scalar>, norm: BatchNorm<Scalar>? = nil, activation: Activation = .identity
  ) {
    self.dense = dense
    self.norm = norm
    self.activation = activation
  }
}

/// Levels that are evaluated as one operation, as a network keeps them beside its layers.
package final class Perceptron<Scalar: TensorScalar> {
  private let levels: [PerceptronLevel<Scalar>]
  /// The features of the input and of the output.
  package let inputs, outputs: Int
  /// The last pass that was asked for: the next step is most often of as many rows.
  private let lastPass = Lock<PerceptronPass<Scalar>?>(nil)

  package init(_ levels: [PerceptronLevel<Scalar>]) {
    self.levels = levels
    inputs = levels[0].dense.weight.value.shape[0]
    outputs = levels[levels.count - 1].dense.weight.value.shape[1]
  }

  /// The levels of this one, and another.
  package func followed(by dense: Dense<Scalar>) -> Perceptron {
    Perceptron(levels + [PerceptronLevel(dense)])
  }

  /// The pass of so many rows.
  package func pass(rows: Int, mode: Mode) -> PerceptronPass<Scalar> {
    lastPass.withLock { last in
      if let last, last.rows == rows, last.mode == mode { return last }
      let pass = PerceptronPass(levels, rows: rows, mode: mode)
      last = pass
      return pass
    }
  }
}
