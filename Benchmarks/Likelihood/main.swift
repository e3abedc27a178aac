import Programs

// Trains a model on images and scores it. Prints a line of JSON for each epoch, and a last line
// with the likelihood.

let program = Program(
  "benchmark-likelihood",
  summary: "Trains an autoencoder with graphical latents on images and scores it; prints lines of "
    + "JSON.",
  options: Options.all)
let arguments = program.parseOrExit()
if let reason = misuse(arguments) { program.exitWithUsage(reason) }
program.runOrExit { try run(arguments, by: strategy(arguments)) }
