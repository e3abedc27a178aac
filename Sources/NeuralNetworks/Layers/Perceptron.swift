import Tensors

/// A dense layer and, perhaps, a batch norm with its activation behind it.
package struct PerceptronLevel<Scalar: TensorScalar> {
  package let dense: Dense<Scalar>
  package let norm: BatchNorm<Scalar>?

  package init(_ dense: Dense<Scalar>, norm: BatchNorm<Scalar>? = nil) {
    self.dense = dense
    self.norm = norm
  }
}

/// Levels that are trained as one operation, as a network keeps them beside its layers.
package final class Perceptron<Scalar: TensorScalar> {
  private let levels: [PerceptronLevel<Scalar>]
  /// The last pass that was asked for: the next step is most often of as many rows.
  private let lastPass = Lock<PerceptronPass<Scalar>?>(nil)

  package init(_ levels: [PerceptronLevel<Scalar>]) { self.levels = levels }

  /// The levels of this one, and another.
  package func followed(by dense: Dense<Scalar>) -> Perceptron {
    Perceptron(levels + [PerceptronLevel(dense)])
  }

  /// The pass of so many rows.
  package func pass(rows: Int) -> PerceptronPass<Scalar> {
    lastPass.withLock { last in
      if let last, last.rows == rows { return last }
      let pass = PerceptronPass(levels, rows: rows)
      last = pass
      return pass
    }
  }
}
