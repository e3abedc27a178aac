// Counter-based random numbers by Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011), and functions that fill buffers with them.
//
// A block is the encryption of a 128-bit counter under a 64-bit key: four words of 32 bits. A fill
// encrypts the counters (position, 0, 0) for position = first, first + 1, … (modulo 2^64) and
// processes them in chunks of 16 blocks. A chunk is laid out word by word: word w of the chunk's
// block b is at 16 w + b. A chunk therefore provides 64 elements of 32 bits or 32 elements of 64
// bits: element 16 p + b consists of words 2p (the high half) and 2p + 1 of block b.
//
//   element i of a fill at `first`, with E elements a chunk = element i mod E of the chunk whose
//   first block is first + 16 (i / E)
//
// A fill that is divided at multiples of E therefore gives the same values as a single one. Bits,
// uniform and Bernoulli numbers are the same on every processor; normal and Gumbel numbers may
// differ in their last bits between processors with and without fused multiply-add.
#pragma once

#include "scalar.h"

enum {
  LG_RANDOM_BLOCKS_PER_CHUNK = 16,
  LG_RANDOM_FLOATS_PER_CHUNK = 64,
  LG_RANDOM_DOUBLES_PER_CHUNK = 32,
};

// One block: out = Philox4x32-10 of the counter low + 2^64 high, low word first.
void lg_philox_block(uint64_t key, uint64_t low, uint64_t high, uint32_t out[4]);

// Independent uniform words of 32 bits; 64 elements a chunk.
void lg_fill_bits(uint64_t key, uint64_t first, uint32_t *out, ptrdiff_t count);

// Uniform on the open interval (0, 1): odd multiples of 2^-24 (float) or 2^-53 (double).
void lg_fill_uniform_f32(uint64_t key, uint64_t first, float *out, ptrdiff_t count);
void lg_fill_uniform_f64(uint64_t key, uint64_t first, double *out, ptrdiff_t count);

// Standard normal, by the Box–Muller transform; at most 6.67 (float) or 8.58 (double) in absolute
// value. The two numbers of a pair are 16 elements apart.
void lg_fill_normal_f32(uint64_t key, uint64_t first, float *out, ptrdiff_t count);
void lg_fill_normal_f64(uint64_t key, uint64_t first, double *out, ptrdiff_t count);

// Standard Gumbel, -log(-log u), always finite. The upper tail, which decides an argmax, is
// resolved down to a probability of 2^-32 (float) or 2^-53 (double).
void lg_fill_gumbel_f32(uint64_t key, uint64_t first, float *out, ptrdiff_t count);
void lg_fill_gumbel_f64(uint64_t key, uint64_t first, double *out, ptrdiff_t count);

// 1 where the uniform number at the same index is below the probability, else 0. `stride` is 1 for
// one probability for each element, 0 for one probability for all.
void lg_fill_bernoulli_f32(uint64_t key, uint64_t first, const float *probability, ptrdiff_t stride,
                           float *out, ptrdiff_t count);
void lg_fill_bernoulli_f64(uint64_t key, uint64_t first, const double *probability,
                           ptrdiff_t stride, double *out, ptrdiff_t count);
