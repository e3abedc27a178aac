import Programs

// Reproduces Table 1 and figures 3, 4 and 5 of He et al. (2019), "Variational Autoencoders with
// Jointly Optimized Latent Dependency Structure", with a given number of epochs.

let program = Program(
  "benchmark-graph-vae",
  summary: "Trains the models of the Graph VAE paper and writes its table or figures, with the "
    + "published numbers.",
  options: Options.all)
let arguments = program.parseOrExit()
if let reason = Options.misuse(arguments) { program.exitWithUsage(reason) }
program.runOrExit {
  guard let exhibit = Options.exhibit(arguments) else { return }
  let report = Report(
    exhibit: exhibit, arguments: arguments, laboratory: try Laboratory(arguments))
  switch exhibit {
  case .table1: try report.table1()
  case .figure3: try report.figure3()
  case .figure4: try report.figure4()
  case .figure5: try report.figure5()
  }
}
