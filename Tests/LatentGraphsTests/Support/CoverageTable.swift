import Foundation
import Synchronization
import Testing

/// A table of the comparisons that the tests of the structures made, with a row for each operation
/// and a column for each structure.
///
/// When the suite ends, the table is written to the file that `LATENTGRAPHS_COVERAGE_TABLE` names.
/// Without this variable nothing is recorded.
struct CoverageTable: SuiteTrait, TestScoping {
  static let path = ProcessInfo.processInfo.environment["LATENTGRAPHS_COVERAGE_TABLE"]
  private static let entries = Mutex<[String: [String: (cases: Set<String>, checks: Int)]]>([:])

  /// Records a comparison of an operation for a structure.
  static func note(_ operation: String, _ structure: StructureCase, checks: Int = 1) {
    guard path != nil else { return }
    entries.withLock {
      $0[operation, default: [:]][structure.kind, default: ([], 0)].checks += checks
      $0[operation]![structure.kind]!.cases.insert(structure.testDescription)
    }
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await function()
    guard let path = Self.path else { return }
    try Self.markdown().write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// The number of sizes and of comparisons for each structure, with a row for each operation.
  static func markdown() -> String {
    let kinds = [
      "diagonal", "chain", "grid", "dense", "sparse", "sparse-factor", "regular-grid",
      "block-chain", "arrow",
    ]
    var lines = [
      "| operation | " + kinds.joined(separator: " | ") + " |",
      "|---|" + kinds.map { _ in "---|" }.joined(),
    ]
    entries.withLock { entries in
      for (operation, row) in entries.sorted(by: { $0.key < $1.key }) {
        let cells = kinds.map { kind in
          row[kind].map { "\($0.cases.count) sizes, \($0.checks) checks" } ?? "–"
        }
        lines.append("| \(operation) | " + cells.joined(separator: " | ") + " |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Trait where Self == CoverageTable {
  /// Writes the table of comparisons when the suite has ended.
  static var coverageTable: CoverageTable { CoverageTable() }
}

/// All tests of the module `LatentGraphs`. Each file extends this type by a suite.
@Suite(.coverageTable) struct GraphTests {}
