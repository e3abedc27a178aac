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

/// A sequence of levels that are evaluated as one operation; a network keeps it beside its layers.
package final class FusedMLP<Scalar: TensorScalar> {
  private let levels: [PerceptronLevel<Scalar>]
  /// The numbers of features of the input and of the output.
  package let inputs, outputs: Int
  /// The pass that was used last. It is reused if the next one has the same rows and is for the same
  /// purpose.
  private let lastPass = Lock<PerceptronPass<Scalar>?>(nil)

  package init(_ levels: [PerceptronLevel<Scalar>]) {
    self.levels = levels
    inputs = levels[0].dense.weight.value.shape[0]
    outputs = levels[levels.count - 1].dense.weight.value.shape[1]
  }

  /// This perceptron followed by one more dense layer.
  package func followed(by dense: Dense<Scalar>) -> FusedMLP {
    FusedMLP(levels + [PerceptronLevel(dense)])
  }

  /// The pass for a batch of this many rows, in training or in evaluation. Without recording no
  /// gradient can follow, so that the pass keeps no values.
  package func pass(rows: Int, isTraining: Bool) -> PerceptronPass<Scalar> {
    let keepsValues = RecordingSwitch.isOn
    return lastPass.withLock { last in
      if let last, last.rows == rows, last.isTraining == isTraining,
        last.keepsValues == keepsValues
      {
        return last
      }
      let pass = PerceptronPass(
        levels, rows: rows, isTraining: isTraining, keepsValues: keepsValues)
      last = pass
      return pass
    }
  }
}
