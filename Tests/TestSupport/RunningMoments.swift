/// The means and variances of random vectors, element by element (Welford, 1962).
package struct RunningMoments {
  private var count = 0
  package private(set) var means: [Double] = []
  private var squares: [Double] = []

  package init() {}

  package mutating func add(_ values: [Double]) {
    if means.isEmpty {
      (means, squares) = (values.map { _ in 0 }, values.map { _ in 0 })
    }
    count += 1
    for (index, value) in values.enumerated() {
      let difference = value - means[index]
      means[index] += difference / Double(count)
      squares[index] += difference * (value - means[index])
    }
  }

  /// The variances of the elements of one vector.
  package var variances: [Double] { squares.map { $0 / Double(count - 1) } }

  /// The squared standard errors of the means.
  package var squaredErrors: [Double] { variances.map { $0 / Double(count) } }
}
