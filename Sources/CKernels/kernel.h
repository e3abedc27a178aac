// What every kernel file includes: the clones for wide vectors, and small helpers.
#pragma once

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A Swift package is built for the baseline of its architecture (SSE2 on x86-64). A function with
// this attribute is compiled once for each of these instruction sets, and the loader picks the best
// one that the processor has. Helpers that it calls are INLINE, so that they are cloned with it.
// Not under the thread sanitizer, which instruments the functions by which the loader picks: they run
// before the sanitizer does, and crash.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__) && \
  !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

// Whether a pivot can be divided by: positive, finite, and with all its digits, so that its inverse is
// finite too.
#define IS_PIVOT(Scalar, x)                                                                        \
  ((x) >= (Scalar)(sizeof(Scalar) == sizeof(float) ? FLT_MIN : DBL_MIN) && (x) < (Scalar)INFINITY)

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
