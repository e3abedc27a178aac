import AccuracySweep
import Foundation
import Measurements
import NeuralNetworks
import Programs
import Tensors

/// Measures the accuracy of elementwise functions, densities and divergences, and of their
/// derivatives. Prints lines of JSON and, on request, writes the page `Documentation/accuracy.md`,
/// which the tests check.

let also = Option.optionalPath(
  "also",
  help: "lines that another build printed, e.g. one with -Xcc -DBASELINE_KERNELS, whose errors are "
    + "included")
let markdown = Option.optionalPath("markdown", help: "file to which the page is written")

let program = Program(
  "benchmark-accuracy",
  summary: "Compares functions, densities and their slopes with values of 60 digits; prints lines "
    + "of JSON.",
  options: [also, markdown])
let arguments = program.parseOrExit()

program.runOrExit {
  if let path = arguments[markdown] {
    let url = URL(fileURLWithPath: path)
    try prepareFolder(url.deletingLastPathComponent().path)
    if url.hasDirectoryPath { throw FileError(path: path, operation: "write", code: EISDIR) }
  }
  let others = try arguments[also].map(AccuracyLine.read) ?? [:]
  let rows = SweptFunction.allCases.map { function in
    let other = others[function.rawValue]
    let row = (
      function: function,
      float: Accuracy(of: function, in: Float.self).including(other?.floatAccuracy),
      double: Accuracy(of: function, in: Double.self).including(other?.doubleAccuracy)
    )
    emit([
      "function": function.rawValue, "float": row.float.value.error,
      "float_at": row.float.value.place, "float_slope": row.float.slope.error,
      "float_slope_at": row.float.slope.place, "double": row.double.value.error,
      "double_at": row.double.value.place, "double_slope": row.double.slope.error,
      "double_slope_at": row.double.slope.place,
    ])
    return row
  }
  if let path = arguments[markdown] {
    let text = AccuracyPage.text(rows)
    try writeAtomically(to: URL(fileURLWithPath: path)) { try $0.write(Array(text.utf8)) }
  }
}
