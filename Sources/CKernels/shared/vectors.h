// The vector types of all kernels.
//
// Hot loops pass vectors to inlined helpers by pointer, never by value: the clones of an entry
// point and a plain function would disagree on the calling convention.
#pragma once

#include <stddef.h>

// 32 bytes, as many as a register of AVX2 holds. A loose vector may lie anywhere in an array of
// scalars.
typedef float Vector_f32 __attribute__((vector_size(32)));
typedef double Vector_f64 __attribute__((vector_size(32)));
typedef float LooseVector_f32 __attribute__((vector_size(32), aligned(4), may_alias));
typedef double LooseVector_f64 __attribute__((vector_size(32), aligned(8), may_alias));
typedef float LooseHalf_f32 __attribute__((vector_size(16), aligned(4), may_alias));
typedef double LooseHalf_f64 __attribute__((vector_size(16), aligned(8), may_alias));

// Four scalars.
typedef float Quad_f32 __attribute__((vector_size(16)));
typedef double Quad_f64 __attribute__((vector_size(32)));
typedef float LooseQuad_f32 __attribute__((vector_size(16), aligned(4), may_alias));
typedef double LooseQuad_f64 __attribute__((vector_size(32), aligned(8), may_alias));

// Eight scalars.
typedef float LooseEight_f32 __attribute__((ext_vector_type(8), aligned(4), may_alias));
typedef double LooseEight_f64 __attribute__((ext_vector_type(8), aligned(8), may_alias));
