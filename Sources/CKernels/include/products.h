// Products of float matrices on x86-64 processors with AVX2 or AVX-512, for the shapes of a
// training step (a batch of rows times weights), where BLAS spends a fifth of its time on packing
// and clearing.
//
// After K. Goto and R. van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS 34
// (2008). Usually only the right matrix is packed: a left matrix in row-major order is read in
// place and, if there are few rows, so is a right one. A product with few columns is computed as
// the transpose of C.
#pragma once

#include "scalar.h"

// The shape of a product C (+)= op(A) op(B), row-major: op(A) is m×k, op(B) is k×n, and C is m×n;
// each is at least 1. A transposed A is stored as k×m, a transposed B as n×k. lda, ldb and ldc are
// the row strides.
typedef struct {
  bool transpose_a, transpose_b, accumulate;
  ptrdiff_t m, n, k;
  ptrdiff_t lda, ldb, ldc;
} LGProductShape;

// Each element of C is summed in the order of k in blocks of a fixed size, so that its bits do not
// depend on how C is divided into parts. Memory between the rows of A and B, up to the end of the
// last row, may be read but has no effect. The function uses a third of a MiB of stack in a release
// build.
typedef void LGProduct(LGProductShape shape, const float *a, const float *b, float *c);

// The product with vectors of 8 floats (AVX2) or 16 (AVX-512); null if this processor does not
// support them. Any thread may call it.
LGProduct *lg_product_f32(int width) __attribute__((swift_attr("@Sendable")));
