#include "../include/forest.h"

#include "tiles.h"

// The number of positions in a block, whose vectors stay in the cache.
enum { block_size = 128 };

// The prefetch distance, in positions, for elements in the caller's order.
enum { ahead = 48 };

INLINE ptrdiff_t later_of(ptrdiff_t i, ptrdiff_t end) {
  return i + ahead < end ? i + ahead : end - 1;
}

INLINE ptrdiff_t earlier_of(ptrdiff_t i, ptrdiff_t begin) {
  return i - ahead > begin ? i - ahead : begin;
}

#define TEMPLATE "../sparse/forest.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
