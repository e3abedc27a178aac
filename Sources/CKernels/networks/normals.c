#include "../include/normals.h"

#include "../shared/kernel.h"

// Row r of a batch that is repeated. Most batches are not, and need no division.
INLINE ptrdiff_t repeated(ptrdiff_t r, ptrdiff_t rows) { return r < rows ? r : r % rows; }

// The number of elements of a block of rows, for which exponentials are computed at once.
enum { most = 256 };

#define TEMPLATE "../networks/normals.inc"
#include "../shared/for_each_scalar.h"
