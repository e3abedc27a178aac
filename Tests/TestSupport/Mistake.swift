import Testing

/// A mistake of the caller, and parts of its message on standard error.
///
/// A suite makes the mistakes of a table in exit tests, one for each index:
///
///     let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
///       [index] in try mistakes[index].commit()
///     }
///     expectMessage(result, mistakes[index])
package struct Mistake: Sendable {
  package let words: [String]
  package let commit: @Sendable () throws -> Void

  package init(_ words: String..., commit: @escaping @Sendable () throws -> Void) {
    (self.words, self.commit) = (words, commit)
  }
}

/// Expects that an exit test ended with the message of a mistake on standard error.
package func expectMessage(
  _ result: ExitTest.Result?, _ mistake: Mistake, sourceLocation: SourceLocation = #_sourceLocation
) {
  let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  for word in mistake.words {
    #expect(message.contains(word), "standard error: \(message)", sourceLocation: sourceLocation)
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
