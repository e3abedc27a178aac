#include "../include/sparse_root.h"

#include <float.h>

// The row stride of an update, as in a Cholesky factorization.
static inline ptrdiff_t update_step(ptrdiff_t rows) {
  return rows > 0 ? lg_sparse_update_count(rows) / rows : 0;
}

#define TEMPLATE "../sparse/rows.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE

#define TEMPLATE "../sparse/root.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
