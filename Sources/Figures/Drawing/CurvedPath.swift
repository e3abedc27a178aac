import Foundation

/// A curve of cubic Bézier segments, each of which starts where the previous one ends.
struct CurvedPath: Hashable {
  struct Segment: Hashable {
    var control1: Point
    var control2: Point
    var end: Point
  }

  var start: Point
  var segments: [Segment] = []

  var end: Point { segments.last?.end ?? start }

  mutating func addCurve(_ control1: Point, _ control2: Point, to end: Point) {
    segments.append(Segment(control1: control1, control2: control2, end: end))
  }

  mutating func addLine(to end: Point) {
    let start = self.end
    addCurve(start.mixed(with: end, 1 / 3), start.mixed(with: end, 2 / 3), to: end)
  }

  /// The point at parameter `share` in `0 ... 1`, where all segments have equal weight.
  func point(at share: Double) -> Point {
    guard !segments.isEmpty else { return start }
    let position = min(max(share, 0), 1) * Double(segments.count)
    let index = min(Int(position), segments.count - 1)
    let begin = index == 0 ? start : segments[index - 1].end
    return segments[index].split(from: begin, at: position - Double(index)).middle
  }

  /// Points along the curve, `count` in each segment.
  func samples(perSegment count: Int = 24) -> [Point] {
    let total = segments.count * count
    return (0...max(total, 1)).map { point(at: Double($0) / Double(max(total, 1))) }
  }

  /// The curve without its last `length` points, which an arrow head replaces.
  func shortened(by length: Double) -> CurvedPath {
    guard let last = segments.last else { return self }
    let begin = segments.count == 1 ? start : segments[segments.count - 2].end
    var (near, far) = (0.0, 1.0)
    for _ in 0..<30 {
      let middle = (near + far) / 2
      let point = last.split(from: begin, at: middle).middle
      if point.distance(to: last.end) > length { near = middle } else { far = middle }
    }
    var result = self
    result.segments[segments.count - 1] = last.split(from: begin, at: near).first
    return result
  }

  /// The curve with each point mapped by a function.
  func map(_ change: (Point) -> Point) -> CurvedPath {
    CurvedPath(
      start: change(start),
      segments: segments.map {
        Segment(control1: change($0.control1), control2: change($0.control2), end: change($0.end))
      })
  }
}

extension CurvedPath.Segment {
  /// The part up to parameter `share`, and the point there, by de Casteljau's algorithm.
  func split(from start: Point, at share: Double) -> (first: CurvedPath.Segment, middle: Point) {
    let a = start.mixed(with: control1, share)
    let b = control1.mixed(with: control2, share)
    let c = control2.mixed(with: end, share)
    let (ab, bc) = (a.mixed(with: b, share), b.mixed(with: c, share))
    let middle = ab.mixed(with: bc, share)
    return (CurvedPath.Segment(control1: a, control2: ab, end: middle), middle)
  }
}

extension Point {
  /// The point at `share` of the way from this one to `other`.
  func mixed(with other: Point, _ share: Double) -> Point {
    Point(x: x + (other.x - x) * share, y: y + (other.y - y) * share)
  }

  func distance(to other: Point) -> Double {
    let (dx, dy) = (other.x - x, other.y - y)
    return (dx * dx + dy * dy).squareRoot()
  }

  /// The point reflected at the diagonal.
  var transposed: Point { Point(x: y, y: x) }

  func moved(by offset: Point) -> Point { Point(x: x + offset.x, y: y + offset.y) }
}
