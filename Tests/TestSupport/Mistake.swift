import Testing

/// A mistake of the caller, and a part of its message on standard error.
///
/// A suite makes the mistakes of a table in exit tests, one for each index:
///
///     let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
///       [index] in try mistakes[index].commit()
///     }
///     expectMessage(result, mistakes[index].message)
package struct Mistake: Sendable {
  package let message: String
  package let commit: @Sendable () throws -> Void

  package init(_ message: String, _ commit: @escaping @Sendable () throws -> Void) {
    (self.message, self.commit) = (message, commit)
  }
}

/// Expects that an exit test ended with a message on standard error that contains all these words.
package func expectMessage(
  _ result: ExitTest.Result?, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  for word in words {
    #expect(message.contains(word), "standard error: \(message)", sourceLocation: sourceLocation)
  }
}
