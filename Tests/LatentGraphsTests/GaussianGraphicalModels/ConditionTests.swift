import Foundation
import LatentGraphs
import Testing

/// Counts and extreme errors over a number of random models.
struct ConditionCounts: CustomStringConvertible {
  var accepted = 0, refused = 0
  /// The number of accepted models with variances or a condition number beyond the range of the
  /// type.
  var beyondRange = 0
  /// The largest relative error of a variance, in units of `n u κ` with the unit roundoff `u`, and
  /// the smallest and largest ratio of the estimated to the exact κ.
  var error = 0.0, smallestShare = Double.infinity, largestShare = 0.0
  /// The smallest `u κ` of a refused model.
  var smallestRefused = Double.infinity
  var failures: [String] = []

  var description: String {
    "accepted \(accepted), \(beyondRange) of them beyond the range of the type, error at most \(error) n u κ, estimate \(smallestShare) to "
      + "\(largestShare) of κ; refused \(refused), κ at least \(smallestRefused)/u"
  }

  mutating func add<Scalar: TensorScalar>(_ model: RandomModel, _ type: Scalar.Type) {
    let unit = Double(Scalar.ulpOfOne) / 2
    let exact = model.reference(type)
    do {
      let precision = try model.precision(type)
      accepted += 1
      let variances = precision.marginalVariances.scalars.map(Double.init)
      let estimate = Double(precision.conditionEstimate.scalar)
      record(estimate, variances, exact, model, type)
    } catch {
      refused += 1
      smallestRefused = min(smallestRefused, unit * exact.condition)
      if exact.condition < 0.01 / unit {
        failures.append("\(model.kind) refused at κ = \(exact.condition): \(error)")
      }
    }
  }

  private mutating func record<Scalar: TensorScalar>(
    _ estimate: Double, _ variances: [Double], _ exact: PreciseInverse, _ model: RandomModel,
    _ type: Scalar.Type
  ) {
    let unit = Double(Scalar.ulpOfOne) / 2
    guard exact.condition.isFinite else {
      failures.append("\(model.kind) accepted, but is not positive definite in 32 digits")
      return
    }
    let n = Double(variances.count)
    let expected = zip(exact.variances, model.squaredScales(type)).map { $0 / $1 }
    // The condition of a factor is not bounded. Values beyond the range of the type become
    // infinite.
    let largest = Double(Scalar.greatestFiniteMagnitude)
    if exact.condition > 1e-4 * largest || expected.contains(where: { $0 > 1e-4 * largest }) {
      beyondRange += 1
      if !model.isFactor { failures.append("\(model.kind) accepted at κ = \(exact.condition)") }
      return
    }
    let worst = zip(variances, expected).map { abs($0 / $1 - 1) }
      .reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
    let relative = worst / (n * unit * exact.condition)
    error = max(error, relative)
    if !(relative <= 10) {
      failures.append(
        "\(model.kind) of \(Int(n)) at κ = \(exact.condition): error \(relative) n u κ")
    }
    let share = estimate / exact.condition
    (smallestShare, largestShare) = (min(smallestShare, share), max(largestShare, share))
    if !(0.1...10 ~= share) {
      failures.append("\(model.kind): estimate \(estimate) of κ = \(exact.condition)")
    }
  }
}

extension GraphTests {
  /// A precision is either refused, or its variances are accurate up to the loss of digits that its
  /// condition number implies.
  @Suite("Condition numbers of precisions") struct Condition {
    /// The number of models. `Scripts/check-precisions` sets `LG_PRECISION_MODELS=100000` to test
    /// more.
    static let modelCount =
      ProcessInfo.processInfo.environment["LG_PRECISION_MODELS"].flatMap { Int($0) } ?? 3000

