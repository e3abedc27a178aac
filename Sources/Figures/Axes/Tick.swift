/// A labelled position on an axis.
package struct Tick: Hashable {
  package var value: Double
  package var label: TextLine
}

/// The ticks of an axis: labelled ones, and unlabelled ones that only draw a thin grid line.
package struct Ticks: Hashable {
  package var major: [Tick]
  package var minor: [Double] = []
}
