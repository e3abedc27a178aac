import Foundation

/// The folder of this package, for tests that read its sources or its documentation.
package let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
