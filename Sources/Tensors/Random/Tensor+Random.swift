extension Tensor {
  /// Uniform random numbers in a range, which must not be empty and must have a finite width.
  public static func uniform(
    _ shape: Shape, in range: Range<Scalar> = 0..<1, using generator: inout Philox
  ) -> Tensor {
    let width = range.upperBound - range.lowerBound
    require(width > 0 && width.isFinite, "no uniform distribution on \(range)")
    let unit = filled(shape) { generator.fillUniform($0) }
    if range == 0..<1 { return unit }
    // The sum may round up to the upper bound, which is not part of the range.
    return minimum(range.lowerBound + width * unit, Tensor(range.upperBound.nextDown))
  }

  /// Standard normal random numbers.
  public static func normal(_ shape: Shape, using generator: inout Philox) -> Tensor {
    filled(shape) { generator.fillNormal($0) }
  }

  /// Standard Gumbel random numbers, `−log(−log u)`.
  public static func gumbel(_ shape: Shape, using generator: inout Philox) -> Tensor {
    filled(shape) { generator.fillGumbel($0) }
  }

  /// Independent Bernoulli variables: each element is 1 with the probability at the same index, and
  /// 0 otherwise.
  ///
  /// A probability that is NaN or outside of [0, 1] stops the program.
  public static func bernoulli(_ probabilities: Tensor, using generator: inout Philox) -> Tensor {
    if let index = probabilities.firstIndex(outside: 0...1) {
      stop(
        "bernoulli: element \(index) of the probabilities is "
          + "\(probabilities.withScalars { $0[index] }), which does not lie in 0...1")
    }
    return probabilities.withScalars { source in
      filled(probabilities.shape) { generator.fillBernoulli($0, probabilities: source) }
    }
  }

  private static func filled(
    _ shape: Shape, _ fill: (UnsafeMutableBufferPointer<Scalar>) -> Void
  ) -> Tensor {
    Tensor(shape) { fill(UnsafeMutableBufferPointer(start: $0, count: shape.count)) }
  }
}
