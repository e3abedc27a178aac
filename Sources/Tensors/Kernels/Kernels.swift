/// The kernels for one scalar type: a table of C functions with one field for each family.
///
/// An operation calls a kernel once for a whole tensor. The headers of `CKernels` document each
/// function. Linear algebra is done by BLAS and LAPACK.
public final class Kernels<Scalar: TensorScalar>: Sendable {
  package let elementwise: ElementwiseKernels<Scalar>
  package let reductions: ReductionKernels<Scalar>
  package let linearAlgebra: LinearAlgebraKernels<Scalar>
  package let nonzeros: NonzeroKernels<Scalar>
  package let random: RandomKernels<Scalar>
  package let networks: NetworkKernels<Scalar>
  package let normals: NormalKernels<Scalar>
  package let bidiagonal: BidiagonalKernels<Scalar>
  package let extendedGrid: ExtendedGridKernels<Scalar>
  package let blockChain: BlockChainKernels<Scalar>
  package let sparse: SparseKernels<Scalar>
  package let forest: ForestKernels<Scalar>
  package let sparseRoot: SparseRootKernels<Scalar>

  init(
    elementwise: ElementwiseKernels<Scalar>,
    reductions: ReductionKernels<Scalar>,
    linearAlgebra: LinearAlgebraKernels<Scalar>,
    nonzeros: NonzeroKernels<Scalar>,
    random: RandomKernels<Scalar>,
    networks: NetworkKernels<Scalar>,
    normals: NormalKernels<Scalar>,
    bidiagonal: BidiagonalKernels<Scalar>,
    extendedGrid: ExtendedGridKernels<Scalar>,
    blockChain: BlockChainKernels<Scalar>,
    sparse: SparseKernels<Scalar>,
    forest: ForestKernels<Scalar>,
    sparseRoot: SparseRootKernels<Scalar>
  ) {
    self.elementwise = elementwise
    self.reductions = reductions
    self.linearAlgebra = linearAlgebra
    self.nonzeros = nonzeros
    self.random = random
    self.networks = networks
    self.normals = normals
    self.bidiagonal = bidiagonal
    self.extendedGrid = extendedGrid
    self.blockChain = blockChain
    self.sparse = sparse
    self.forest = forest
    self.sparseRoot = sparseRoot
  }
}

extension Float {
  /// The kernels for single precision.
  public static let kernels = Kernels<Float>(
    elementwise: .single, reductions: .single, linearAlgebra: .single, nonzeros: .single,
    random: .single, networks: .single, normals: .single, bidiagonal: .single,
    extendedGrid: .single, blockChain: .single, sparse: .single, forest: .single,
    sparseRoot: .single)
}

extension Double {
  /// The kernels for double precision.
  public static let kernels = Kernels<Double>(
    elementwise: .double, reductions: .double, linearAlgebra: .double, nonzeros: .double,
    random: .double, networks: .double, normals: .double, bidiagonal: .double,
    extendedGrid: .double, blockChain: .double, sparse: .double, forest: .double,
    sparseRoot: .double)
}

package typealias Input<Scalar> = UnsafePointer<Scalar>
package typealias Output<Scalar> = UnsafeMutablePointer<Scalar>
