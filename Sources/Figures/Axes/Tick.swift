/// A labelled position on an axis.
struct Tick: Hashable {
  var value: Double
  var label: TextLine
}

/// The ticks of an axis: labelled ones, and others that only get a thin line of the grid.
struct Ticks: Hashable {
  var major: [Tick]
  var minor: [Double] = []
}
