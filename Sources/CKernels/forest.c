#include "include/forest.h"

#include "kernel.h"

// Some positions whose vectors stay in the cache.
enum { block_size = 128 };

// n filled up to a multiple of the numbers in a vector register.
INLINE ptrdiff_t filled(ptrdiff_t n) {
  return (n + LG_SPARSE_ROW_MULTIPLE - 1) / LG_SPARSE_ROW_MULTIPLE * LG_SPARSE_ROW_MULTIPLE;
}

#define TEMPLATE "forest.inc"
#include "for_each_scalar.h"
