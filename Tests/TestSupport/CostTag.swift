import Testing

extension Tag {
  /// Tests of cost. They measure processor time, and stand apart from the tests of results, in
  /// suites whose names end in `Cost`: `swift test --skip Cost` leaves them out.
  @Tag package static var cost: Self
}
