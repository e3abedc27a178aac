/// The variables of a graph on a grid in a nested dissection order.
///
/// The middle row or column of the longer side comes last, ordered along it, so that the variables
/// adjacent to a part of it are consecutive. Before it come the two sides, each dissected in the
/// same way. Small parts are not dissected; each of them becomes one supernode.
/// - Complexity: `O(k log k)` for `k` variables.
func dissectedOrder(_ coordinates: GridCoordinates) -> [Int32] {
  var variables = coordinates.rows.indices.map { Int32($0) }
  variables.withUnsafeMutableBufferPointer { dissect($0, coordinates) }
  return variables
}

/// Parts of at most this many variables are not dissected further.
private let smallestPart = 12

private func dissect(
  _ variables: UnsafeMutableBufferPointer<Int32>, _ coordinates: GridCoordinates
) {
  guard variables.count > smallestPart else { return }
  let (rows, columns) = (
    bounds(of: coordinates.rows, at: variables), bounds(of: coordinates.columns, at: variables)
  )
  let byRow = rows.count >= columns.count
  let (across, along) =
    byRow
    ? (coordinates.rows, coordinates.columns) : (coordinates.columns, coordinates.rows)
  let range = byRow ? rows : columns
  let cut = range.lowerBound + Int32(range.count / 2)
  // Before the cut, behind it, and on it. The filters are stable, so that each part keeps the order
  // of the grid.
  let before = variables.filter { across[Int($0)] < cut }
  let behind = variables.filter { across[Int($0)] > cut }
  let separator = variables.filter { across[Int($0)] == cut }
    .sorted { along[Int($0)] < along[Int($1)] }
  _ = variables.update(fromContentsOf: before + behind + separator)
  dissect(UnsafeMutableBufferPointer(rebasing: variables[..<before.count]), coordinates)
  dissect(
    UnsafeMutableBufferPointer(rebasing: variables[before.count..<before.count + behind.count]),
    coordinates)
}

private func bounds(
  of coordinate: [Int32], at variables: UnsafeMutableBufferPointer<Int32>
) -> ClosedRange<Int32> {
  var (least, greatest) = (Int32.max, Int32.min)
  for variable in variables {
    least = min(least, coordinate[Int(variable)])
    greatest = max(greatest, coordinate[Int(variable)])
  }
  return least...greatest
}
