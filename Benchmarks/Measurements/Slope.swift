/// The slope of the least-squares line through the points.
package func slope(of points: [(x: Double, y: Double)]) -> Double {
  let count = Double(points.count)
  let x = points.reduce(0) { $0 + $1.x } / count
  let y = points.reduce(0) { $0 + $1.y } / count
  let covariance = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
  return covariance / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
}
