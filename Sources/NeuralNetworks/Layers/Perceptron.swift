import Tensors

/// A dense layer, optionally followed by a batch norm with its activation.
package struct PerceptronLevel<Scalar: TensorScalar> {
  package let dense: Dense<Scalar>
  package let norm: BatchNorm<Scalar>?

  package init(_ dense: Dense<Scalar>, norm: BatchNorm<Scalar>? = nil) {
    self.dense = dense
    self.norm = norm
  }
}

/// A sequence of levels that are trained as one operation; a network keeps it beside its layers.
package final class Perceptron<Scalar: TensorScalar> {
  private let levels: [PerceptronLevel<Scalar>]
  /// The pass that was used last. It is reused if the next step has the same number of rows.
  private let lastPass = Lock<PerceptronPass<Scalar>?>(nil)

  package init(_ levels: [PerceptronLevel<Scalar>]) { self.levels = levels }

  /// This perceptron followed by one more dense layer.
  package func followed(by dense: Dense<Scalar>) -> Perceptron {
    Perceptron(levels + [PerceptronLevel(dense)])
  }

  /// The pass for a batch of this many rows.
  package func pass(rows: Int) -> PerceptronPass<Scalar> {
    lastPass.withLock { last in
      if let last, last.rows == rows { return last }
      let pass = PerceptronPass(levels, rows: rows)
      last = pass
      return pass
    }
  }
}
