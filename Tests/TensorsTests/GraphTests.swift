import Dispatch
import Tensors
import TestSupport
import Testing

@Suite("Graph of operations")
struct GraphTests {
  typealias T = Tensor<Double>

  @Test("A tensor that is used several times collects all contributions to its gradient")
  func reuse() {
    let x = T([2, 3]).tracked()
    // y = x³ + 4x² + x, so y' = 3x² + 8x + 1
    let square = x * x
    let y = (square * x + square + 3 * square + x).sum()
    #expect(gradients(of: y, withRespectTo: [x])[0].scalars == [29, 52])
  }

  @Test("Adding to the gradient of one input does not change the gradient of the other")
  func aliasing() {
    let (a, b) = (T([1, 2]).tracked(), T([3, 4]).tracked())
    // The adjoint of + passes the same tensor to both inputs. Each input then gets another
    // contribution.
    let sum = a + b
    let y = (sum + 10 * a + 100 * b + sum).sum()
    let result = gradients(of: y, withRespectTo: [a, b, sum])
    #expect(result.map(\.scalars) == [[12, 12], [102, 102], [2, 2]])
  }

  @Test("Adding to a gradient does not change gradients that share its memory as views")
  func aliasedViews() {
    let (a, b) = (T([1, 2]).tracked(), T([3, 4]).tracked())
    let joined = T.concatenated([a.reshaped(to: [1, 2]), b.reshaped(to: [1, 2])])
    let y = (joined * T([1, 2, 3, 4], shape: [2, 2])).sum() + (5 * a).sum() + (7 * b).sum()
    let result = gradients(of: y, withRespectTo: [a, b, joined])
    #expect(result.map(\.scalars) == [[6, 7], [10, 11], [1, 2, 3, 4]])
  }

  @Test("A returned gradient does not change when the graph is differentiated again")
  func stableResults() {
    let x = T([1, 2]).tracked()
    let y = x + x
    let first = gradients(of: y.sum(), withRespectTo: [x, y])
    _ = gradients(of: (y * 5 + x).sum(), withRespectTo: [x, y])
    #expect(first.map(\.scalars) == [[2, 2], [1, 1]])
  }

  @Test("Gradients exist for intermediate tensors and for the output itself")
  func intermediates() {
    let x = T([2]).tracked()
    let middle = x.squared()
    let y = (3 * middle).sum()
    #expect(gradients(of: y, withRespectTo: [y, middle, x]).map(\.scalars) == [[1], [3], [12]])
  }

  @Test("A variable that is listed twice gets its gradient twice")
  func askedTwice() {
    let x = T([2]).tracked()
    let result = gradients(of: (x * x).sum(), withRespectTo: [x, x])
    #expect(result.map(\.scalars) == [[4], [4]])
  }

  @Test("The gradient of an unused variable is zero, also if the output is a constant")
  func unused() {
    let (x, other) = (T([2]).tracked(), T([1, 2, 3]).tracked())
    #expect(gradients(of: x.sum(), withRespectTo: [other, x]).map(\.scalars) == [[0, 0, 0], [1]])
    #expect(gradients(of: T(1), withRespectTo: [other])[0].scalars == [0, 0, 0])
    #expect(gradients(of: x.detached.sum() * x.sum(), withRespectTo: [x])[0].scalars == [2])
  }

  @Test("Operations on constants are not recorded")
  func constants() {
    let x = T([1, 2])
    #expect(!(x.exp() * x).sum().isTracked && !x.isTracked)
    #expect((x * x.tracked()).isTracked && !(x * x.tracked()).detached.isTracked)
  }

  @Test("Two outputs that share a graph have the right gradients in either order and repeatedly")
  func sharedGraph() {
    let x = T([1, 2]).tracked()
    let shared = x.squared()
    let (a, b) = ((2 * shared).sum(), (shared * x).sum())
    for _ in 0..<2 {
      #expect(gradients(of: a, withRespectTo: [x])[0].scalars == [4, 8])
      #expect(gradients(of: b, withRespectTo: [x])[0].scalars == [3, 12])
    }
    #expect(gradients(of: a + b, withRespectTo: [x, shared])[0].scalars == [7, 20])
  }

  @Test("A tensor from tracked() is a new variable without its history")
  func retracked() {
    let x = T([3]).tracked()
    let y = x.squared().tracked()
    #expect(gradients(of: y.sum(), withRespectTo: [x, y]).map(\.scalars) == [[0], [1]])
  }

  @Test("A value and its gradient are computed in one call")
  func valueAndGradient() {
    let (value, gradient) = valueWithGradient(at: T([1, 2])) { ($0 * $0).sum() }
    #expect(value.scalar == 5 && gradient.scalars == [2, 4])
    #expect(!value.isTracked && !gradient.isTracked)
  }

