#include "../include/sparse.h"

#include "tiles.h"

// The column stride of an update.
INLINE ptrdiff_t update_step(ptrdiff_t rows) { return rows <= 2 ? rows : filled(rows); }

#define TEMPLATE "../sparse/sparse.inc"
#include "../shared/for_each_scalar.h"
#undef TEMPLATE
