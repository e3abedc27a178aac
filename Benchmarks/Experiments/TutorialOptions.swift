import Programs

/// The options that the tutorials on images share.
package struct TutorialOptions: Sendable {
  package let data = Option.optionalPath(
    "data", help: "folder that contains mnist/: train on MNIST instead of the embedded digits")
  package let epochs: Option<Int?>
  package let samples: Option<Int>
  package let seed = Option(
    "seed", default: 0, in: .range(0...Int.max), help: "seed of all random numbers")
  package let figures = Option(
    "figures", default: "figures", placeholder: "DIR", help: "folder for the pictures")
  package let runs = Option.optionalPath(
    "runs", help: "folder for checkpoints and metrics, with a subfolder for each model")
  package let resume = Option.flag("resume", help: "continue the runs in the folder of --runs")
  package let quick = Option.flag(
    "quick", help: "two epochs and few samples unless given, for a quick test")
  private let defaultEpochs: (digits: Int, mnist: Int)

  /// - Parameters:
  ///   - epochs: The default numbers of epochs.
  ///   - samples: The default number of samples for the log-likelihood of an image.
  package init(epochs defaults: (digits: Int, mnist: Int), samples: Int) {
    defaultEpochs = defaults
    epochs = Option.optional(
      "epochs", in: .range(1...100_000),
      help: "epochs of training (default: \(defaults.digits) on digits, \(defaults.mnist) on MNIST)"
    )
    self.samples = Option(
      "samples", default: samples, in: .range(1...1_000_000),
      help: "samples for the log-likelihood of an image")
  }

  /// All options, including those of one tutorial.
  package func with(_ own: any AnyOption...) -> [any AnyOption] {
    [data, epochs] + own + [samples, seed, figures, runs, resume, quick]
  }

  /// The settings of a command line; exits with the usage if they are inconsistent.
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