    @Test(
      "The condition number decides which precisions are refused and how accurate others are"
    )
    func randomModels() {
      var generator = Philox(seed: 0x636f_6e64)
      var (double, single) = (ConditionCounts(), ConditionCounts())
      for number in 0..<Self.modelCount {
        let kinds = RandomModel.Kind.allCases
        let model = RandomModel(kinds[number % kinds.count], using: &generator)
        double.add(model, Double.self)
        single.add(model, Float.self)
      }
      for (name, counts) in [("Double", double), ("Float", single)] {
        print("\(Self.modelCount) random precisions in \(name): \(counts)")
        #expect(
          counts.failures.isEmpty, "\(counts.failures.count): \(counts.failures.prefix(10))")
        #expect(counts.accepted > Self.modelCount / 4 && counts.refused > Self.modelCount / 20)
      }
    }

    /// The Laplacian of a random connected graph, with weights of up to three orders of magnitude.
    static func laplacian<Scalar: TensorScalar>(
      _ n: Int, seed: UInt64, _: Scalar.Type
    ) throws -> SymmetricElements<Scalar> {
      var generator = Philox(seed: seed)
      let share = [2 / Double(n), 0.05, 0.3, 1][Int.random(in: 0..<4, using: &generator)]
      var edges = Set(
        (1..<n).map { UndirectedGraph.Edge(Int.random(in: 0..<$0, using: &generator), $0) })
      for i in 0..<n {
        for j in 0..<i where Double.random(in: 0..<1, using: &generator) < share {
          edges.insert(UndirectedGraph.Edge(j, i))
        }
      }
      let graph = try UndirectedGraph(dimension: n, edges: edges)
      let kind = Int.random(in: 0..<3, using: &generator)
      // The weights are integers or short binary fractions. Their sums are exact, so that the
      // matrix is exactly singular.
      let weights = graph.edges.map { _ -> Double in
        switch kind {
        case 0: 1
        case 1: Double(Int.random(in: 1...255, using: &generator)) / 256
        default: pow(2, Double(Int.random(in: -8...2, using: &generator)))
        }
      }
      var degrees = [Double](repeating: 0, count: n)
      for (edge, weight) in zip(graph.edges, weights) {
        degrees[edge.first] += weight
        degrees[edge.second] += weight
      }
      return try SymmetricElements(
        graph: graph, diagonal: Tensor(degrees.map { Scalar($0) }),
        offDiagonal: Tensor(weights.map { Scalar(-$0) }))
    }