  @Test("A custom operation is differentiated, and is told which gradients are not needed")
  func customOperation() {
    func cube(_ input: T, log: @escaping (Bool) -> Void = { _ in }) -> T {
      let x = input.detached
      return (x * x * x).recorded(from: [input, x]) { upstream, gradients in
        log(gradients.isNeeded(1))
        gradients.add(to: 0, 3 * x * x * upstream)
        gradients.add(to: 1, { fatalError("the gradient of a constant was computed") }())
      }
    }
    expectGradients(at: [T([-1, 0, 1])], step: 0x1p-10, within: 1e-9) { cube($0[0]).exp() }
    var asked: [Bool] = []
    let x = T([2]).tracked()
    _ = gradients(of: cube(x) { asked.append($0) }, withRespectTo: [x])
    #expect(asked == [false])
    #expect(!cube(T([2])).isTracked)
  }

  @Test("A chain of a million operations is differentiated and released without stack overflow")
  func longChain() {
    let x = T(0).tracked()
    var y = x
    for _ in 0..<1_000_000 { y = y + 1 }
    #expect(y.scalar == 1e6)
    #expect(gradients(of: y, withRespectTo: [x])[0].scalar == 1)
  }

  @Test("A long chain whose operations each also use the variable is differentiated")
  func longBranchingChain() {
    let x = T(1).tracked()
    var y = x
    for _ in 0..<200_000 { y = T.minimum(y, T(2)) + 0 * x }
    #expect(gradients(of: y, withRespectTo: [x])[0].scalar == 1)
  }

  @Test("Concurrent tasks differentiate graphs that share a variable")
  func tasks() async {
    let x = T([0.5, -1, 2]).tracked()
    let shared = (x * x).exp()
    let wrong = await withTaskGroup(of: Int.self) { group in
      for task in 1...4 {
        group.addTask {
          (0..<500).count { _ in
            let loss = (Double(task) * shared * x).sum()
            // The derivative of c x exp(x²) is expected.
            let expected = Double(task) * shared.detached * (2 * x * x + 1).detached
            let found = gradients(of: loss, withRespectTo: [x])[0].detached
            return (found / expected - 1).abs().scalars.max()! > 1e-12
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  @Test("A graph is released together with its last tensor")
  func release() {
    final class Witness: @unchecked Sendable {}
    weak var witness: Witness?
    do {
      let alive = Witness()
      witness = alive
      let x = T([1]).tracked()
      var y = x.recorded(from: [x]) { g, gradients in
        withExtendedLifetime(alive) { gradients.add(to: 0, g) }
      }
      for _ in 0..<10 { y = y.exp() * y }
      #expect(gradients(of: y, withRespectTo: [x])[0].count == 1)
    }
    #expect(witness == nil)
  }

  // MARK: Refusals of what would give a wrong gradient

  @Test("A second derivative by nesting is refused, whichever function is nested")
  func nested() async {
    let byValue = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = valueWithGradient(at: T([3])) { x in
        valueWithGradient(at: x) { ($0 * $0 * $0).sum() }.gradient.sum()
      }
    }
    expectMessage(byValue, "there are no second derivatives")
    let mixed = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = T([3]).tracked()
      let slope = gradients(of: (x * x * x).sum(), withRespectTo: [x])[0]
      _ = gradients(of: (x * slope).sum(), withRespectTo: [x])
    }
    expectMessage(mixed, "there are no second derivatives")
    let value = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = T([3]).tracked()
      let inner = valueWithGradient(at: x) { ($0 * $0).sum() }.value
      _ = gradients(of: x.sum() + inner, withRespectTo: [x])
    }
    expectMessage(value, "there are no second derivatives")
  }

  @Test("A detached gradient is a constant, and values computed from gradients are not recorded")
  func gradientAsConstant() {
    let x = T([3]).tracked()
    let slope = gradients(of: (x * x).sum(), withRespectTo: [x])[0]
    #expect(!slope.isTracked && slope.scalars == [6])
    let y = gradients(of: (x * slope.detached).sum(), withRespectTo: [x])[0]
    #expect(y.scalars == [6])
    // In gradient descent by hand, no graph accumulates.
    var point = T([5])
    for _ in 0..<1000 {
      let (_, gradient) = valueWithGradient(at: point) { ($0 * $0).sum() }
      point = point - 0.1 * gradient
    }
    #expect(!point.isTracked && abs(point.scalars[0]) < 1e-9)
  }

  @Test("An adjoint that names an input that does not exist stops the program with both numbers")
  func wrongInput() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let x = T([3]).tracked()
      let y = T([9]).recorded(from: [x]) { upstream, gradients in gradients.add(to: 1, upstream) }
      _ = gradients(of: y, withRespectTo: [x])
    }
    expectMessage(result, "input 1 of an operation with 1 inputs")
  }

  @Test("A graph whose adjoints hold tracked tensors is released on a small stack")
  func releaseOfCapturedTensors() async {
    // A thread of Dispatch has a stack of 512 KiB. If releases were nested without a limit, 60,000
    // of them would overflow even the 8 MiB of the main thread.
    let released = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        weak var first: Node<Double>?
        do {
          var x = T([1]).tracked()
          first = x.node
          for _ in 0..<200_000 {
            let held = x
            x = held.detached.recorded(from: [held]) { upstream, gradients in
              gradients.add(to: 0, upstream * held.detached)
              _ = held.isTracked
            }
          }
        }
        continuation.resume(returning: first == nil)
      }
    }
    #expect(released)
  }
}
