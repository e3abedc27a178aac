import Foundation
import Inference
import Testing

@Test("A bound that is NaN is written to the line of metrics")
func notANumberInMetrics() throws {
  var metrics = try JSONDecoder().decode(
    EpochMetrics.self,
    from: Data(#"{"epoch": 3, "train_elbo": -1.5, "train_kl": 0.25, "seconds": 2}"#.utf8))
  #expect(metrics.testELBO == nil)
  metrics.heldOut.testELBO = .nan
  #expect(
    metrics.jsonLine
      == #"{"epoch":3,"seconds":2,"test_elbo":"nan","train_elbo":-1.5,"train_kl":0.25}"#)
}
