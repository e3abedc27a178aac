// The Cholesky factor L of a block-tridiagonal precision P = L Lᵀ of T = `blocks` blocks of d×d, k
// = T d. Its diagonal blocks are A[T, d, d], lower triangular with a positive diagonal and zeros
// above it; the blocks below them are C[T - 1, d, d], where C[t] is block (t + 1, t) of L. All
// matrices are row-major.
//
// Batches, row ranges, parameter rows and the reproducibility of bits are as in bidiagonal.h. Cost
// for each row: O(T d²) for operations on vectors, O(T d³) for operations on matrices.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// The workspace elements that the functions below need. The workspace is aligned to 32 bytes.
ptrdiff_t lg_block_chain_workspace(ptrdiff_t d);

#define LG_DECLARE_BLOCK_CHAIN(Scalar, name)                                                       \
  /* u = L⁻ᵀ e. */                                                                                 \
  void name(lg_block_chain_unwhiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,             \
                                     ptrdiff_t d, ptrdiff_t param_rows, const Scalar *A,           \
                                     const Scalar *C, const Scalar *e, Scalar *u);                 \
  /* x = L⁻¹ g. */                                                                                 \
  void name(lg_block_chain_solve)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks, ptrdiff_t d,   \
                                  ptrdiff_t param_rows, const Scalar *A, const Scalar *C,          \
                                  const Scalar *g, Scalar *x);                                     \
  /* y = Lᵀ x. */                                                                                  \
  void name(lg_block_chain_whiten)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks, ptrdiff_t d,  \
                                   ptrdiff_t param_rows, const Scalar *A, const Scalar *C,         \
                                   const Scalar *x, Scalar *y);                                    \
  /* y = L x. */                                                                                   \
  void name(lg_block_chain_multiply)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,             \
                                     ptrdiff_t d, ptrdiff_t param_rows, const Scalar *A,           \
                                     const Scalar *C, const Scalar *x, Scalar *y);                 \
  /* The adjoint of u = L⁻ᵀ e for g = ∂/∂u: x = L⁻¹ g = ∂/∂e, and dL[i, j] = -Σ u[i] x[j] on the   \
     pattern, summed over the batch rows that share a parameter row; dA is zero above its          \
     diagonals. begin..<end are parameter rows, each with all of its batch rows. */                \
  void name(lg_block_chain_unwhiten_adjoint)(                                                      \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t rows, ptrdiff_t blocks, ptrdiff_t d,               \
      ptrdiff_t param_rows, const Scalar *A, const Scalar *C, const Scalar *g, const Scalar *u,    \
      Scalar *x, Scalar *dA, Scalar *dC);                                                          \
  /* dL[i, j] = ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and the blocks whose   \
     first element is in low..<high. The adjoint of u = L⁻ᵀ e is (u, L⁻¹ du) negated, with the     \
     same bits as above; the adjoint of y = Lᵀ x is (x, dy), that of y = L x is (dy, x). */        \
  void name(lg_block_chain_outer)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t low, ptrdiff_t high,   \
                                  ptrdiff_t rows, ptrdiff_t blocks, ptrdiff_t d,                   \
                                  ptrdiff_t param_rows, const Scalar *a, const Scalar *b,          \
                                  bool negate, Scalar *dA, Scalar *dC);                            \
  /* L for P with the diagonal blocks D[T, d, d], of which the lower triangles are read, and the   \
     blocks B[T - 1, d, d] below them, for each parameter row. Returns -1, or the first index row  \
     * k + pivot whose pivot is not positive and finite; A then holds that pivot, and the factors  \
     from there on are undefined. `is_tame` is set to whether each P is known to be far from       \
     singular: by bounds on its factor, or because each diagonal element exceeds the absolute sum  \
     of its row's other elements by the share `excess`. `is_symmetric` is set to whether each      \
     block that was read is symmetric, up to rounding. */                                          \
  ptrdiff_t name(lg_block_chain_factor)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,          \
                                        ptrdiff_t d, const Scalar *D, const Scalar *B, Scalar *A,  \
                                        Scalar *C, Scalar excess, bool *is_tame,                   \
                                        bool *is_symmetric,                                        \
                                        Scalar *workspace);                                        \
  /* The adjoint of the factor, given the factor, dA (lower triangles) and dC. dD is symmetric:    \
     the two elements of each pair of D share the gradient evenly. */                              \
  void name(lg_block_chain_factor_adjoint)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,       \
                                           ptrdiff_t d, const Scalar *A, const Scalar *C,          \
                                           const Scalar *dA, const Scalar *dC, Scalar *dD,         \
                                           Scalar *dB, Scalar *workspace);                         \
  /* Σ = P⁻¹ for each parameter row: S[t] is block (t, t) of Σ and, if K is not null, K[t] is      \
     block (t + 1, t). */                                                                          \
  void name(lg_block_chain_covariance)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,           \
                                       ptrdiff_t d, const Scalar *A, const Scalar *C, Scalar *S,   \
                                       Scalar *K, Scalar *workspace);                              \
  /* The adjoint of the covariance, given S, K, dS and dK; dS or dK may be null and then counts as \
     zero. dA is zero above its diagonals. */                                                      \
  void name(lg_block_chain_covariance_adjoint)(                                                    \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks, ptrdiff_t d, const Scalar *A,              \
      const Scalar *C, const Scalar *S, const Scalar *K, const Scalar *dS, const Scalar *dK,       \
      Scalar *dA, Scalar *dC, Scalar *workspace);                                                  \
  /* Copies the lower triangles of the matrices A[count, d, d], with zeros above them. */          \
  void name(lg_block_chain_lower)(ptrdiff_t count, ptrdiff_t d, const Scalar *A, Scalar *lower);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_BLOCK_CHAIN(float, LG_F32)
LG_DECLARE_BLOCK_CHAIN(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_BLOCK_CHAIN
