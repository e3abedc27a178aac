#include <math.h>

#include "../include/reference.h"

// Ten rounds as in the paper, in words of 32 bits.
void lg_reference_philox(uint64_t key, uint64_t low, uint64_t high, uint32_t out[4]) {
  uint32_t x0 = (uint32_t)low, x1 = (uint32_t)(low >> 32);
  uint32_t x2 = (uint32_t)high, x3 = (uint32_t)(high >> 32);
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    const uint64_t p0 = (uint64_t)0xD2511F53 * x0, p1 = (uint64_t)0xCD9E8D57 * x2;
    x0 = (uint32_t)(p1 >> 32) ^ x1 ^ k0;
    x1 = (uint32_t)p1;
    x2 = (uint32_t)(p0 >> 32) ^ x3 ^ k1;
    x3 = (uint32_t)p0;
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

// Element i of a fill of bits: word w of the chunk's block b is at 16 w + b.
static uint32_t word(uint64_t key, uint64_t first, ptrdiff_t i) {
  const ptrdiff_t chunk = i / 64, w = i % 64 / 16, b = i % 16;
  uint32_t block[4];
  lg_reference_philox(key, first + (uint64_t)(16 * chunk + b), 0, block);
  return block[w];
}

void lg_reference_fill_bits(uint64_t key, uint64_t first, uint32_t *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) out[i] = word(key, first, i);
}

#define TEMPLATE "../random/reference.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
