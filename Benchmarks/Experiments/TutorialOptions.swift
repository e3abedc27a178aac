import Programs

/// The options that the tutorials have in common which train models of images.
package struct TutorialOptions: Sendable {
  package let data = Option.optionalPath(
    "data", help: "folder that holds mnist/: train on MNIST in place of the embedded digits")
  package let epochs: Option<Int?>
  package let samples: Option<Int>
  package let seed = Option(
    "seed", default: 0, in: .range(0...Int.max), help: "what all randomness comes from")
  package let figures = Option(
    "figures", default: "figures", placeholder: "DIR", help: "where the pictures go")
  package let runs = Option.optionalPath(
    "runs", help: "folder for checkpoints and metrics, one folder a model in it")
  package let resume = Option.flag("resume", help: "continue the runs in the folder of --runs")
  package let quick = Option.flag(
    "quick", help: "two epochs and few draws unless given, to see that it works")
  private let defaultEpochs: (digits: Int, mnist: Int)

  /// - Parameters:
  ///   - epochs: how many there are where nothing is said.
  ///   - samples: likewise, the draws an image for the log-likelihood.
  package init(epochs defaults: (digits: Int, mnist: Int), samples: Int) {
    defaultEpochs = defaults
    epochs = Option.optional(
      "epochs", in: .range(1...100_000),
      help: "epochs of training; \(defaults.digits) on digits, \(defaults.mnist) on MNIST")
    self.samples = Option(
      "samples", default: samples, in: .range(1...1_000_000),
      help: "draws an image for the log-likelihood")
  }

  /// All of them, those of a tutorial's own among them.
  package func with(_ own: any AnyOption...) -> [any AnyOption] {
    [data, epochs] + own + [samples, seed, figures, runs, resume, quick]
  }

  /// What a command line asks for; ends the program with its usage where it makes no sense.
  package func settings(_ arguments: Arguments, of program: Program) -> TutorialSettings {
    if arguments[resume], arguments[runs] == nil { program.exitWithUsage("--resume needs --runs") }
    let (isMNIST, isQuick) = (arguments[data] != nil, arguments[quick])
    return TutorialSettings(
      imageSet: isMNIST ? .mnist : .digits, root: arguments[data],
      epochs: arguments[epochs]
        ?? (isQuick ? 2 : isMNIST ? defaultEpochs.mnist : defaultEpochs.digits),
      samples: arguments[samples, else: isQuick ? 10 : nil],
      scoredImages: isQuick ? 50 : isMNIST ? 2000 : nil, seed: UInt64(arguments[seed]),
      figures: arguments[figures], runs: arguments[runs], resumes: arguments[resume],
      isQuick: isQuick)
  }
}