    @Test("The Laplacian of a random graph is refused as singular", arguments: 0..<100)
    func laplacians(_ seed: Int) throws {
      func check<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        let n = 4 + (seed * 37) % 297
        let elements = try Self.laplacian(n, seed: UInt64(seed), type)
        #expect(throws: NotPositiveDefinite.self) { try SparsePrecision(elements: elements) }
        #expect(throws: NotPositiveDefinite.self) { try cheapestPrecision(of: elements) }
        #expect(throws: NotPositiveDefinite.self) { try DensePrecision(matrix: elements.matrix) }
      }
      try check(Double.self)
      try check(Float.self)
    }

    /// Tests unit weights and random weights on paths, cycles and grids with each structure that
    /// accepts them.
    @Test("The Laplacian of a grid, a path or a cycle is refused as singular", arguments: 0..<20)
    func regularLaplacians(_ seed: Int) throws {
      func check<Scalar: TensorScalar>(_ type: Scalar.Type) throws {
        var generator = Philox(seed: UInt64(seed))
        let cycle = try UndirectedGraph(
          dimension: 4 + seed,
          edges: (0..<4 + seed).map { UndirectedGraph.Edge($0, ($0 + 1) % (4 + seed)) })
        for graph in [
          .grid(height: 6, width: 6), .grid(height: 3 + seed, width: 2 + seed % 8),
          .grid(height: 16 + seed, width: 12), .chain(2 + seed), .chain(1000), cycle,
        ] {
          var degrees = [Scalar](repeating: 0, count: graph.dimension)
          let weights = graph.edges.map { _ -> Scalar in
            seed == 0 ? 1 : Scalar(Int.random(in: 1...1024, using: &generator)) / 1024
          }
          for (edge, weight) in zip(graph.edges, weights) {
            degrees[edge.first] += weight
            degrees[edge.second] += weight
          }
          let elements = try SymmetricElements(
            graph: graph, diagonal: Tensor(degrees), offDiagonal: Tensor(weights.map { -$0 }))
          #expect(throws: NotPositiveDefinite.self) { try SparsePrecision(elements: elements) }
          #expect(throws: NotPositiveDefinite.self) { try cheapestPrecision(of: elements) }
        }
      }
      try check(Double.self)
      try check(Float.self)
    }

    @Test(
      "The Laplacian of a grid plus a ridge is accurate or refused",
      arguments: [6, 9, 16, 64], [1e-1, 1e-3, 1e-5, 1e-6, 1e-7, 1e-10, 1e-13, 1e-16])
    func ridges(_ w: Int, _ ridge: Double) throws {
      func grid<Scalar: TensorScalar>(_: Scalar.Type) throws -> GridPrecision<Scalar> {
        let graph = UndirectedGraph.grid(height: w, width: w)
        var diagonal = [Scalar](repeating: Scalar(ridge), count: w * w)
        for edge in graph.edges {
          diagonal[edge.first] += 1
          diagonal[edge.second] += 1
        }
        return try GridPrecision(
          height: w, width: w, diagonal: Tensor(diagonal), right: .full(-1, [w * (w - 1)]),
          down: .full(-1, [w * (w - 1)]))
      }
      // κ is about 2·4/ridge.
      func isRefused<Scalar: TensorScalar>(_ type: Scalar.Type) -> Bool? {
        let condition = 4 / ridge * Double(Scalar.ulpOfOne)
        return condition < 0.01 ? false : condition > 0.5 ? true : nil
      }
      let double = try? grid(Double.self)
      if let isRefused = isRefused(Double.self) { #expect((double == nil) == isRefused) }
      let single = try? grid(Float.self)
      if let isRefused = isRefused(Float.self) { #expect((single == nil) == isRefused) }
      guard let single, let double else { return }
      // The elements in Float and Double differ by rounding. The bound is this difference times κ.
      let error = zip(single.marginalVariances.scalars, double.marginalVariances.scalars)
        .map { abs(Double($0) / $1 - 1) }.max()!
      #expect(error <= 10 * Double(w * w) * 6e-8 * 8 / ridge)
      let share = Double(single.conditionEstimate.scalar) / double.conditionEstimate.scalar
      #expect((0.5...2).contains(share))
    }

    @Test("The gradient of a chain's variances is accurate in Float even if scales differ by 1e12")
    func chainGradient() throws {
      func slopes<Scalar: TensorScalar>(_: Scalar.Type) -> [Double] {
        let scales: [Double] = (0..<40).map { [1e-6, 1e6, 1, 1e6, 1e-6, 1e3][$0 % 6] }
        let diagonal = Tensor(scales.map { Scalar(Float($0)) }).tracked()
        let links = Tensor(scales.dropFirst().map { Scalar(Float(-0.7 * $0)) }).tracked()
        let chain = ChainPrecision(factorDiagonal: diagonal, factorOffDiagonal: links)
        // The logarithms of the variances and the correlations do not depend on the scales, up to
        // constants.
        let covariances = chain.neighbourCovariances
        let deviations = covariances.diagonal.squareRoot()
        let correlations =
          covariances.offDiagonal / deviations.slice(0..<39, axis: 0)
          / deviations.slice(1..<40, axis: 0)
        let value = covariances.diagonal.log().sum(axis: 0) + correlations.sum(axis: 0)
        let found = gradients(of: value, withRespectTo: [diagonal, links])
        // Gradients are multiplied by their parameters, so that all are near 1.
        return zip(
          found.flatMap { $0.scalars.map(Double.init) },
          diagonal.scalars.map(Double.init) + links.scalars.map(Double.init)
        ).map { $0 * $1 }
      }
      for (x, y) in zip(slopes(Float.self), slopes(Double.self)) {
        #expect(abs(x - y) <= 1e-4 * max(1, abs(y)), "\(x) for \(y)")
      }
    }

    @Test("The condition estimate of a precision of no variables is 1")
    func empty() throws {
      let none = Tensor<Double>.zeros([0])
      #expect(
        try DensePrecision(matrix: Tensor<Double>.zeros([0, 0])).conditionEstimate.scalar == 1)
      #expect(try DiagonalPrecision(diagonal: none).conditionEstimate.scalar == 1)
      let sparse = try SparsePrecision(graph: .diagonal(0), diagonal: none, offDiagonal: none)
      #expect(sparse.conditionEstimate.scalar == 1)
    }

    /// Far from the ends, a precision with equal elements along a line has the eigenvalues of its
    /// symbol `P(θ)`, and the variances `1/2π ∫ P(θ)⁻¹ dθ`. With `P(θ) = d − 2c cos θ` the variance
    /// is `1/√(d² − 4c²)`. An estimate of the condition number is at most κ, and rarely less than
    /// its half.
    @Test(
      "Large and well-conditioned precisions are accepted, with their κ and their variances",
      arguments: [1 << 21, 1 << 22])
    func large(_ k: Int) throws {
      func check(_ precision: some PrecisionStructure<Float>, _ condition: Double) {
        let estimate = Double(precision.conditionEstimate.scalar)
        #expect(estimate > condition / 2 && estimate < 1.001 * condition, "κ = \(condition)")
      }
      func variance(_ precision: some PrecisionStructure<Float>) -> Double {
        Double(precision.marginalVariances.slice(at: k / 2).scalar)
      }
      let identity = try ChainPrecision<Float>(diagonal: .ones([k]), offDiagonal: .zeros([k - 1]))
      check(identity, 1)
      let diagonal = try DiagonalPrecision<Float>(diagonal: .full(1e-20, [k]))
      check(diagonal, 1)
      #expect(abs(variance(identity) - 1) < 1e-6 && abs(variance(diagonal) / 1e20 - 1) < 1e-6)
      // The matrix of this chain is only slightly diagonally dominant: 2.01 against links of 1 and
      // 1. Its eigenvalues are 2.01 ± 2.
      let chain = try ChainPrecision<Float>(
        diagonal: .full(2.01, [k]), offDiagonal: .full(-1, [k - 1]))
      check(chain, 4.01 / 0.01)
      #expect(abs(variance(chain) * (2.01 * 2.01 - 4).squareRoot() - 1) < 1e-4)
      // The sum and the difference of the two variables of a block are independent. The difference
      // has the eigenvalue 0.9, and the sum 3.1 − 0.8 cos θ.
      let blocks = try BlockChainPrecision<Float>(
        diagonalBlocks: Tensor([2.0, 1.1, 1.1, 2.0], shape: [1, 2, 2])
          .broadcast(to: [k / 2, 2, 2]),
        lowerBlocks: .full(-0.2, [k / 2 - 1, 2, 2]))
      check(blocks, 3.9 / 0.9)
      let ofSum = 1 / (3.1 * 3.1 - 0.8 * 0.8).squareRoot()
      #expect(abs(variance(blocks) - 0.5 * (ofSum + 1 / 0.9)) < 1e-5)
      // The eigenvalues are 4.05 ± 4.
      check(
        try GridPrecision<Float>(
          height: k / 1024, width: 1024, diagonal: .full(4.05, [k]),
          right: .full(-1, [k / 1024 * 1023]), down: .full(-1, [k - 1024])), 8.05 / 0.05)
    }
  }
}
