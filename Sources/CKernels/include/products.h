// Products of float matrices on x86-64 processors with AVX2 or AVX-512, for the shapes of a
// training step: a batch of rows times weights, where BLAS spends a fifth of its time on packing
// and clearing.
//
// After K. Goto and R. van de Geijn, Anatomy of High-Performance Matrix Multiplication, ACM TOMS
// 34 (2008). Only the right matrix is packed, as a rule: a left one in row-major order is read
// where it lies, and for few rows so is a right one. Few columns are multiplied as the transpose
// of C.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// C (+)= op(A) op(B), row-major: C is m×n with rows ldc apart, op(A) is m×k and op(B) is k×n; A is
// k×m, or B n×k, where it is transposed; m, n and k are at least 1. Each element of C is summed in
// the order of k in blocks of a fixed size, so its bits do not depend on how C is cut into parts.
// C must not overlap A or B. What lies between the rows of A and B, up to the end of the last, may
// be read and has no effect. Takes a third of a MiB of the stack in a release build.
typedef void LGProduct(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k,
                       const float *a, size_t lda, const float *b, size_t ldb, bool accumulate,
                       float *c, size_t ldc);

// The product by vectors of 8 floats (AVX2) or 16 (AVX-512), which any thread may call; null where
// this processor has none.
LGProduct *lg_product_f32(int width) __attribute__((swift_attr("@Sendable")));
