import Tensors

/// The observed components of a time, and the time if it has its own parameters, otherwise 0.
private struct ObservationPattern: Hashable {
  let time: Int
  let observed: [Bool]
}

/// Observations `[batch…, T, p]`, in which NaN marks missing components, grouped by their observed
/// components.
///
/// Times with the same parameters and the same observed components are of one kind. Matrices are
/// computed once for each kind.
struct ObservedTimes<Scalar: TensorScalar> {
  /// The observations, with 0 in place of missing components.
  let values: Tensor<Scalar>
  /// 1 for an observed and 0 for a missing component, in the shape of the values; `nil` if all
  /// components are observed.
  let mask: Tensor<Scalar>?
  /// For each kind, a time of this kind and whether each component is observed.
  private(set) var kinds: [(time: Int, observed: [Bool])] = []
  /// The kind of each time, or of each time of each series if `hasBatch` is true.
  private(set) var patternOfTime: [Int] = []
  /// Whether different components of the series are observed.
  private(set) var hasBatch = false

  /// - Parameter parametersVary: Whether each time has its own parameters.
  init(_ observations: Tensor<Scalar>, parametersVary: Bool) throws {
    let (times, p) = (observations.shape[-2], observations.shape[-1])
    if observations.isFinite {
      (values, mask) = (observations, nil)
      let all = [Bool](repeating: true, count: p)
      kinds = (0..<(parametersVary ? times : 1)).map { ($0, all) }
      patternOfTime = parametersVary ? Array(0..<times) : [Int](repeating: 0, count: times)
      return
    }
    let scalars = observations.scalars
    if let place = scalars.firstIndex(where: { $0.isInfinite }) {
      throw StateSpaceModelError.observationNotFinite(
        series: place / (times * p), time: place / p % times, component: place % p)
    }
    let found = Tensor<Scalar>(scalars.map { $0.isNaN ? 0 : 1 }, shape: observations.shape)
    mask = found
    values = Tensor(scalars.map { $0.isNaN ? 0 : $0 }, shape: observations.shape)
      .recorded(from: [observations]) { g, gradients in gradients.add(to: 0, g * found) }
    sort(scalars.map { !$0.isNaN }, times: times, components: p, parametersVary: parametersVary)
  }

  private mutating func sort(
    _ observed: [Bool], times: Int, components p: Int, parametersVary: Bool
  ) {
    let series = observed.count / (times * p)
    hasBatch = (1..<max(series, 1)).contains { s in
      observed[s * times * p..<(s + 1) * times * p] != observed[..<(times * p)]
    }
    var numbers: [ObservationPattern: Int] = [:]
    for row in 0..<(hasBatch ? series : 1) * times {
      let pattern = Array(observed[row * p..<(row + 1) * p])
      let kind = ObservationPattern(time: parametersVary ? row % times : 0, observed: pattern)
      let number = numbers[kind] ?? kinds.count
      if number == kinds.count {
        numbers[kind] = number
        kinds.append((row % times, pattern))
      }
      patternOfTime.append(number)
    }
  }

  /// The number of observed components of each series: `[batch…]`.
  var count: Tensor<Scalar> {
    let batch = values.shape.dropLast(2)
    guard let mask else { return .full(Scalar(values.shape.last(2).count), batch) }
    return mask.reshaped(to: batch + [values.shape.last(2).count]).sum(axis: -1)
  }

  /// Expands values of each kind, `[kinds, …]`, to values of each time: `[T, …]`, or
  /// `[batch…, T, …]` if different components of the series are observed. If all times are of one
  /// kind, there is no time axis.
  func spread(_ ofKinds: Tensor<Scalar>) -> Tensor<Scalar> {
    if kinds.count == 1 { return ofKinds.slice(at: 0) }
    let rest = ofKinds.shape.last(ofKinds.rank - 1)
    let times = values.shape[-2]
    return ofKinds.gatheredRows(at: patternOfTime)
      .reshaped(to: (hasBatch ? values.shape.dropLast(2) : []) + [times] + rest)
  }
}
