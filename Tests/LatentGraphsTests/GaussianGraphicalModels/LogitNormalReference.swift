/// Means of logit-normal variables and their slopes; written by
/// `Tests/References/logit_normal_reference.py`.
enum LogitNormalReference {
  /// The mean and the log-variance of the log-odds, the mean of the variable, and its slopes in the
  /// mean and in the logarithm of the standard deviation of the log-odds.
  static let slopes: [(Double, Double, Double, Double, Double)] = [
    (0, 0, 0.5, 0.20662096414190704, -2.8011024059704484e-49),
    (3, 4, 0.65338409666050923, 0.04852842616186195, -0.13754722510875873),
    (-2, 6.7, 0.47208599210913229, 0.013934204567837695, 0.027756279043587577),
    (-2, 6.9, 0.4747294142987608, 0.012618379690319641, 0.025153527691028227),
    (50, 10, 0.63189337645861396, 0.002539584885448946, -0.12696028314671067),
    (50, 14, 0.51818308855911424, 0.00036340984570600655, -0.018170442577958728),
    (-200, 20, 0.49637765948511601, 1.8111204833210016e-5, 0.0036222409420798641),
    (7, 80, 0.50000000000000001, 1.6948481345591568e-18, -1.1863936941914098e-17),
  ]
}
