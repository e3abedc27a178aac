// The Cholesky factor L of a block-tridiagonal precision P = L Lᵀ of T = `blocks` blocks of d×d,
// k = T d: on its diagonal A[T, d, d], lower triangular with a positive diagonal and zeros above
// it, below it C[T - 1, d, d], C[t] = L's block (t + 1, t). All matrices are row-major.
//
// Batches, row ranges and parameter rows as in bidiagonal.h, and the same promise about bits.
// Cost: O(T d²) a row for what takes vectors, O(T d³) for what takes matrices.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Numbers of workspace that the functions below with that argument need, aligned to 32 bytes.
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
     pattern, summed over the batch rows that share a parameter row; zeros above the diagonals of  \
     dA. begin..<end are parameter rows: all their batch rows are treated. */                      \
  void name(lg_block_chain_unwhiten_adjoint)(                                                      \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t rows, ptrdiff_t blocks, ptrdiff_t d,               \
      ptrdiff_t param_rows, const Scalar *A, const Scalar *C, const Scalar *g, const Scalar *u,    \
      Scalar *x, Scalar *dA, Scalar *dC);                                                          \
  /* dL[i, j] = ±Σ a[i] b[j] on the pattern, for parameter rows begin..<end and the blocks whose   \
     first element is one of low..<high. The adjoint of u = L⁻ᵀ e is (u, L⁻¹ du) negated, bit for  \
     bit as above; that of y = Lᵀ x is (x, dy), that of y = L x is (dy, x). */                     \
  void name(lg_block_chain_outer)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t low, ptrdiff_t high,   \
                                  ptrdiff_t rows, ptrdiff_t blocks, ptrdiff_t d,                   \
                                  ptrdiff_t param_rows, const Scalar *a, const Scalar *b,          \
                                  bool negate, Scalar *dA, Scalar *dC);                            \
  /* L of P with the diagonal blocks D[T, d, d], of which the lower triangles are read, and B[T -  \
     1, d, d] below them, by parameter row. Returns -1, or the first index row * k + pivot whose   \
     pivot is not positive and finite: A holds it there then, and the factors from there on are    \
     undefined. `is_tame`: whether each P is known to be well conditioned, by the shares of its    \
     factor or by a diagonal that exceeds the sums beside it by the part `excess`;                 \
     `is_symmetric`: whether each block that was read is symmetric, up to rounding. */             \
  ptrdiff_t name(lg_block_chain_factor)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,          \
                                        ptrdiff_t d, const Scalar *D, const Scalar *B, Scalar *A,  \
                                        Scalar *C, Scalar excess, bool *is_tame,                   \
                                        bool *is_symmetric,                                        \
                                        Scalar *workspace);                                        \
  /* Its adjoint, from the factor and the adjoints dA, lower triangles, and dC. dD is symmetric:   \
     each pair of D's elements shares its gradient evenly. */                                      \
  void name(lg_block_chain_factor_adjoint)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,       \
                                           ptrdiff_t d, const Scalar *A, const Scalar *C,          \
                                           const Scalar *dA, const Scalar *dC, Scalar *dD,         \
                                           Scalar *dB, Scalar *workspace);                         \
  /* Of Σ = P⁻¹, by parameter row: S[t] = Σ's block (t, t) and, where K is not null, K[t] = its    \
     block (t + 1, t). */                                                                          \
  void name(lg_block_chain_covariance)(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks,           \
                                       ptrdiff_t d, const Scalar *A, const Scalar *C, Scalar *S,   \
                                       Scalar *K, Scalar *workspace);                              \
  /* Its adjoint, from S and K and the adjoints dS and dK, which may be null and counts as zeros   \
     then; zeros above the diagonals of dA. */                                                     \
  void name(lg_block_chain_covariance_adjoint)(                                                    \
      ptrdiff_t begin, ptrdiff_t end, ptrdiff_t blocks, ptrdiff_t d, const Scalar *A,              \
      const Scalar *C, const Scalar *S, const Scalar *K, const Scalar *dS, const Scalar *dK,       \
      Scalar *dA, Scalar *dC, Scalar *workspace);                                                  \
  /* The lower triangles of matrices A[count, d, d], zeros above them. */                          \
  void name(lg_block_chain_lower)(ptrdiff_t count, ptrdiff_t d, const Scalar *A, Scalar *lower);

#define LG_F32(name) name##_f32
#define LG_F64(name) name##_f64
LG_DECLARE_BLOCK_CHAIN(float, LG_F32)
LG_DECLARE_BLOCK_CHAIN(double, LG_F64)
#undef LG_F32
#undef LG_F64
#undef LG_DECLARE_BLOCK_CHAIN
