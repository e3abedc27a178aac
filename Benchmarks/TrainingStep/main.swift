import Foundation
import Inference
import LatentGraphs
import NeuralNetworks
import Tensors
import VariationalAutoencoders

var generator = Philox(seed: 0)
let model = VAE<Float>(pixels: 784, latents: 80, using: &generator)
let optimization = Optimization(of: model, by: Adam(learningRate: 1e-3))
let batches = (0..<50).map { _ in
  Tensor<Float>.uniform([64, 784], using: &generator).isLess(than: 0.2)
}
let strategy = VariationalInference()
var times: [Double] = []
var last = 0.0
let steps = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1])! : 200
for i in 0..<steps + 20 {
  let start = DispatchTime.now().uptimeNanoseconds
  let objective = strategy.objective(of: batches[i % 50], under: model, mode: .training, using: &generator)
  optimization.minimize(objective.loss)
  last = Double(objective.loss.scalar)
  if i >= 20 { times.append(Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6) }
}
print(blasCoreName(), times.sorted()[times.count / 2], last, MemoryPool.systemAllocations)
