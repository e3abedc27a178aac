import Experiments

/// Table 1 of He et al. (2019): mean and standard deviation over five runs, after 2,000 epochs on
/// MNIST and Omniglot and 3,000 on CIFAR-10; in nats, and in bits per dimension on CIFAR-10. Δ
/// stands for a standard deviation below 0.01.
struct PublishedScores {
  let logLikelihood: String
  let kl: String
  let elbo: String

  /// The published row; `nil` if there is none.
  static func row(_ kind: LatentGraphKind, on dataset: ImageSet) -> PublishedScores? {
    switch (dataset, kind) {
    case (.mnist, .vae): row("−87.30 ± 0.04", "26.28 ± 0.05", "−95.61 ± 0.07")
    case (.mnist, .ladderVAE): row("−84.98 ± 0.10", "24.25 ± 0.12", "−92.80 ± 0.14")
    case (.mnist, .fullyConnectedVAE): row("−82.80 ± 0.15", "22.47 ± 0.09", "−88.49 ± 0.12")
    case (.mnist, .graphVAE): row("−82.58 ± 0.08", "22.49 ± 0.10", "−88.35 ± 0.14")
    // From the text of section 4.3.
    case (.mnist, .graphVAEFullyConnectedEncoder): row("−83.40", "–", "–")
    case (.omniglot, .vae): row("−109.62 ± 0.09", "32.11 ± 0.07", "−115.43 ± 0.12")
    case (.omniglot, .ladderVAE): row("−105.92 ± 0.16", "29.46 ± 0.10", "−110.62 ± 0.17")
    case (.omniglot, .fullyConnectedVAE):
      row("−105.01 ± 0.26", "30.74 ± 0.12", "−108.79 ± 0.21")
    case (.omniglot, .graphVAE): row("−104.57 ± 0.19", "29.93 ± 0.10", "−108.17 ± 0.24")
    case (.cifar10, .vae): row("−6.37 ± Δ", "0.10 ± Δ", "−6.42 ± Δ")
    case (.cifar10, .ladderVAE): row("−6.10 ± 0.02", "0.08 ± Δ", "−6.13 ± 0.02")
    case (.cifar10, .fullyConnectedVAE): row("−5.89 ± 0.04", "0.07 ± Δ", "−5.90 ± 0.04")
    case (.cifar10, .graphVAE): row("−5.81 ± 0.04", "0.07 ± Δ", "−5.82 ± 0.04")
    default: nil
    }
  }

  private static func row(
    _ logLikelihood: String, _ kl: String, _ elbo: String
  ) -> PublishedScores {
    PublishedScores(logLikelihood: logLikelihood, kl: kl, elbo: elbo)
  }
}
