#include "include/sparse.h"

#include "tiles.h"

// n rounded up to a multiple of LG_SPARSE_ROW_MULTIPLE.
INLINE ptrdiff_t filled(ptrdiff_t n) {
  return (n + LG_SPARSE_ROW_MULTIPLE - 1) / LG_SPARSE_ROW_MULTIPLE * LG_SPARSE_ROW_MULTIPLE;
}

// The column stride of an update.
INLINE ptrdiff_t update_step(ptrdiff_t rows) { return rows <= 2 ? rows : filled(rows); }

#define TEMPLATE "sparse.inc"
#include "for_each_scalar.h"
