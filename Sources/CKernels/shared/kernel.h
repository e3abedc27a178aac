// Included by every kernel file: the attribute for multiple instruction sets, and small helpers.
#pragma once

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// A Swift package is built for the baseline of its architecture (SSE2 on x86-64). A function with
// this attribute is compiled once for each of these instruction sets, and the loader selects the
// best one that the processor supports. Helpers that it calls are INLINE, so that they are compiled
// with it. The attribute is disabled under the thread sanitizer: the functions by which the loader
// selects would be instrumented, but they run before the sanitizer is initialized, and crash. It is
// also disabled by -DBASELINE_KERNELS, which shows what a processor without AVX2 computes.
//
// VECTOR_CLONES is for loops over the vectors of `vectors.h`, and for short loops: these fill the
// registers of AVX2. With AVX-512 they are not faster, and many are slower.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__) && \
    !defined(BASELINE_KERNELS) && !__has_feature(thread_sanitizer)
#define CLONES __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#define VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define CLONES
#define VECTOR_CLONES
#endif

#define INLINE static inline __attribute__((always_inline))

// Loops that are unrolled, that stay as they are, and that may be vectorized although an output is
// an input, since each element depends on those in its place alone.
#define UNROLL_FOR _Pragma("unroll") for
#define ROLLED_FOR _Pragma("clang loop unroll(disable)") for
// Loops of doubles that call the C library are not vectorized, which is no fault.
#pragma clang diagnostic ignored "-Wpass-failed"
#define PARALLEL_FOR _Pragma("clang loop vectorize(assume_safety)") for

// Whether a pivot can be divided by: it is positive, finite and not subnormal, so that its inverse
// is finite too.
INLINE bool is_pivot_f32(float x) { return x >= FLT_MIN && x < INFINITY; }
INLINE bool is_pivot_f64(double x) { return x >= DBL_MIN && x < INFINITY; }

// The bits of a number, and the number with these bits.
INLINE uint32_t to_bits_f32(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE uint64_t to_bits_f64(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

INLINE float from_bits_f32(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

INLINE double from_bits_f64(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
