import CKernels

/// Bounds the stack depth when a graph of operations is released.
///
/// An adjoint may hold tensors of the graph, so that releasing one node releases another from
/// within, and so on along the whole graph. Beyond a fixed depth, the remaining references are
/// queued until the outermost release of the thread has ended.
enum Releases {
  private static var deepest: Int32 { 64 }

  /// Runs `body`, which releases references. If the thread is nested too deeply in releases
  /// already, `references` are queued instead.
  static func nested(_ references: @autoclosure () -> Any, _ body: () -> Void) {
    let state = lg_releases_of_thread()!
    guard state.pointee.depth < deepest else { return keep(references(), in: state) }
    state.pointee.depth += 1
    body()
    if state.pointee.depth == 1, state.pointee.pending != nil { drain(state) }
    state.pointee.depth -= 1
  }

  private final class Pending { var references: [Any] = [] }

  private static func keep(_ references: Any, in state: UnsafeMutablePointer<LGReleases>) {
    if state.pointee.pending == nil {
      state.pointee.pending = Unmanaged.passRetained(Pending()).toOpaque()
    }
    Unmanaged<Pending>.fromOpaque(state.pointee.pending).takeUnretainedValue()
      .references.append(references)
  }

  /// Releases the queued references; each release may queue others.
  private static func drain(_ state: UnsafeMutablePointer<LGReleases>) {
    let pending = Unmanaged<Pending>.fromOpaque(state.pointee.pending).takeRetainedValue()
    while pending.references.popLast() != nil {}
    state.pointee.pending = nil
  }
}
