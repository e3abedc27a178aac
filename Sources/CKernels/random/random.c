// Philox, and fills of bits; fills of floats and doubles are in random.inc.
#include "../include/random.h"

#include "../shared/kernel.h"

enum { BLOCKS = LG_RANDOM_BLOCKS_PER_CHUNK, WORDS = 4 * BLOCKS };

// The number of chunks that are encrypted before they are converted to numbers.
enum { BATCH = 2 };

// The ten rounds on one block. The words are in 64-bit variables, of which only the low halves
// matter: a vector of them multiplies without shuffles.
INLINE void philox(uint64_t key, uint64_t low, uint64_t high, uint64_t word[4]) {
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  uint64_t c0 = low, c1 = low >> 32, c2 = high, c3 = high >> 32;
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    uint64_t product0 = 0xD2511F53u * (c0 & 0xFFFFFFFFu);
    uint64_t product1 = 0xCD9E8D57u * (c2 & 0xFFFFFFFFu);
    c0 = (product1 >> 32) ^ c1 ^ key0;
    c1 = product1;
    c2 = (product0 >> 32) ^ c3 ^ key1;
    c3 = product0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  word[0] = c0;
  word[1] = c1;
  word[2] = c2;
  word[3] = c3;
}

void lg_philox_block(uint64_t key, uint64_t low, uint64_t high, uint32_t out[4]) {
  uint64_t word[4];
  philox(key, low, high, word);
  for (int w = 0; w < 4; w++) out[w] = (uint32_t)word[w];
}

typedef uint32_t (*restrict Words)[BLOCKS];

// words[4 c + w][b] = word w of the block b of chunk c.
INLINE void philox_chunks(uint64_t key, uint64_t first, ptrdiff_t chunks, Words words) {
  for (ptrdiff_t c = 0; c < chunks; c++, first += BLOCKS, words += 4)
    for (uint64_t b = 0; b < BLOCKS; b++) {
      uint64_t word[4];
      philox(key, first + b, 0, word);
      words[0][b] = (uint32_t)word[0];
      words[1][b] = (uint32_t)word[1];
      words[2][b] = (uint32_t)word[2];
      words[3][b] = (uint32_t)word[3];
    }
}

CLONES void lg_fill_bits(uint64_t key, uint64_t first, uint32_t *out, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += WORDS, first += BLOCKS) {
    uint32_t words[4][BLOCKS];
    philox_chunks(key, first, 1, words);
    ptrdiff_t n = count - i < WORDS ? count - i : WORDS;
    memcpy(out + i, words, n * sizeof(uint32_t));
  }
}

#define TEMPLATE "../random/random.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
